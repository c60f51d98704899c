# Cancelled after the month was paid for: the credit is larger than the invoice, and waits
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, advance
2025-01-01 acme: 10 seats m365 at 31.00
2025-01-01 acme: 1 seats server at 93.00
expect recurring 2025-01
  10 x 31.00 = 310.00 m365    # January
  10 x 31.00 = 310.00 m365    # February
  1 x 93.00 = 93.00 server    # January
  1 x 93.00 = 93.00 server    # February
  tax 59.44    # 806.00 x 7.375 %
  total 865.44
# February has 28 days; ten seats leave after 14: 10 x 15.50 stay, 155.00 come back. March costs 93.00.
2025-02-15 acme: cancel m365
expect held recurring 2025-02
# The next invoice must hold the credit as well: 93.00 of March and 93.00 of April are 186.00.
expect recurring 2025-03
  1 x -155.00 = -155.00 m365    # 155.00 is right, 310.00 was billed
  1 x 93.00 = 93.00 server    # March
  1 x 93.00 = 93.00 server    # April
  tax 2.29    # 31.00 x 7.375 %
  total 33.29
