# A refund alone opens the invoice again; a refund with a credit note does not
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
2025-02-20 acme: pays 107.38 for INV-1
2025-03-20 acme: pays 107.38 for INV-2
# Alone.
2025-03-25 acme: refund 57.38 of INV-1
expect balance INV-1 57.38
expect refused 2025-03-25 acme: refund 50.01 of INV-1
# With a credit note: the credit is what goes back.
2025-03-26 acme: credit INV-2 amount 40.00 = 40.00, off 0.00, kept 40.00
2025-03-26 acme: refund 40.00
expect balance INV-2 0.00
expect credit acme 0.00
