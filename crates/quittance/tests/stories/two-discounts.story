# Percentages are of what is charged before any discount; amounts come after them
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 4 seats m365 at 25.00
2025-01-01 acme: discount core 80% as MOST
2025-01-01 acme: discount core 30.00 as REST
# 100.00 less 80.00; of 30.00 only 20.00 find something left: an invoice over nothing.
expect recurring 2025-01
  4 x 25.00 = 100.00 m365
  1 x -80.00 = -80.00 MOST
  1 x -20.00 = -20.00 REST
  tax 0.00    # 0.00 x 7.375 %
  total 0.00
2025-02-01 acme: 8 seats m365
# 200.00 less 160.00 less 30.00.
expect recurring 2025-02
  8 x 25.00 = 200.00 m365
  1 x -160.00 = -160.00 MOST
  1 x -30.00 = -30.00 REST
  tax 0.74    # 10.00 x 7.375 %
  total 10.74
