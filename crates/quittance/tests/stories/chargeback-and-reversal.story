# A payment is disputed and won back; meanwhile the customer has paid a part in another way
provider starts 2025-01-01, tax 7.375%
2025-01-01 acme: agreement core, arrears
2025-01-01 acme: 10 seats m365 at 10.00
expect recurring 2025-01
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
expect recurring 2025-02
  10 x 10.00 = 100.00 m365
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
2025-03-10 acme: pays 107.38 for INV-2 as WIRE-1
expect balance INV-2 0.00
2025-04-02 acme: chargeback WIRE-1, fee 25.00
expect balance INV-2 107.38
expect ledger 6200 25.00
2025-04-10 acme: pays 40.00 for INV-2 as WIRE-2
expect balance INV-2 67.38
# Won: 67.38 pay what is left of the second, 40.00 go to the first.
2025-05-20 acme: reinstated WIRE-1
expect balance INV-2 0.00
expect balance INV-1 67.38
expect credit acme 0.00
expect ledger 1000 122.38    # 107.38 and 40.00, less the fee
2025-05-21 acme: reinstated WIRE-1
expect balance INV-1 67.38    # it is done already
# Lost in the second round.
2025-06-01 acme: chargeback WIRE-1
expect balance INV-2 67.38
expect balance INV-1 107.38
expect ledger 1000 15.00
