# Nights on which clocks change: what counts are the hours billed, and the day on which work began
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
# The run of 21 March covers 7 to 20 March. On 9 March 2025 clocks go from 02:00 to 03:00 in Chicago.
2025-03-08 acme: work 2.5 h at 145.00 23:30-03:00 as NIGHT-1, approved 2025-03-10
2025-03-20 acme: work 1 h at 145.00 23:30-00:30 as EDGE, approved 2025-03-20
# Work is never taxed.
expect biweekly 2025-03-21
  2.5 x 145.00 = 362.50 NIGHT-1
  1 x 145.00 = 145.00 EDGE
  tax 0.00    # 0.00 x 7.375 %
  total 507.50
# On 2 November clocks go back from 02:00 to 01:00: 23:00 to 03:00 are five hours.
2025-11-01 acme: work 5 h at 217.50 23:00-03:00 as NIGHT-2, approved 2025-11-03
expect biweekly 2025-11-14
  5 x 217.50 = 1087.50 NIGHT-2
  tax 0.00    # 0.00 x 7.375 %
  total 1087.50
