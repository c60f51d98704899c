# Licences are taxed less than the rest: each category has its rates, its sum and its one rounding
provider starts 2025-01-01, tax 6.875%
tax 0.5% from 2020-01-01 by City
tax 3% from 2020-01-01 on Software
tax 4% from 2025-02-15 on Software
item m365 taxed as Software
item office taxed as Software
item server untaxed
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 2 seats backup at 30.05
2025-01-01 acme: 5 seats m365 at 22.15
2025-01-01 acme: 3 seats office at 10.33
2025-01-01 acme: 1 seats server at 189.00
# The city has no rate for software: its general one counts. 141.74 x 3.5 % = 4.9609: 4.96, of it 3/3.5 = 4.2514 the
# state's and 0.7086 the city's. 60.10 x 7.375 % = 4.432375: 4.43, of it 4.1297 and 0.3003.
expect recurring 2025-01
  2 x 30.05 = 60.10 backup
  5 x 22.15 = 110.75 m365
  3 x 10.33 = 30.99 office
  1 x 189.00 = 189.00 server
  tax 9.39
  tax 4.13 on 60.10 State
  tax 0.30 on 60.10 City
  tax 4.25 on 141.74 State Software
  tax 0.71 on 141.74 City Software
  total 400.23
# Issued in March, under the rate of February 15: 141.74 x 4.5 % = 6.3783: 6.38, of it 5.6711 and 0.7089.
expect recurring 2025-02
  2 x 30.05 = 60.10 backup
  5 x 22.15 = 110.75 m365
  3 x 10.33 = 30.99 office
  1 x 189.00 = 189.00 server
  tax 10.81
  tax 4.13 on 60.10 State
  tax 0.30 on 60.10 City
  tax 5.67 on 141.74 State Software
  tax 0.71 on 141.74 City Software
  total 401.65
