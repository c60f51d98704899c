# A quarter in advance; seats are added when its second month begins
provider starts 2025-04-01, tax 7.375%
2025-04-01 acme: agreement core, advance
2025-04-01 acme: 4 seats voip at 91.00 every quarter
# April to June has 91 days. It begins on the 1st, in the very first month.
expect recurring 2025-04
  4 x 91.00 = 364.00 voip
  tax 26.85    # 364.00 x 7.375 %
  total 390.85
2025-05-02 acme: +2 seats voip
# 31 days with four, 60 with six: 4 x 31.00 + 6 x 60.00.
expect recurring 2025-05
  1 x 120.00 = 120.00 voip    # 484.00 is right, 364.00 was billed
  tax 8.85    # 120.00 x 7.375 %
  total 128.85
# The next quarter begins on 1 July: the run for June bills it.
expect recurring 2025-06
  6 x 91.00 = 546.00 voip
  tax 40.27    # 546.00 x 7.375 %
  total 586.27
expect nothing recurring 2025-07
