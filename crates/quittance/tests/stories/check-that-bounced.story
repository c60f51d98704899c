# A check bounces: what it had paid is open again, and the bank keeps a fee
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
2025-03-10 acme: pays 150.00 as CHECK-7
expect balance INV-1 0.00
expect balance INV-2 64.76    # 150.00 less 107.38 are 42.62 for the second
2025-03-14 acme: returned CHECK-7, fee 15.00
expect balance INV-1 107.38
expect balance INV-2 107.38
expect ledger 1000 -15.00    # 150.00 came and went
expect ledger 6200 15.00
expect ledger 1100 214.76
# The same again is done already; another reason is refused, and what is gone can't come back by itself.
2025-03-14 acme: returned CHECK-7, fee 15.00
expect ledger 6200 15.00
expect refused 2025-03-15 acme: chargeback CHECK-7
expect refused 2025-03-15 acme: returned CHECK-8
# The customer sends another one.
2025-03-20 acme: pays 214.76 as CHECK-9
expect balance INV-1 0.00
expect balance INV-2 0.00
expect ledger 1000 199.76
