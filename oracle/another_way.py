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


def main(folder, until, tables):
    provider = tomllib.loads((folder / "provider.toml").read_text(encoding="utf-8-sig"))
    first, anchor = provider["billing_starts_on"], provider["biweekly_anchor_on"]
    agreements = {row["agreement"]: row for row in rows(folder / "agreements.csv")}
    heads = {row["number"]: row for row in rows(tables / "invoices.csv")}
    billed, account_of = defaultdict(dict), {}
    for row in rows(tables / "lines.csv"):
        key = (row["id"], row["month"])
        assert key not in billed[row["source"]], f"{key} is billed twice"
        billed[row["source"]][key] = (row["number"], int(row["amount_minor"]))

    owed = {}
    for line in rows(folder / "agreement_lines.csv"):
        for month, count in owed_months(line, agreements[line["agreement"]], first, until).items():
            owed[line["line"], month] = line_amount(line, month, count)
    seen = {key: cents for key, (_, cents) in billed["line"].items()}
    assert all(owed.get(key) == cents for key, cents in seen.items()), "an agreement line is charged that is not owed"
    assert all(cents == 0 for key, cents in owed.items() if key not in seen), "an owed agreement line is not charged"

    for source, name, dated in (("entry", "time_entries.csv", "worked_on"), ("delivery", "products.csv", "delivered_on")):
        for row in rows(folder / name):
            key, factors = (row[source], ""), ("hours_billed", "rate") if source == "entry" else ("quantity", "unit_price")
            cents = to_cents(scaled(row[factors[0]]) * scaled(row[factors[1]]), 10**8)
            cents = 0 if row.get("billing", "billable") != "billable" else cents
            ready = date.fromisoformat(max(row[dated], row["approved_on"] or "9999-12-01"))
            due_run = ready + timedelta(days=14 - (ready - anchor).days % 14)
            may = first.isoformat() <= row[dated] and due_run <= until
            if key not in billed[source]:
                assert not may or cents == 0, f"{key} should be billed on {due_run}"
                account_of.setdefault(row["account"], []).append(due_run) if may else None
                continue
            number, amount = billed[source][key]
            issued = date.fromisoformat(heads[number]["issued_on"])
            assert may and amount == cents and heads[number]["account"] == row["account"], key
            between = [h for h in heads.values() if h["account"] == row["account"] and h["stream"] == "biweekly"
                       and due_run.isoformat() <= h["issued_on"] < issued.isoformat()]
            assert issued >= due_run and not between, f"{key} should be billed on {due_run} or the next invoice"
            assert issued == due_run or cents == 0, f"{key} should be billed on {due_run}"
    # What is still waiting with 0.00 must have become ready after the account's last bi-weekly invoice.
    for account, runs in account_of.items():
        last = [h["issued_on"] for h in heads.values() if h["account"] == account and h["stream"] == "biweekly"]
        assert all(run.isoformat() > max(last, default="") for run in runs), f"{account} has 0.00 lines left behind"

    sums = defaultdict(int)
    for row in rows(tables / "taxes.csv"):
        sums[row["number"]] += int(row["tax_minor"])
    assert all(sums[number] == int(head["tax_minor"]) for number, head in heads.items()), "tax shares do not add up"
    print(f"{len(heads)} invoices, {sum(map(len, billed.values()))} lines: both ways agree")


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), Path(sys.argv[3]))
