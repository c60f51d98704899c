# The same when the month was paid for: what is left of the old plan comes back, the new one is caught up
provider starts 2025-08-01, tax 7.375%
2025-08-01 acme: agreement core, advance
2025-08-01 acme: 15 seats basic at 6.00
expect recurring 2025-08
  15 x 6.00 = 90.00 basic    # August
  15 x 6.00 = 90.00 basic    # September
  tax 13.28    # 180.00 x 7.375 %
  total 193.28
2025-09-11 acme: upgrade basic to premium at 22.00 with 12
expect recurring 2025-09
  1 x -60.00 = -60.00 basic    # 30.00 is right, 90.00 was billed; September
  12 x 14.67 = 176.04 premium    # 22.00 x 20/30 = 14.667; September
  12 x 22.00 = 264.00 premium    # October
  tax 28.03    # 380.04 x 7.375 %
  total 408.07
expect recurring 2025-10
  12 x 22.00 = 264.00 premium    # November
  tax 19.47    # 264.00 x 7.375 %
  total 283.47
