# A discount of 12.5 % is put right with what it was taken off
provider starts 2025-03-01, tax 7.375%
2025-03-01 acme: agreement core, advance
2025-03-01 acme: 10 seats m365 at 31.00
2025-04-01 acme: discount core 12.5% for 1 as APRIL
# April's 310.00 less 38.75.
expect recurring 2025-03
  10 x 31.00 = 310.00 m365    # March
  10 x 31.00 = 310.00 m365    # April
  1 x -38.75 = -38.75 APRIL
  tax 42.87    # 581.25 x 7.375 %
  total 624.12
# Sixteen seats from the 16th: 15 of 30 days, 10 x 15.50 + 16 x 15.50 = 403.00; its eighth is 50.375, so 50.38.
2025-04-16 acme: 16 seats m365
expect recurring 2025-04
  1 x 93.00 = 93.00 m365    # 403.00 is right, 310.00 was billed; April
  16 x 31.00 = 496.00 m365    # May
  1 x -11.63 = -11.63 APRIL    # 50.38 less 38.75
  tax 42.58    # 577.37 x 7.375 %
  total 619.95
