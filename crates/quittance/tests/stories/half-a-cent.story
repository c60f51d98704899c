# Halves of a cent go up: in a part of a month, in an amount, in the tax
provider starts 2025-04-01, tax 7.375%
2025-04-01 acme: agreement core, arrears
2025-04-16 acme: 1 seats edr at 8.25
2025-04-01 acme: 0.5 seats gb at 0.29
2025-04-01 acme: 1 seats rest at 55.72
# 8.25 x 15/30 = 4.125: 4.13. 0.5 x 0.29 = 0.145: 0.15. The sum is 60.00, and 60.00 x 7.375 % = 4.425: 4.43.
expect recurring 2025-04
  1 x 4.13 = 4.13 edr    # 8.25 x 15/30 = 4.125
  0.5 x 0.29 = 0.15 gb
  1 x 55.72 = 55.72 rest
  tax 4.43    # 60.00 x 7.375 %
  total 64.43
# The other half of April was not served; May is whole: 8.25 + 0.15 + 55.72.
expect recurring 2025-05
  1 x 8.25 = 8.25 edr
  0.5 x 0.29 = 0.15 gb
  1 x 55.72 = 55.72 rest
  tax 4.73    # 64.12 x 7.375 %
  total 68.85
