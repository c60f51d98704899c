# Runs every 14 days from 1 January 2025: the 27th is on 31 December (1 + 26 x 14 = 365)
provider starts 2024-12-01, tax 7.375%, anchor 2025-01-01
# A visit on the day before each run; the n-th costs 99.00 + n.
2024-12-31 acme: fee 1 visit at 100.00 as V-1
2025-01-14 acme: fee 1 visit at 101.00 as V-2
2025-01-28 acme: fee 1 visit at 102.00 as V-3
2025-02-11 acme: fee 1 visit at 103.00 as V-4
2025-02-25 acme: fee 1 visit at 104.00 as V-5
2025-03-11 acme: fee 1 visit at 105.00 as V-6
2025-03-25 acme: fee 1 visit at 106.00 as V-7
2025-04-08 acme: fee 1 visit at 107.00 as V-8
2025-04-22 acme: fee 1 visit at 108.00 as V-9
2025-05-06 acme: fee 1 visit at 109.00 as V-10
2025-05-20 acme: fee 1 visit at 110.00 as V-11
2025-06-03 acme: fee 1 visit at 111.00 as V-12
2025-06-17 acme: fee 1 visit at 112.00 as V-13
2025-07-01 acme: fee 1 visit at 113.00 as V-14
2025-07-15 acme: fee 1 visit at 114.00 as V-15
2025-07-29 acme: fee 1 visit at 115.00 as V-16
2025-08-12 acme: fee 1 visit at 116.00 as V-17
2025-08-26 acme: fee 1 visit at 117.00 as V-18
2025-09-09 acme: fee 1 visit at 118.00 as V-19
2025-09-23 acme: fee 1 visit at 119.00 as V-20
2025-10-07 acme: fee 1 visit at 120.00 as V-21
2025-10-21 acme: fee 1 visit at 121.00 as V-22
2025-11-04 acme: fee 1 visit at 122.00 as V-23
2025-11-18 acme: fee 1 visit at 123.00 as V-24
2025-12-02 acme: fee 1 visit at 124.00 as V-25
2025-12-16 acme: fee 1 visit at 125.00 as V-26
2025-12-30 acme: fee 1 visit at 126.00 as V-27
expect biweekly 2025-01-01
  1 x 100.00 = 100.00 V-1
  tax 7.38    # 100.00 x 7.375 %
  total 107.38
expect biweekly 2025-01-15
  1 x 101.00 = 101.00 V-2
  tax 7.45    # 101.00 x 7.375 %
  total 108.45
expect biweekly 2025-01-29
  1 x 102.00 = 102.00 V-3
  tax 7.52    # 102.00 x 7.375 %
  total 109.52
expect biweekly 2025-02-12
  1 x 103.00 = 103.00 V-4
  tax 7.60    # 103.00 x 7.375 %
  total 110.60
expect biweekly 2025-02-26
  1 x 104.00 = 104.00 V-5
  tax 7.67    # 104.00 x 7.375 %
  total 111.67
expect biweekly 2025-03-12
  1 x 105.00 = 105.00 V-6
  tax 7.74    # 105.00 x 7.375 %
  total 112.74
expect biweekly 2025-03-26
  1 x 106.00 = 106.00 V-7
  tax 7.82    # 106.00 x 7.375 %
  total 113.82
expect biweekly 2025-04-09
  1 x 107.00 = 107.00 V-8
  tax 7.89    # 107.00 x 7.375 %
  total 114.89
expect biweekly 2025-04-23
  1 x 108.00 = 108.00 V-9
  tax 7.97    # 108.00 x 7.375 %
  total 115.97
expect biweekly 2025-05-07
  1 x 109.00 = 109.00 V-10
  tax 8.04    # 109.00 x 7.375 %
  total 117.04
expect biweekly 2025-05-21
  1 x 110.00 = 110.00 V-11
  tax 8.11    # 110.00 x 7.375 %
  total 118.11
expect biweekly 2025-06-04
  1 x 111.00 = 111.00 V-12
  tax 8.19    # 111.00 x 7.375 %
  total 119.19
expect biweekly 2025-06-18
  1 x 112.00 = 112.00 V-13
  tax 8.26    # 112.00 x 7.375 %
  total 120.26
expect biweekly 2025-07-02
  1 x 113.00 = 113.00 V-14
  tax 8.33    # 113.00 x 7.375 %
  total 121.33
expect biweekly 2025-07-16
  1 x 114.00 = 114.00 V-15
  tax 8.41    # 114.00 x 7.375 %
  total 122.41
expect biweekly 2025-07-30
  1 x 115.00 = 115.00 V-16
  tax 8.48    # 115.00 x 7.375 %
  total 123.48
expect biweekly 2025-08-13
  1 x 116.00 = 116.00 V-17
  tax 8.56    # 116.00 x 7.375 %
  total 124.56
expect biweekly 2025-08-27
  1 x 117.00 = 117.00 V-18
  tax 8.63    # 117.00 x 7.375 %
  total 125.63
expect biweekly 2025-09-10
  1 x 118.00 = 118.00 V-19
  tax 8.70    # 118.00 x 7.375 %
  total 126.70
expect biweekly 2025-09-24
  1 x 119.00 = 119.00 V-20
  tax 8.78    # 119.00 x 7.375 %
  total 127.78
expect biweekly 2025-10-08
  1 x 120.00 = 120.00 V-21
  tax 8.85    # 120.00 x 7.375 %
  total 128.85
expect biweekly 2025-10-22
  1 x 121.00 = 121.00 V-22
  tax 8.92    # 121.00 x 7.375 %
  total 129.92
expect biweekly 2025-11-05
  1 x 122.00 = 122.00 V-23
  tax 9.00    # 122.00 x 7.375 %
  total 131.00
expect biweekly 2025-11-19
  1 x 123.00 = 123.00 V-24
  tax 9.07    # 123.00 x 7.375 %
  total 132.07
expect biweekly 2025-12-03
  1 x 124.00 = 124.00 V-25
  tax 9.15    # 124.00 x 7.375 %
  total 133.15
expect biweekly 2025-12-17
  1 x 125.00 = 125.00 V-26
  tax 9.22    # 125.00 x 7.375 %
  total 134.22
expect biweekly 2025-12-31
  1 x 126.00 = 126.00 V-27
  tax 9.29    # 126.00 x 7.375 %
  total 135.29
expect nothing biweekly 2026-01-14
