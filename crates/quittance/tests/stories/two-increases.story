# A rise of the whole agreement in the middle of a month, and a price for one line on the same day
provider starts 2025-06-01, tax 7.375%
2025-06-01 acme: agreement core, arrears
2025-06-01 acme: 10 seats m365 at 20.00
2025-06-01 acme: 1 seats server at 150.00
2025-06-16 acme: uplift core 10%
# 15 days at the old price, 15 at 22.00 and 165.00: half of each.
expect recurring 2025-06
  10 x 10.00 = 100.00 m365    # 20.00 x 15/30
  10 x 11.00 = 110.00 m365    # 22.00 less 11.00 for 15/30
  1 x 75.00 = 75.00 server    # 150.00 x 15/30
  1 x 82.50 = 82.50 server    # 165.00 less 82.50 for 15/30
  tax 27.10    # 367.50 x 7.375 %
  total 394.60
expect recurring 2025-07
  10 x 22.00 = 220.00 m365
  1 x 165.00 = 165.00 server
  tax 28.39    # 385.00 x 7.375 %
  total 413.39
