# A price of 8.5 cents per gigabyte is used as it is written, and rises with its decimals
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 1337 seats gb at 0.085
# 1337 x 0.085 = 113.645, half a cent goes up.
expect recurring 2025-01
  1337 x 0.085 = 113.65 gb
  tax 8.38    # 113.65 x 7.375 %
  total 122.03
# 0.085 x 1.04 = 0.0884, three decimals: 0.088.
2025-02-01 acme: uplift gb 4%
expect recurring 2025-02
  1337 x 0.088 = 117.66 gb
  tax 8.68    # 117.66 x 7.375 %
  total 126.34
# A part of a month has whole cents: 0.088 x 15/30 = 0.044 is 0.04. In April 15 of 30 days.
2025-04-16 acme: cancel gb
expect recurring 2025-03
  1337 x 0.088 = 117.66 gb
  tax 8.68    # 117.66 x 7.375 %
  total 126.34
expect recurring 2025-04
  1337 x 0.04 = 53.48 gb    # 0.088 x 15/30 = 0.044
  tax 3.94    # 53.48 x 7.375 %
  total 57.42
