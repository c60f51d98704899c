# Ten percent off an agreement of taxed licences and untaxed service: each is lowered by its own share
provider starts 2025-01-01, tax 7.375%
item server untaxed
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 5 seats m365 at 22.00
2025-01-01 acme: 1 seats server at 190.00
2025-01-01 acme: discount core 10% as TENTH
# 300.00: 30.00 come off, 11.00 of the 110.00 and 19.00 of the 190.00.
expect recurring 2025-01
  5 x 22.00 = 110.00 m365
  1 x 190.00 = 190.00 server
  1 x -11.00 = -11.00 TENTH
  1 x -19.00 = -19.00 TENTH
  tax 7.30    # 99.00 x 7.375 %
  total 277.30
