# A yearly licence in advance that began on 31 January, and is extended once: 366 days, then 365
provider starts 2024-01-01, tax 7.375%
2024-01-31 acme: agreement core, advance
2024-01-31 acme: 5 seats lic at 120.00 every year
# It begins within January: the run for January bills the year from 2024-01-31.
expect recurring 2024-01
  5 x 120.00 = 600.00 lic    # 2024-01-31 to 2025-01-30
  tax 44.25    # 600.00 x 7.375 %
  total 644.25
expect nothing recurring 2024-11
# The next year begins on 2025-01-31: the run for December bills it, a month ahead.
expect recurring 2024-12
  5 x 120.00 = 600.00 lic    # 2025-01-31 to 2026-01-30
  tax 44.25    # 600.00 x 7.375 %
  total 644.25
expect nothing recurring 2025-01
# Two seats more on 2025-04-11. From 2025-01-31 that are 70 of 365 days with five, 295 with seven.
2025-04-11 acme: +2 seats lic
expect recurring 2025-02
  1 x 193.98 = 193.98 lic    # 793.98 is right, 600.00 was billed; 5 x 23.01 + 7 x 96.99
  tax 14.31    # 193.98 x 7.375 %
  total 208.29
