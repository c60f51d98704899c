# Seats that were fewer all along take nothing back of what was drawn; later work finds nothing
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
2025-03-01 acme: agreement core, arrears
2025-03-01 acme: 10 seats care at 40.00, hours 0.5
2025-03-10 acme: work 4.5 h at 100.00 09:00-13:30 prepaid by core as E-1, approved 2025-03-11
2025-03-10 acme: work 1 h at 100.00 14:00-15:00 as E-2, approved 2025-03-11
# March grants 5 h, 4.5 are drawn.
expect biweekly 2025-03-21
  4.5 x 100.00 = 0.00 E-1
  1 x 100.00 = 100.00 E-2
  tax 0.00
  total 100.00
# Told in April: four seats since the 1st of March, 2 h. More than that was drawn.
2025-03-01 acme: 4 seats care
2025-03-25 acme: work 1 h at 100.00 09:00-10:00 prepaid by core as E-3, approved 2025-03-26
expect biweekly 2025-04-04
  1 x 100.00 = 100.00 E-3
  tax 0.00
  total 100.00
# April has its own two hours.
2025-04-08 acme: work 3 h at 100.00 09:00-12:00 prepaid by core as E-4, approved 2025-04-08
expect biweekly 2025-04-18
  3 x 100.00 = 100.00 E-4
  tax 0.00
  total 100.00
