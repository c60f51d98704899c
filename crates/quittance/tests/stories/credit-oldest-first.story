# Credit for the trouble, used on the oldest invoice first
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
2025-03-10 acme: give 150.00
expect balance INV-1 107.38
expect credit acme 150.00
2025-03-11 acme: use credit
expect balance INV-1 0.00
expect balance INV-2 64.76
expect credit acme 0.00
# Nothing is left to use.
expect refused 2025-03-12 acme: use credit
