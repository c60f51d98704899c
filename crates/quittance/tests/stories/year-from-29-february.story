# A year that began on 29 February 2024: the next begins on 28 February 2025, and is cut short
provider starts 2024-02-01, tax 7.375%
2024-02-29 acme: agreement core, advance
2024-02-29 acme: 2 seats lic at 365.00 every year
expect recurring 2024-02
  2 x 365.00 = 730.00 lic    # 2024-02-29 to 2025-02-27, 365 days
  tax 53.84    # 730.00 x 7.375 %
  total 783.84
expect nothing recurring 2024-12
# The second year begins on 2025-02-28: the run for January bills it.
expect recurring 2025-01
  2 x 365.00 = 730.00 lic    # 2025-02-28 to 2026-02-27, 365 days
  tax 53.84    # 730.00 x 7.375 %
  total 783.84
# Cancelled on 2025-07-01: 123 of 365 days were served (1 + 31 + 30 + 31 + 30), 242 days come back.
# A credit alone makes no invoice; it waits for something to stand on.
2025-07-01 acme: cancel lic
expect held recurring 2025-02
2025-03-01 acme: agreement more, arrears
2025-03-01 acme: 10 seats m365 at 60.00
expect recurring 2025-03
  1 x -484.00 = -484.00 lic    # 246.00 is right, 730.00 was billed; 2 x 123.00
  10 x 60.00 = 600.00 m365
  tax 8.56    # 116.00 x 7.375 %
  total 124.56
