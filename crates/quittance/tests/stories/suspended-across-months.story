# Suspended from the middle of one month to the middle of the next but one
provider starts 2025-03-01, tax 7.375%
2025-03-01 acme: agreement core, arrears
2025-03-01 acme: 6 seats m365 at 31.00
2025-03-11 acme: suspend m365
# March: ten of 31 days. April: nothing.
expect recurring 2025-03
  6 x 10.00 = 60.00 m365    # 31.00 x 10/31 = 10
  tax 4.43    # 60.00 x 7.375 %
  total 64.43
expect nothing recurring 2025-04
# May: from the 22nd, ten of 31 days.
2025-05-22 acme: resume m365
expect recurring 2025-05
  6 x 10.00 = 60.00 m365    # 31.00 x 10/31 = 10
  tax 4.43    # 60.00 x 7.375 %
  total 64.43
expect recurring 2025-06
  6 x 31.00 = 186.00 m365
  tax 13.72    # 186.00 x 7.375 %
  total 199.72
