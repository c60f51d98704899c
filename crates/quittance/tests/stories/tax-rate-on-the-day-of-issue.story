# The rate of the day of issue counts: September's services are issued on 1 October
provider starts 2025-08-01, tax 7.375%
tax 7.875% from 2025-10-01
2025-08-01 acme: agreement core, arrears
2025-08-01 acme: 10 seats m365 at 22.00
expect recurring 2025-08
  10 x 22.00 = 220.00 m365    # issued on 1 September
  tax 16.23    # 220.00 x 7.375 %
  total 236.23
expect recurring 2025-09
  10 x 22.00 = 220.00 m365    # issued on 1 October
  tax 17.33    # 220.00 x 7.875 %
  total 237.33
