# Seats that were added in February are told in April: three months are put right, each on a line
provider starts 2025-02-01, tax 7.375%
2025-02-01 acme: agreement core, arrears
2025-02-01 acme: 10 seats m365 at 22.00
expect recurring 2025-02
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-03
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
2025-02-15 acme: +3 seats m365
# February: 14 days with ten, 14 with thirteen, 10 x 11.00 + 13 x 11.00. March: 13 x 22.00.
expect recurring 2025-04
  1 x 33.00 = 33.00 m365    # 253.00 is right, 220.00 was billed; February
  1 x 66.00 = 66.00 m365    # 286.00 is right, 220.00 was billed; March
  13 x 22.00 = 286.00 m365    # April
  tax 28.39    # 385.00 x 7.375 %
  total 413.39
