# Seats grow each February: over a leap year and the next
provider starts 2024-01-01, tax 7.375%
2024-01-01 acme: agreement core, arrears
2024-01-01 acme: 10 seats m365 at 29.00
2024-02-15 acme: +2 seats m365
expect recurring 2024-01
  10 x 29.00 = 290.00 m365
  tax 21.39    # 290.00 x 7.375 %
  total 311.39
# 14 of 29 days with ten, 15 with twelve.
expect recurring 2024-02
  10 x 14.00 = 140.00 m365    # 29.00 x 14/29 = 14
  12 x 15.00 = 180.00 m365    # 29.00 for 29/29 less 14.00 for 14/29
  tax 23.60    # 320.00 x 7.375 %
  total 343.60
skip recurring 2024-03 to 2025-01
2025-02-15 acme: +2 seats m365
# 14 of 28 days with twelve, 14 with fourteen.
expect recurring 2025-02
  12 x 14.50 = 174.00 m365    # 29.00 x 14/28 = 14.5
  14 x 14.50 = 203.00 m365    # 29.00 for 28/28 less 14.50 for 14/28
  tax 27.80    # 377.00 x 7.375 %
  total 404.80
