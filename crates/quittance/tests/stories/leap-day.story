# Served on the leap day alone, and from the leap day on
provider starts 2024-02-01, tax 7.375%
2024-02-01 acme: agreement core, arrears
2024-02-29 acme: 7 seats day at 29.00 until 2024-03-01
2024-02-29 acme: 3 seats on at 50.00
expect recurring 2024-02
  7 x 1.00 = 7.00 day    # 29.00 x 1/29 = 1
  3 x 1.72 = 5.16 on    # 50.00 x 1/29 = 1.7241
  tax 0.90    # 12.16 x 7.375 %
  total 13.06
expect recurring 2024-03
  3 x 50.00 = 150.00 on
  tax 11.06    # 150.00 x 7.375 %
  total 161.06
