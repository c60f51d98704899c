# The lines of one category are credited with its tax, then a part of the rest, then what is left
provider starts 2025-01-01, tax 7.375%
tax 3% from 2020-01-01 on Software
item m365 taxed as Software
item office taxed as Software
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 2 seats backup at 30.05
2025-01-01 acme: 5 seats m365 at 22.15
2025-01-01 acme: 3 seats office at 10.33
# 60.10 x 7.375 % = 4.432375. 141.74 x 3 % = 4.2522; of it m365 110.75 x 3 % = 3.3225: 3.32, and office the rest.
expect recurring 2025-01
  2 x 30.05 = 60.10 backup tax 4.43
  5 x 22.15 = 110.75 m365 tax 3.32
  3 x 10.33 = 30.99 office tax 0.93
  tax 8.68
  tax 4.43 on 60.10 State
  tax 4.25 on 141.74 State Software
  total 210.52
# Office alone first: its own tax, whatever comes before it on the invoice. Then the other one.
2025-02-10 acme: credit INV-1 lines 3 = 31.92, off 31.92, kept 0.00
2025-02-11 acme: credit INV-1 lines 2 = 114.07, off 114.07, kept 0.00
expect balance INV-1 64.53
2025-02-12 acme: credit INV-1 amount 30.00 = 30.00, off 30.00, kept 0.00
2025-02-13 acme: credit INV-1 all = 34.53, off 34.53, kept 0.00
expect balance INV-1 0.00
expect refused 2025-02-14 acme: credit INV-1 amount 0.01 = 0.01, off 0.01, kept 0.00
