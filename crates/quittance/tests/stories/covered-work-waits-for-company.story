# Covered work alone makes no invoice: it is listed on the next one that has an amount
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
2025-03-01 acme: agreement core, arrears
2025-03-01 acme: 1 seats m365 at 22.00
2025-03-10 acme: work 1 h at 145.00 09:00-10:00 covered by core as COVERED, approved 2025-03-11
expect nothing biweekly 2025-03-21
2025-03-25 acme: product 4 dock at 279.00
# The dock is taxed: 1116.00 x 7.375 % = 82.305, half a cent goes up.
expect biweekly 2025-04-04
  1 x 0.00 = 0.00 COVERED
  4 x 279.00 = 1116.00 D-1
  tax 82.31    # 1116.00 x 7.375 %
  total 1198.31
expect recurring 2025-03
  1 x 22.00 = 22.00 m365
  tax 1.62    # 22.00 x 7.375 %
  total 23.62
