# Ten licences are the least that is charged
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 12 seats lic at 9.00 minimum 10
expect recurring 2025-01
  12 x 9.00 = 108.00 lic
  tax 7.97    # 108.00 x 7.375 %
  total 115.97
2025-02-01 acme: 7 seats lic
expect recurring 2025-02
  10 x 9.00 = 90.00 lic    # ten, though there are seven
  tax 6.64    # 90.00 x 7.375 %
  total 96.64
# From seven to nine is no change of what is charged: one line.
2025-03-10 acme: +2 seats lic
expect recurring 2025-03
  10 x 9.00 = 90.00 lic
  tax 6.64    # 90.00 x 7.375 %
  total 96.64
# Nine and three more are twelve: 20 of 30 days.
2025-04-11 acme: +3 seats lic
expect recurring 2025-04
  10 x 3.00 = 30.00 lic    # 9.00 x 10/30 = 3
  12 x 6.00 = 72.00 lic    # 9.00 for 30/30 less 3.00 for 10/30
  tax 7.52    # 102.00 x 7.375 %
  total 109.52
