# Each line's tax is rounded by itself: half a cent goes up three times, and a discount takes its own tax off
provider starts 2025-01-01, tax 5%, rounding per_line
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 1 seats a at 10.10
2025-01-01 acme: 1 seats b at 10.10
2025-01-01 acme: 1 seats c at 10.10
2025-01-01 acme: discount core 10% as TENTH
# 10.10 x 5 % = 0.505: 0.51 each; 3.03 x 5 % = 0.1515: 0.15. Over the sum it would be 27.27 x 5 % = 1.3635: 1.36.
expect recurring 2025-01
  1 x 10.10 = 10.10 a tax 0.51
  1 x 10.10 = 10.10 b tax 0.51
  1 x 10.10 = 10.10 c tax 0.51
  1 x -3.03 = -3.03 TENTH tax -0.15
  tax 1.38
  tax 1.38 on 27.27 State
  total 28.65
# A credit of a line gives back the tax that stood beside it.
2025-02-10 acme: credit INV-1 lines 2 = 10.61, off 10.61, kept 0.00
2025-02-11 acme: credit INV-1 lines 1 = 10.61, off 10.61, kept 0.00
2025-02-12 acme: credit INV-1 all = 7.43, off 7.43, kept 0.00
expect balance INV-1 0.00
