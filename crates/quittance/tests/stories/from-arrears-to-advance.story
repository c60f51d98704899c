# Two months on one invoice, then one each month
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 22.00
expect recurring 2025-01
  10 x 22.00 = 220.00 m365    # January
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
2025-03-01 acme: bill core advance
expect recurring 2025-02
  10 x 22.00 = 220.00 m365    # February
  10 x 22.00 = 220.00 m365    # March
  tax 32.45    # 440.00 x 7.375 %
  total 472.45
# March was paid for; three more seats from the 17th are 15 of 31 days.
2025-03-17 acme: +3 seats m365
expect recurring 2025-03
  1 x 31.95 = 31.95 m365    # 251.95 is right, 220.00 was billed; 10 x 11.35 + 13 x 10.65
  13 x 22.00 = 286.00 m365    # April
  tax 23.45    # 317.95 x 7.375 %
  total 341.40
expect recurring 2025-04
  13 x 22.00 = 286.00 m365    # May
  tax 21.09    # 286.00 x 7.375 %
  total 307.09
