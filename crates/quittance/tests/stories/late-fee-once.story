# Each overdue invoice has one late fee, however often it is asked for; one that is paid has none
provider starts 2025-01-01, tax 7.375%, fee 25.00
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
expect recurring 2025-03
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-03-10 acme: pays 107.38 for INV-2
2025-06-01 acme: late fees 2
2025-06-01 acme: late fees 0
# An invoice never changes: the fee is a document of its own.
expect balance INV-1 107.38
expect balance INV-3 107.38
expect recurring 2025-04
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-07-01 acme: late fees 1
