# Hosting is taxed like everything else until a rate of its own begins, which is 0
provider starts 2025-01-01, tax 7.375%
tax 0% from 2025-03-01 on Hosting
item hosting taxed as Hosting
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 1 seats backup at 10.00
2025-01-01 acme: 1 seats hosting at 60.00
# Issued in February: one category. 70.00 x 7.375 % = 5.1625.
expect recurring 2025-01
  1 x 10.00 = 10.00 backup
  1 x 60.00 = 60.00 hosting
  tax 5.16
  tax 5.16 on 70.00 State
  total 75.16
# Issued on March 1: 10.00 x 7.375 % = 0.7375.
expect recurring 2025-02
  1 x 10.00 = 10.00 backup tax 0.74
  1 x 60.00 = 60.00 hosting tax 0.00
  tax 0.74
  tax 0.74 on 10.00 State
  total 70.74
