# A quarter off the server, not off the seats; the server is not taxed, so its discount isn't either
provider starts 2025-01-01, tax 7.375%
item server untaxed
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 5 seats m365 at 22.00
2025-01-01 acme: 1 seats server at 189.00
2025-01-01 acme: discount server 25% as QUARTER
expect recurring 2025-01
  5 x 22.00 = 110.00 m365
  1 x 189.00 = 189.00 server
  1 x -47.25 = -47.25 QUARTER    # a quarter of 189.00
  tax 8.11    # 110.00 x 7.375 %
  total 259.86
