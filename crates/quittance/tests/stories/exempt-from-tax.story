# Two accounts agree on the same; one is exempt
provider starts 2025-01-01, tax 7.375%
account church exempt
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 22.00 as A-1
2025-01-01 church: agreement parish, arrears
2025-01-01 church: 10 seats m365 at 22.00 as C-1
expect recurring 2025-01 acme
  10 x 22.00 = 220.00 A-1
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-01 church
  10 x 22.00 = 220.00 C-1
  tax 0.00
  total 220.00
