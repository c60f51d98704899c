# A credit that two invoices can't hold: three months stand on the third
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, advance
2025-01-01 acme: 10 seats m365 at 31.00
2025-01-01 acme: 1 seats server at 60.00
expect recurring 2025-01
  10 x 31.00 = 310.00 m365    # January
  10 x 31.00 = 310.00 m365    # February
  1 x 60.00 = 60.00 server    # January
  1 x 60.00 = 60.00 server    # February
  tax 54.58    # 740.00 x 7.375 %
  total 794.58
# Half of February comes back: 155.00. March costs 60.00, April 60.00, May 60.00: 180.00 hold it.
2025-02-15 acme: cancel m365
expect held recurring 2025-02
expect held recurring 2025-03
expect recurring 2025-04
  1 x -155.00 = -155.00 m365    # 155.00 is right, 310.00 was billed; February
  1 x 60.00 = 60.00 server    # March
  1 x 60.00 = 60.00 server    # April
  1 x 60.00 = 60.00 server    # May
  tax 1.84    # 25.00 x 7.375 %
  total 26.84
expect recurring 2025-05
  1 x 60.00 = 60.00 server    # June
  tax 4.43    # 60.00 x 7.375 %
  total 64.43
