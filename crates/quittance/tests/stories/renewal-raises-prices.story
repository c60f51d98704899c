# Renewal on 1 July and each 12 months: prices rise by 5 %, rounded to the cent each time
provider starts 2025-06-01, tax 7.375%
2024-07-01 acme: agreement core, arrears
2024-07-01 acme: 8 seats mw at 46.50
2025-06-15 acme: renew core every 12 months 5% from 2025-07-01
expect recurring 2025-06
  8 x 46.50 = 372.00 mw
  tax 27.44    # 372.00 x 7.375 %
  total 399.44
# 46.50 x 1.05 = 48.825, half a cent goes up: 48.83.
expect recurring 2025-07
  8 x 48.83 = 390.64 mw
  tax 28.81    # 390.64 x 7.375 %
  total 419.45
skip recurring 2025-08 to 2026-05    # the same each month
# Another line begins after the renewal: its price holds until the next one.
2026-06-01 acme: 1 seats server at 100.00
expect recurring 2026-06
  8 x 48.83 = 390.64 mw
  1 x 100.00 = 100.00 server
  tax 36.18    # 490.64 x 7.375 %
  total 526.82
# 48.83 x 1.05 = 51.2715: 51.27; 100.00 x 1.05 = 105.00.
expect recurring 2026-07
  8 x 51.27 = 410.16 mw
  1 x 105.00 = 105.00 server
  tax 37.99    # 515.16 x 7.375 %
  total 553.15
