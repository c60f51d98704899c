# An amount off an agreement lowers each category by its share, and a price told late is corrected with its category's tax
provider starts 2025-01-01, tax 7%
tax 3% from 2020-01-01 on Software
item m365 taxed as Software
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 1 seats backup at 60.00
2025-01-01 acme: 2 seats m365 at 20.00
2025-01-01 acme: discount core 10.00 as TEN
# 6.00 come off the 60.00 and 4.00 off the 40.00: 54.00 x 7 % = 3.78, 36.00 x 3 % = 1.08.
expect recurring 2025-01
  1 x 60.00 = 60.00 backup
  2 x 20.00 = 40.00 m365
  1 x -6.00 = -6.00 TEN
  1 x -4.00 = -4.00 TEN
  tax 4.86
  tax 3.78 on 54.00 State
  tax 1.08 on 36.00 State Software
  total 94.86
# January should have cost 2 x 35.00 = 70.00: 30.00 more. Of 130.00 the ten are 4.62 and 5.38, and 6.00 and 4.00 came off.
2025-02-20 acme: price m365 35.00 from 2025-01-01
# February: the same split of its own ten. Backup 60.00 - 4.62 + 1.38 = 56.76 x 7 % = 3.9732.
# Software 70.00 + 30.00 - 5.38 - 1.38 = 93.24 x 3 % = 2.7972.
expect recurring 2025-02
  1 x 60.00 = 60.00 backup
  2 x 35.00 = 70.00 m365
  1 x 30.00 = 30.00 m365
  1 x -4.62 = -4.62 TEN
  1 x -5.38 = -5.38 TEN
  1 x 1.38 = 1.38 TEN
  1 x -1.38 = -1.38 TEN
  tax 6.77
  tax 3.97 on 56.76 State
  tax 2.80 on 93.24 State Software
  total 156.77
