# What was paid and is credited is the customer's: it is kept, and sent back
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 10.00
expect recurring 2025-01
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-02-20 acme: pays 100.00
expect balance INV-1 7.38
# 7.38 are open; of 30.00 the rest is kept.
2025-02-25 acme: credit INV-1 amount 30.00 = 30.00, off 7.38, kept 22.62
expect credit acme 22.62
2025-02-26 acme: refund 20.00
expect credit acme 2.62
expect refused 2025-02-27 acme: refund 2.63
2025-02-28 acme: credit INV-1 all = 77.38, off 0.00, kept 77.38
expect credit acme 80.00
expect balance INV-1 0.00
