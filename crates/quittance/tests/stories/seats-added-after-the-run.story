# The same, told when March was billed already: April's invoice carries what is missing
provider starts 2025-03-01, tax 7.375%
2025-03-01 acme: agreement core, arrears
2025-03-01 acme: 10 seats m365 at 22.00
expect recurring 2025-03
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
2025-03-15 acme: +3 seats m365
# March should have been 10 x 9.94 + 13 x 12.06 = 256.18.
expect recurring 2025-04
  1 x 36.18 = 36.18 m365    # 256.18 is right, 220.00 was billed; March
  13 x 22.00 = 286.00 m365
  tax 23.76    # 322.18 x 7.375 %
  total 345.94
expect recurring 2025-05
  13 x 22.00 = 286.00 m365
  tax 21.09    # 286.00 x 7.375 %
  total 307.09
