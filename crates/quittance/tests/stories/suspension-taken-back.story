# A suspension was a mistake; so was what it gave back. Work is imported in between
provider starts 2025-04-01, tax 7.375%, anchor 2025-04-04
2025-04-01 acme: agreement core, arrears
2025-04-01 acme: 6 seats m365 at 30.00
2025-04-01 acme: 1 seats server at 100.00
2025-04-16 acme: suspend core
# 15 of 30 days of each.
expect recurring 2025-04
  6 x 15.00 = 90.00 m365    # 30.00 x 15/30 = 15
  1 x 50.00 = 50.00 server    # 100.00 x 15/30 = 50
  tax 10.33    # 140.00 x 7.375 %
  total 150.33
2025-05-02 acme: undo core-suspend-2025-04-16
2025-05-05 acme: work 1 h at 145.00 09:00-10:00 as E-1, approved 2025-05-06
expect biweekly 2025-05-16
  1 x 145.00 = 145.00 E-1
  tax 0.00    # 0.00 x 7.375 %
  total 145.00
expect recurring 2025-05
  1 x 90.00 = 90.00 m365    # 180.00 is right, 90.00 was billed; April
  6 x 30.00 = 180.00 m365    # May
  1 x 50.00 = 50.00 server    # 100.00 is right, 50.00 was billed; April
  1 x 100.00 = 100.00 server    # May
  tax 30.98    # 420.00 x 7.375 %
  total 450.98
