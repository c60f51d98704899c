# A plan is changed for a larger one on the 11th: 10 and 20 of 30 days
provider starts 2025-09-01, tax 7.375%
2025-09-01 acme: agreement core, arrears
2025-09-01 acme: 15 seats basic at 6.00
2025-09-11 acme: upgrade basic to premium at 22.00
expect recurring 2025-09
  15 x 2.00 = 30.00 basic    # 6.00 x 10/30 = 2
  15 x 14.67 = 220.05 premium    # 22.00 x 20/30 = 14.667
  tax 18.44    # 250.05 x 7.375 %
  total 268.49
expect recurring 2025-10
  15 x 22.00 = 330.00 premium
  tax 24.34    # 330.00 x 7.375 %
  total 354.34
