# Seats added in the middle of a month, told before the month is billed
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 22.00
expect recurring 2025-01
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-02
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
2025-03-15 acme: +3 seats m365
# March has 31 days: 14 with ten seats, 17 with thirteen. The first part is rounded, the second is what is left of 22.00.
expect recurring 2025-03
  10 x 9.94 = 99.40 m365    # 22.00 x 14/31 = 9.9355
  13 x 12.06 = 156.78 m365    # 22.00 for 31/31 less 9.94 for 14/31
  tax 18.89    # 256.18 x 7.375 %
  total 275.07
expect recurring 2025-04
  13 x 22.00 = 286.00 m365
  tax 21.09    # 286.00 x 7.375 %
  total 307.09
