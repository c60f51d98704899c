# An upgrade takes the hours along, and unused ones live on in the agreement
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
2025-03-01 acme: agreement core, arrears
2025-03-01 acme: 10 seats basic at 20.00, hours 0.5, carry 1
expect nothing biweekly 2025-03-21
# March grants 5 h, April 0.5 x 10 x 10 / 30 = 1.67 of the old line, and 0.5 x 15 x 20 / 30 = 5 of the new one.
2025-04-11 acme: upgrade basic to plus at 35.00, with 15
2025-04-20 acme: work 12 h at 100.00 08:00-20:00 prepaid by core as E-1, approved 2025-04-21
# 11.67 h are drawn, 0.33 x 100.00 is charged.
expect biweekly 2025-05-02
  12 x 100.00 = 33.00 E-1
  tax 0.00
  total 33.00
# May: 0.5 x 15 = 7.5 h.
2025-05-05 acme: work 8 h at 100.00 08:00-16:00 prepaid by core as E-2, approved 2025-05-06
expect biweekly 2025-05-16
  8 x 100.00 = 50.00 E-2
  tax 0.00
  total 50.00
