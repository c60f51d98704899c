# A third of an hour is 0.33: each entry is rounded for itself
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
2025-03-10 acme: work 0.33 h at 149.95 09:00-09:20 as E-0, approved 2025-03-15
2025-03-11 acme: work 0.33 h at 149.95 09:00-09:20 as E-1, approved 2025-03-15
2025-03-12 acme: work 0.33 h at 149.95 09:00-09:20 as E-2, approved 2025-03-15
# 0.33 x 149.95 = 49.4835: 49.48 three times, not 148.45. And 0.7 x 2.25 = 1.575: 1.58.
2025-03-13 acme: work 0.7 h at 2.25 09:00-09:42 as SMALL, approved 2025-03-15
expect biweekly 2025-03-21
  0.33 x 149.95 = 49.48 E-0
  0.33 x 149.95 = 49.48 E-1
  0.33 x 149.95 = 49.48 E-2
  0.7 x 2.25 = 1.58 SMALL
  tax 0.00    # 0.00 x 7.375 %
  total 150.02
