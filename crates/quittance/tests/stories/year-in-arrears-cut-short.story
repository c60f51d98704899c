# A year in arrears is billed when it is over, or when the line ends
provider starts 2025-01-01, tax 7.375%
2025-01-15 acme: agreement core, arrears
2025-01-15 acme: 1 seats audit at 1200.00 every year
expect nothing recurring 2025-01
# 15 January to 9 June are 146 of 365 days (17 + 28 + 31 + 30 + 31 + 9): two fifths.
2025-06-10 acme: cancel audit
expect nothing recurring 2025-05
expect recurring 2025-06
  1 x 480.00 = 480.00 audit    # 1200.00 x 146/365 = 480
  tax 35.40    # 480.00 x 7.375 %
  total 515.40
expect nothing recurring 2025-07
