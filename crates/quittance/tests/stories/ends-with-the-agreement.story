# Lines reach beyond their agreement: its span limits them
provider starts 2025-05-01, tax 7.375%
2025-05-08 acme: agreement core, arrears until 2025-07-15
2025-05-01 acme: 10 seats m365 at 31.00
# From 8 May: 24 of 31 days.
expect recurring 2025-05
  10 x 24.00 = 240.00 m365    # 31.00 x 24/31 = 24
  tax 17.70    # 240.00 x 7.375 %
  total 257.70
expect recurring 2025-06
  10 x 31.00 = 310.00 m365
  tax 22.86    # 310.00 x 7.375 %
  total 332.86
# To 14 July: 14 of 31 days.
expect recurring 2025-07
  10 x 14.00 = 140.00 m365    # 31.00 x 14/31 = 14
  tax 10.33    # 140.00 x 7.375 %
  total 150.33
expect nothing recurring 2025-08
