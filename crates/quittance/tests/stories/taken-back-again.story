# Seats by mistake: billed, taken back, and the same amount returned
provider starts 2025-02-01, tax 7.375%
2025-02-01 acme: agreement core, arrears
2025-02-01 acme: 10 seats m365 at 22.00
2025-02-15 acme: +3 seats m365
expect recurring 2025-02
  10 x 11.00 = 110.00 m365    # 22.00 x 14/28 = 11
  13 x 11.00 = 143.00 m365    # 22.00 for 28/28 less 11.00 for 14/28
  tax 18.66    # 253.00 x 7.375 %
  total 271.66
2025-03-02 acme: undo m365-quantity-2025-02-15
expect recurring 2025-03
  1 x -33.00 = -33.00 m365    # 220.00 is right, 253.00 was billed; February
  10 x 22.00 = 220.00 m365    # March
  tax 13.79    # 187.00 x 7.375 %
  total 200.79
expect recurring 2025-04
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
