# Work waits until it is approved, however long; approved on a run date it waits for the next
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
2025-03-10 acme: work 1.25 h at 145.00 09:00-10:15 as EARLY, approved 2025-03-11
2025-03-11 acme: work 0.75 h at 150.00 09:00-09:45 as LATE
2025-03-21 acme: work 1 h at 150.00 09:00-10:00 as SAME-DAY, approved 2025-03-21
2025-03-19 acme: work 2 h at 150.00 09:00-11:00 as APPROVED-ON-IT, approved 2025-03-21
expect biweekly 2025-03-21
  1.25 x 145.00 = 181.25 EARLY
  tax 0.00    # 0.00 x 7.375 %
  total 181.25
expect biweekly 2025-04-04
  1 x 150.00 = 150.00 SAME-DAY
  2 x 150.00 = 300.00 APPROVED-ON-IT
  tax 0.00    # 0.00 x 7.375 %
  total 450.00
expect nothing biweekly 2025-04-18
2025-05-01 acme: approve LATE
expect biweekly 2025-05-02
  0.75 x 150.00 = 112.50 LATE
  tax 0.00    # 0.00 x 7.375 %
  total 112.50
