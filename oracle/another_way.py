#!/usr/bin/env python3
"""Checks oracle/expected.py by another road: integers, days counted one by one, and no month-by-month run.

For each agreement line it asks which months are owed at the end, for each piece of work which run is the first that
may take it, and compares both with the tables. Usage: python3 oracle/another_way.py DATA UNTIL TABLES
"""

import csv
import sys
import tomllib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path


def rows(path):
    return list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))


def scaled(text):
    """A decimal with up to four places as ten-thousandths."""
    whole, _, part = text.partition(".")
    return int(whole) * 10000 + int(part.ljust(4, "0"))


def to_cents(number, one):
    """`number / one` currency units in cents, half-up, in integers."""
    return (2 * 100 * number + one) // (2 * one)


def owed_months(line, agreement, first, until):
    """{month: days covered} that must have been charged when every run up to `until` is done."""
    open_end = "9999-12-31"
    starts = max(line["starts_on"], agreement["starts_on"])
    ends = min(line["ends_on"] or open_end, agreement["ends_on"] or open_end)
    days, one_day = defaultdict(int), first
    while one_day < until + timedelta(days=62):
        days[f"{one_day:%Y-%m}"] += starts <= one_day.isoformat() < ends
        one_day += timedelta(days=1)
    last_first = f"{until:%Y-%m}"  # the last run was issued on the 1st of this month
    owed = {}
    for month, count in days.items():
        over = month < last_first
        ahead = agreement["billing"] == "advance" and month == last_first and starts <= f"{month}-01" < ends
        if count and (over or ahead) and last_first > f"{first:%Y-%m}":
            owed[month] = count
    return owed


def line_amount(line, month, count):
    year, number = map(int, month.split("-"))
    length = (date(year + number // 12, number % 12 + 1, 1) - date(year, number, 1)).days
    price, quantity = scaled(line["unit_price"]), scaled(line["quantity"])
    if count == length or line["prorate"] == "no":
        return to_cents(price * quantity, 10**8)
    return to_cents(to_cents(price * count, 10**4 * length) * quantity, 10**2 * 10**4)


def read_tables(tables):
    """(invoices by number, {source: {(id, month): (number, cents)}}); nothing may be billed twice."""
    heads = {row["number"]: row for row in rows(tables / "invoices.csv")}
    billed = {"line": {}, "entry": {}, "delivery": {}}
    for row in rows(tables / "lines.csv"):
        key = (row["id"], row["month"])
        assert key not in billed[row["source"]], f"{key} is billed twice"
        billed[row["source"]][key] = (row["number"], int(row["amount_minor"]))
    return heads, billed


def check_agreements(folder, first, until, billed):
    agreements = {row["agreement"]: row for row in rows(folder / "agreements.csv")}
    owed = {}
    for line in rows(folder / "agreement_lines.csv"):
        for month, count in owed_months(line, agreements[line["agreement"]], first, until).items():
            owed[line["line"], month] = line_amount(line, month, count)
    seen = {key: cents for key, (_, cents) in billed.items()}
    assert all(owed.get(key) == cents for key, cents in seen.items()), "an agreement line is charged that is not owed"
    assert all(cents == 0 for key, cents in owed.items() if key not in seen), "an owed agreement line is not charged"


def all_work(folder):
    """(source, account, id, day, approved, cents) of every time entry and delivery."""
    for row in rows(folder / "time_entries.csv"):
        cents = to_cents(scaled(row["hours_billed"]) * scaled(row["rate"]), 10**8)
        cents = cents if row["billing"] == "billable" else 0
        yield "entry", row["account"], row["entry"], row["worked_on"], row["approved_on"], cents
    for row in rows(folder / "products.csv"):
        cents = to_cents(scaled(row["quantity"]) * scaled(row["unit_price"]), 10**8)
        yield "delivery", row["account"], row["delivery"], row["delivered_on"], row["approved_on"], cents


def check_work(folder, provider, until, heads, billed):
    first, anchor = provider["billing_starts_on"], provider["biweekly_anchor_on"]
    for source, account, key, dated, approved, cents in all_work(folder):
        # The first run date after the later of the two days is the earliest run that may take it.
        ready = date.fromisoformat(max(dated, approved or "9999-12-01"))
        due_run = (ready + timedelta(days=14 - (ready - anchor).days % 14)).isoformat()
        may = first.isoformat() <= dated and due_run <= until.isoformat()
        chances = sorted(head["issued_on"] for head in heads.values() if head["account"] == account
                         and head["stream"] == "biweekly" and head["issued_on"] >= due_run)
        if (key, "") not in billed[source]:
            assert not may or (cents == 0 and not chances), f"{key} should be billed on {due_run} or the next invoice"
            continue
        number, amount = billed[source][key, ""]
        head = heads[number]
        assert may and amount == cents and head["account"] == account, f"{key} is billed wrongly"
        assert head["issued_on"] == chances[0], f"{key} should be billed on {chances[0]}"
        assert head["issued_on"] == due_run or cents == 0, f"{key} should be billed on {due_run}"


def main(folder, until, tables):
    provider = tomllib.loads((folder / "provider.toml").read_text(encoding="utf-8-sig"))
    heads, billed = read_tables(tables)
    check_agreements(folder, provider["billing_starts_on"], until, billed["line"])
    check_work(folder, provider, until, heads, billed)
    shares = defaultdict(int)
    for row in rows(tables / "taxes.csv"):
        shares[row["number"]] += int(row["tax_minor"])
    assert all(shares[number] == int(head["tax_minor"]) for number, head in heads.items()), "tax shares do not add up"
    print(f"{len(heads)} invoices, {sum(map(len, billed.values()))} lines: both ways agree")


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), Path(sys.argv[3]))
