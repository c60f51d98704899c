# Prepaid hours follow seats, a pause and the end: what is not granted is charged
provider starts 2025-03-01, tax 7.375%, anchor 2025-03-07
2025-03-01 acme: agreement core, arrears
2025-03-01 acme: 10 seats care at 40.00, hours 0.5
2025-03-10 acme: work 6 h at 100.00 09:00-15:00 prepaid by core as E-1, approved 2025-03-11
# March grants 10 x 0.5 = 5 h; the sixth hour is charged.
expect biweekly 2025-03-21
  6 x 100.00 = 100.00 E-1
  tax 0.00
  total 100.00
# Twenty seats from the 16th: April grants 0.5 x (10 x 15 + 20 x 15) / 30 = 7.5 h.
2025-04-16 acme: 20 seats care
2025-04-17 acme: work 8 h at 100.00 09:00-17:00 prepaid by core as E-2, approved 2025-04-17
expect biweekly 2025-05-02
  8 x 100.00 = 50.00 E-2
  tax 0.00
  total 50.00
# Suspended from the 11th: May grants 0.5 x 20 x 10 / 31 = 3.2258, so 3.23 h; 0.77 of 4 are charged.
2025-05-11 acme: suspend care
2025-05-20 acme: work 4 h at 100.00 09:00-13:00 prepaid by core as E-3, approved 2025-05-20
expect biweekly 2025-05-30
  4 x 100.00 = 77.00 E-3
  tax 0.00
  total 77.00
# Resumed: June grants 0.5 x 20 = 10 h.
2025-06-01 acme: resume care
2025-06-02 acme: work 10.5 h at 100.00 08:00-18:30 prepaid by core as E-4, approved 2025-06-03
expect biweekly 2025-06-13
  10.5 x 100.00 = 50.00 E-4
  tax 0.00
  total 50.00
# Cancelled: July grants nothing.
2025-07-01 acme: cancel core
2025-07-02 acme: work 1 h at 100.00 09:00-10:00 prepaid by core as E-5, approved 2025-07-02
expect biweekly 2025-07-11
  1 x 100.00 = 100.00 E-5
  tax 0.00
  total 100.00
