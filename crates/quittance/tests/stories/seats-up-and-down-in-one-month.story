# Up twice and down twice within thirty days
provider starts 2025-06-01, tax 7.375%
2025-06-01 acme: agreement core, arrears
2025-06-01 acme: 20 seats edr at 10.00
# The first run has not been made: the seats are imported, what happens to them is told to the program.
2025-06-06 acme: +5 seats edr
2025-06-11 acme: -10 seats edr
2025-06-21 acme: +1 seats edr
2025-06-26 acme: -6 seats edr
# 5 days with 20, 5 with 25, 10 with 15, 5 with 16, 5 with 10. Prices: 1.67, then 3.33 - 1.67, 6.67 - 3.33, 8.33 - 6.67,
# 10.00 - 8.33, which is 10.00 again in all.
expect recurring 2025-06
  20 x 1.67 = 33.40 edr    # 10.00 x 5/30 = 1.6667
  25 x 1.66 = 41.50 edr    # 3.33 for 10/30 less 1.67 for 5/30
  15 x 3.34 = 50.10 edr    # 6.67 for 20/30 less 3.33 for 10/30
  16 x 1.66 = 26.56 edr    # 8.33 for 25/30 less 6.67 for 20/30
  10 x 1.67 = 16.70 edr    # 10.00 for 30/30 less 8.33 for 25/30
  tax 12.41    # 168.26 x 7.375 %
  total 180.67
expect recurring 2025-07
  10 x 10.00 = 100.00 edr
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
