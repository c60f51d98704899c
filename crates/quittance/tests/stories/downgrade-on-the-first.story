# A plan is changed on the 1st: no part of a month at all
provider starts 2025-09-01, tax 7.375%
2025-09-01 acme: agreement core, arrears
2025-09-01 acme: 15 seats premium at 22.00
2025-10-01 acme: upgrade premium to basic at 6.00
expect recurring 2025-09
  15 x 22.00 = 330.00 premium
  tax 24.34    # 330.00 x 7.375 %
  total 354.34
expect recurring 2025-10
  15 x 6.00 = 90.00 basic
  tax 6.64    # 90.00 x 7.375 %
  total 96.64
