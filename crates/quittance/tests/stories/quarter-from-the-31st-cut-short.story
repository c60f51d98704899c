# Quarters in arrears from 31 January: to 29 April, to 30 July; the second is cut short
provider starts 2025-01-01, tax 7.375%
2025-01-31 acme: agreement core, arrears
2025-01-31 acme: 3 seats backup at 92.00 every quarter
expect nothing recurring 2025-03
# The first quarter ends on 29 April: the run for April bills all of it.
expect recurring 2025-04
  3 x 92.00 = 276.00 backup    # 2025-01-31 to 2025-04-29
  tax 20.36    # 276.00 x 7.375 %
  total 296.36
# The second is 2025-04-30 to 2025-07-30, 92 days; cancelled on 2025-06-15 it was served for 46 (1 + 31 + 14).
2025-06-15 acme: cancel backup
expect nothing recurring 2025-05
expect recurring 2025-06
  3 x 46.00 = 138.00 backup    # 92.00 x 46/92 = 46
  tax 10.18    # 138.00 x 7.375 %
  total 148.18
expect nothing recurring 2025-07
