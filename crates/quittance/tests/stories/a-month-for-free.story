# The account is left out of March: March is never caught up, also where something changed in it
provider starts 2025-02-01, tax 7.375%
2025-02-01 acme: agreement core, arrears
2025-02-01 acme: 10 seats m365 at 22.00
expect recurring 2025-02
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
exclude acme recurring 2025-03
expect nothing recurring 2025-03
2025-03-20 acme: 12 seats m365
expect recurring 2025-04
  12 x 22.00 = 264.00 m365
  tax 19.47    # 264.00 x 7.375 %
  total 283.47
