# Fifty dollars off each month without end, but never more than there is
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 5 seats m365 at 22.00
2025-01-01 acme: discount core 50.00 as FIFTY
expect recurring 2025-01
  5 x 22.00 = 110.00 m365
  1 x -50.00 = -50.00 FIFTY
  tax 4.43    # 60.00 x 7.375 %
  total 64.43
# In February there are two: 44.00, all of it is taken off. The customer sees so on an invoice over nothing.
2025-02-01 acme: 2 seats m365
expect recurring 2025-02
  2 x 22.00 = 44.00 m365
  1 x -44.00 = -44.00 FIFTY
  tax 0.00    # 0.00 x 7.375 %
  total 0.00
# Three in March: 66.00.
2025-03-01 acme: 3 seats m365
expect recurring 2025-03
  3 x 22.00 = 66.00 m365
  1 x -50.00 = -50.00 FIFTY
  tax 1.18    # 16.00 x 7.375 %
  total 17.18
