# The same in a February of 28 days, and a line of its last day alone
provider starts 2025-02-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-02-16 acme: 4 seats a at 31.00
2025-02-28 acme: 1 seats b at 31.00 until 2025-03-01
expect recurring 2025-02
  4 x 14.39 = 57.56 a    # 31.00 x 13/28 = 14.393
  1 x 1.11 = 1.11 b    # 31.00 x 1/28 = 1.1071
  tax 4.33    # 58.67 x 7.375 %
  total 63.00
expect recurring 2025-03
  4 x 31.00 = 124.00 a
  tax 9.15    # 124.00 x 7.375 %
  total 133.15
