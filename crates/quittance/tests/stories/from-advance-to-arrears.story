# The month that was paid for is not charged again; the next waits until it is over
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, advance
2025-01-01 acme: 10 seats m365 at 22.00
expect recurring 2025-01
  10 x 22.00 = 220.00 m365    # January
  10 x 22.00 = 220.00 m365    # February
  tax 32.45    # 440.00 x 7.375 %
  total 472.45
2025-03-01 acme: bill core arrears
expect nothing recurring 2025-02
expect recurring 2025-03
  10 x 22.00 = 220.00 m365    # March
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-04
  10 x 22.00 = 220.00 m365    # April
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
