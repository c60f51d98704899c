# A line is credited, then an amount, then what is left: to the cent what was invoiced
provider starts 2025-01-01, tax 7.375%
item server untaxed
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 5 seats m365 at 22.00
2025-01-01 acme: 1 seats server at 189.00
expect recurring 2025-01
  5 x 22.00 = 110.00 m365
  1 x 189.00 = 189.00 server
  tax 8.11    # 110.00 x 7.375 %
  total 307.11
# The server is not taxed.
2025-02-10 acme: credit INV-1 lines 2 = 189.00, off 189.00, kept 0.00
expect balance INV-1 118.11
2025-02-11 acme: credit INV-1 amount 50.00 = 50.00, off 50.00, kept 0.00
# 307.11 - 189.00 - 50.00.
2025-02-12 acme: credit INV-1 all = 68.11, off 68.11, kept 0.00
expect balance INV-1 0.00
expect refused 2025-02-13 acme: credit INV-1 amount 0.01 = 0.01, off 0.01, kept 0.00
