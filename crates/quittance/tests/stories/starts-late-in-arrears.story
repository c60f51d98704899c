# A line that is told after its first month was run is caught up
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 22.00
expect recurring 2025-01
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
2025-01-22 acme: 1 seats server at 93.00
# January: ten of 31 days.
expect recurring 2025-02
  10 x 22.00 = 220.00 m365
  1 x 30.00 = 30.00 server    # 93.00 x 10/31 = 30; January
  1 x 93.00 = 93.00 server    # February
  tax 25.30    # 343.00 x 7.375 %
  total 368.30
