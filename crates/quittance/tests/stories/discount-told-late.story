# A discount from January is told in March: January and February are lowered as well
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 22.00
expect recurring 2025-01
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-02
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
2025-01-01 acme: discount core 10% as TENTH
expect recurring 2025-03
  10 x 22.00 = 220.00 m365    # March
  1 x -22.00 = -22.00 TENTH    # January
  1 x -22.00 = -22.00 TENTH    # February
  1 x -22.00 = -22.00 TENTH    # March
  tax 11.36    # 154.00 x 7.375 %
  total 165.36
# Taken back: what it took off stays off, April has none.
2025-04-01 acme: undo TENTH
expect recurring 2025-04
  10 x 22.00 = 220.00 m365
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
