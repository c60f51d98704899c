# What became credit and was used is open again where it was used; what was paid out has to come back first
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 10.00
expect recurring 2025-01
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
expect recurring 2025-02
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-02-10 acme: pays 150.00 for INV-1 as CHECK-7
# 107.38 for the first, the rest for the second.
expect balance INV-2 64.76
2025-03-01 acme: pays 164.76 as CHECK-8
# 64.76 for the second; 100.00 are kept.
expect credit acme 100.00
expect recurring 2025-03
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-04-03 acme: use credit
expect balance INV-3 7.38
expect credit acme 0.00
2025-04-05 acme: give 30.00
2025-04-10 acme: chargeback CHECK-8
# 30.00 of credit are there and taken; the other 70.00 had paid the third.
expect credit acme 0.00
expect balance INV-1 0.00
expect balance INV-2 64.76
expect balance INV-3 77.38
2025-04-20 acme: pays 252.14 as CHECK-9
# 64.76 and 77.38 are open; 110.00 are kept, and paid out.
expect credit acme 110.00
2025-04-21 acme: refund 110.00
expect refused 2025-04-25 acme: returned CHECK-9
