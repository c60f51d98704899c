# Ten percent off for three months; what is taxed is what is left
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 7 seats m365 at 23.45
2025-02-01 acme: discount core 10% for 3 as LOYAL
expect recurring 2025-01
  7 x 23.45 = 164.15 m365
  tax 12.11    # 164.15 x 7.375 %
  total 176.26
# 7 x 23.45 = 164.15, a tenth is 16.415: half a cent goes away from zero.
expect recurring 2025-02
  7 x 23.45 = 164.15 m365
  1 x -16.42 = -16.42 LOYAL
  tax 10.90    # 147.73 x 7.375 %
  total 158.63
expect recurring 2025-03
  7 x 23.45 = 164.15 m365
  1 x -16.42 = -16.42 LOYAL
  tax 10.90    # 147.73 x 7.375 %
  total 158.63
expect recurring 2025-04
  7 x 23.45 = 164.15 m365
  1 x -16.42 = -16.42 LOYAL
  tax 10.90    # 147.73 x 7.375 %
  total 158.63
expect recurring 2025-05
  7 x 23.45 = 164.15 m365
  tax 12.11    # 164.15 x 7.375 %
  total 176.26
