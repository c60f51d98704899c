# Prices hold 20 % tax: the tax comes first, once for all lines, and the net is what it leaves
provider starts 2025-01-01, tax 20%, prices inclusive
item server untaxed
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 1 seats backup at 10.00
2025-01-01 acme: 3 seats m365 at 9.99
2025-01-01 acme: 1 seats server at 50.00
2025-01-01 acme: discount core 10% for 1 as TENTH
# A tenth of 89.97 is 8.997: 9.00, of it 5.00 off the untaxed 50.00 and 4.00 off the taxed 39.97.
# Taxed are 35.97; in them are 35.97 x 20/120 = 5.995: 6.00. Line by line: 10.00 / 6 = 1.67, 39.97 / 6 = 6.66 less 1.67,
# and 6.00 less 6.66.
expect recurring 2025-01
  1 x 10.00 = 10.00 backup tax 1.67
  3 x 9.99 = 29.97 m365 tax 4.99
  1 x 50.00 = 50.00 server tax 0.00
  1 x -5.00 = -5.00 TENTH tax 0.00
  1 x -4.00 = -4.00 TENTH tax -0.66
  tax 6.00
  tax 6.00 on 29.97 State
  total 80.97
# 14 of 28 days of 9.99 are 4.995: 5.00 for three seats, and what is left of 9.99 for four. 44.96 / 6 = 7.493.
2025-02-15 acme: +1 seats m365
expect recurring 2025-02
  1 x 10.00 = 10.00 backup
  3 x 5.00 = 15.00 m365
  4 x 4.99 = 19.96 m365
  1 x 50.00 = 50.00 server
  tax 7.49
  tax 7.49 on 37.47 State
  total 94.96
# What is credited is what the line showed: 10.00, of it 1.67 tax.
2025-03-10 acme: credit INV-1 lines 1 = 10.00, off 10.00, kept 0.00
2025-03-11 acme: credit INV-1 amount 20.00 = 20.00, off 20.00, kept 0.00
2025-03-12 acme: credit INV-1 all = 50.97, off 50.97, kept 0.00
expect balance INV-1 0.00
