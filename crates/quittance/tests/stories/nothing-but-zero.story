# A month of nothing but zeros makes no invoice; a zero beside something else is listed
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats trial at 0.00
expect nothing recurring 2025-01
expect nothing recurring 2025-02
2025-03-01 acme: 1 seats server at 189.00
expect recurring 2025-03
  10 x 0.00 = 0.00 trial
  1 x 189.00 = 189.00 server
  tax 13.94    # 189.00 x 7.375 %
  total 202.94
