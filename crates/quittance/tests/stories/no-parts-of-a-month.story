# Lines without proration cost a whole month, however few its days; the terms of the first day hold
provider starts 2025-03-01, tax 7.375%
2025-03-01 acme: agreement core, arrears
2025-03-31 acme: 4 seats backup at 12.00 whole
2025-03-01 acme: 2 seats line at 30.00 whole until 2025-03-02
# One day each, and the full price.
expect recurring 2025-03
  4 x 12.00 = 48.00 backup
  2 x 30.00 = 60.00 line
  tax 7.97    # 108.00 x 7.375 %
  total 115.97
# Seats in the middle of April count from May on.
2025-04-15 acme: +6 seats backup
expect recurring 2025-04
  4 x 12.00 = 48.00 backup
  tax 3.54    # 48.00 x 7.375 %
  total 51.54
expect recurring 2025-05
  10 x 12.00 = 120.00 backup
  tax 8.85    # 120.00 x 7.375 %
  total 128.85
