# Money pays what is due first, then the next; what is left is credit, and pays when it is asked to
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
2025-03-10 acme: pays 150.00
expect balance INV-1 0.00
# 150.00 less 107.38 are 42.62; 107.38 less 42.62 are 64.76.
expect balance INV-2 64.76
2025-03-20 acme: pays 100.00
expect balance INV-2 0.00
expect credit acme 35.24
expect recurring 2025-03
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-04-05 acme: use credit
# 107.38 less 35.24.
expect balance INV-3 72.14
expect credit acme 0.00
