# Three taxed lines, credited one by one: the last takes what is left of the tax
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 1 seats a at 10.10
2025-01-01 acme: 1 seats b at 10.10
2025-01-01 acme: 1 seats c at 10.10
expect recurring 2025-01
  1 x 10.10 = 10.10 a
  1 x 10.10 = 10.10 b
  1 x 10.10 = 10.10 c
  tax 2.23    # 30.30 x 7.375 %
  total 32.53
# 10.10 x 7.375 % = 0.744875: 0.74.
2025-02-10 acme: credit INV-1 lines 1 = 10.84, off 10.84, kept 0.00
# Of two lines 20.20 x 7.375 % = 1.48975: 1.49, of which 0.74 were credited.
2025-02-11 acme: credit INV-1 lines 2 = 10.85, off 10.85, kept 0.00
# 2.23 less 1.49.
2025-02-12 acme: credit INV-1 lines 3 = 10.84, off 10.84, kept 0.00
expect balance INV-1 0.00
