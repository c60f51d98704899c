# Billed in advance, suspended in a month that was billed: what was not served comes back
provider starts 2025-03-01, tax 7.375%
2025-03-01 acme: agreement core, advance
2025-03-01 acme: 6 seats m365 at 31.00
2025-03-01 acme: 1 seats server at 500.00
# The first run also bills its own month.
expect recurring 2025-03
  6 x 31.00 = 186.00 m365    # March
  6 x 31.00 = 186.00 m365    # April
  1 x 500.00 = 500.00 server    # March
  1 x 500.00 = 500.00 server    # April
  tax 101.19    # 1372.00 x 7.375 %
  total 1473.19
# April has 30 days; suspended on the 16th, 15 were served: 6 x 15.50. Nothing for May.
2025-04-16 acme: suspend m365
expect recurring 2025-04
  1 x -93.00 = -93.00 m365    # 93.00 is right, 186.00 was billed
  1 x 500.00 = 500.00 server    # May
  tax 30.02    # 407.00 x 7.375 %
  total 437.02
# Resumed on 22 May, told after May was left out: ten of 31 days, and June.
2025-05-22 acme: resume m365
expect recurring 2025-05
  6 x 10.00 = 60.00 m365    # 31.00 x 10/31 = 10; May
  6 x 31.00 = 186.00 m365    # June
  1 x 500.00 = 500.00 server    # June
  tax 55.02    # 746.00 x 7.375 %
  total 801.02
