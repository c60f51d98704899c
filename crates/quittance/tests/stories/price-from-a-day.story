# A price that rises on the 1st, told early, and one that falls in the middle of a month
provider starts 2025-04-01, tax 7.375%
2025-04-01 acme: agreement core, arrears
2025-04-01 acme: 10 seats m365 at 22.00
2025-04-02 acme: price m365 24.00 from 2025-05-01
expect recurring 2025-04
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-05
  10 x 24.00 = 240.00 m365
  tax 17.70    # 240.00 x 7.375 %
  total 257.70
# June: 10 of 30 days at 24.00, then 20 of 30 at 21.00.
2025-06-11 acme: price m365 21.00
expect recurring 2025-06
  10 x 8.00 = 80.00 m365    # 24.00 x 10/30 = 8
  10 x 14.00 = 140.00 m365    # 21.00 for 30/30 less 7.00 for 10/30
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-07
  10 x 21.00 = 210.00 m365
  tax 15.49    # 210.00 x 7.375 %
  total 225.49
