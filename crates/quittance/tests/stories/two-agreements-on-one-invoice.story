# One in arrears, one in advance, over the turn of a year
provider starts 2024-12-01, tax 7.375%
2024-12-01 acme: agreement core, arrears
2024-12-01 acme: 10 seats m365 at 22.00
2024-12-01 acme: agreement lines, advance
2024-12-01 acme: 3 seats voip at 19.90
expect recurring 2024-12
  10 x 22.00 = 220.00 m365    # December
  3 x 19.90 = 59.70 voip    # December
  3 x 19.90 = 59.70 voip    # January
  tax 25.03    # 339.40 x 7.375 %
  total 364.43
expect recurring 2025-01
  10 x 22.00 = 220.00 m365    # January
  3 x 19.90 = 59.70 voip    # February
  tax 20.63    # 279.70 x 7.375 %
  total 300.33
