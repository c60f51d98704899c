# A part is given up, then the rest; what is credited afterwards is the customer's
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 10.00
expect recurring 2025-01
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-06-01 acme: write-off INV-1 7.38
expect balance INV-1 100.00
2025-06-02 acme: write-off INV-1
expect balance INV-1 0.00
expect refused 2025-06-03 acme: write-off INV-1
2025-06-04 acme: pays 50.00
# Nothing is open: it is credit.
expect credit acme 50.00
