# Suspended for ten days of June, the whole agreement; the second part is what is left of 20 of 30 days
provider starts 2025-06-01, tax 7.375%
2025-06-01 acme: agreement core, arrears
2025-06-01 acme: 5 seats m365 at 10.00
2025-06-01 acme: 1 seats server at 100.00
2025-06-06 acme: suspend core
2025-06-16 acme: resume core
# 5 days, then 15: 20 served days in all, of which 5 are priced already.
expect recurring 2025-06
  5 x 1.67 = 8.35 m365    # 10.00 x 5/30 = 1.6667
  5 x 5.00 = 25.00 m365    # 6.67 for 20/30 less 1.67 for 5/30
  1 x 16.67 = 16.67 server    # 100.00 x 5/30 = 16.667
  1 x 50.00 = 50.00 server    # 66.67 for 20/30 less 16.67 for 5/30
  tax 7.38    # 100.02 x 7.375 %
  total 107.40
expect recurring 2025-07
  5 x 10.00 = 50.00 m365
  1 x 100.00 = 100.00 server
  tax 11.06    # 150.00 x 7.375 %
  total 161.06
