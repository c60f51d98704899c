# A seat that begins on the 16th, in months of 28, 29, 30 and 31 days
provider starts 2024-02-01, tax 7.375%
2024-01-01 acme: agreement core, arrears
2024-02-16 acme: 4 seats a at 31.00
# February 2024 has 29 days: 14 from the 16th on.
expect recurring 2024-02
  4 x 14.97 = 59.88 a    # 31.00 x 14/29 = 14.966
  tax 4.42    # 59.88 x 7.375 %
  total 64.30
2024-03-16 acme: 4 seats b at 31.00
expect recurring 2024-03
  4 x 31.00 = 124.00 a
  4 x 16.00 = 64.00 b    # 31.00 x 16/31 = 16
  tax 13.87    # 188.00 x 7.375 %
  total 201.87
2024-04-16 acme: 4 seats c at 31.00
expect recurring 2024-04
  4 x 31.00 = 124.00 a
  4 x 31.00 = 124.00 b
  4 x 15.50 = 62.00 c    # 31.00 x 15/30 = 15.5
  tax 22.86    # 310.00 x 7.375 %
  total 332.86
