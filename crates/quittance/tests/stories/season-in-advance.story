# In advance, from 31 August to 30 October: catch-up, a whole month, a part that is known beforehand
provider starts 2025-07-01, tax 7.375%
2025-07-01 acme: agreement core, advance
2025-08-31 acme: 6 seats pos at 31.00 until 2025-10-31
expect nothing recurring 2025-07
expect recurring 2025-08
  6 x 1.00 = 6.00 pos    # 31.00 x 1/31 = 1; August
  6 x 31.00 = 186.00 pos    # September
  tax 14.16    # 192.00 x 7.375 %
  total 206.16
expect recurring 2025-09
  6 x 30.00 = 180.00 pos    # 31.00 x 30/31 = 30; October
  tax 13.28    # 180.00 x 7.375 %
  total 193.28
expect nothing recurring 2025-10
