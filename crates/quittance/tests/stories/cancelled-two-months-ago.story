# In arrears, and told late: two months come back, on the invoice of the other line
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 4 seats old at 15.00
2025-01-01 acme: 10 seats m365 at 22.00
expect recurring 2025-01
  4 x 15.00 = 60.00 old
  10 x 22.00 = 220.00 m365
  tax 20.65    # 280.00 x 7.375 %
  total 300.65
expect recurring 2025-02
  4 x 15.00 = 60.00 old
  10 x 22.00 = 220.00 m365
  tax 20.65    # 280.00 x 7.375 %
  total 300.65
2025-01-20 acme: cancel old
# January: 19 of 31 days, 4 x 9.19. February: nothing.
expect recurring 2025-03
  1 x -23.24 = -23.24 old    # 36.76 is right, 60.00 was billed; January
  1 x -60.00 = -60.00 old    # 0.00 is right, 60.00 was billed; February
  10 x 22.00 = 220.00 m365
  tax 10.09    # 136.76 x 7.375 %
  total 146.85
