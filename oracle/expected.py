#!/usr/bin/env python3
"""The second opinion: every invoice an export in the form of sample/README.md must lead to.

Written without a look at the product, so that two independent readings of one contract can be compared.
Standard library only, exact fractions, no floats. Run from anywhere:

    python3 oracle/expected.py                                 recompute oracle/expected/ from sample/
    python3 oracle/expected.py --check                         recompute, compare, exit 1 on a difference
    python3 oracle/expected.py --data DIR --until DATE --out DIR    any other export; DATE is the last issue date
"""

import argparse
import csv
import io
import sys
import tomllib
from collections import namedtuple
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent
TWO_WEEKS = timedelta(days=14)

# One line of an invoice. source: line | entry | delivery; month: the 1st of the month an agreement line is charged for.
Line = namedtuple("Line", "source id month cents taxable")
# One run of one stream, and one invoice of it. The period is half-open: `until` is the first day outside.
Run = namedtuple("Run", "issued_on stream period_from until")
Invoice = namedtuple("Invoice", "number run account due_on lines tax shares")


# ---- reading -------------------------------------------------------------------------------------------------------

def read(folder, name):
    """Rows of one file. A byte-order mark is skipped; quoted fields may hold line breaks."""
    with open(folder / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def day(text):
    """A date, or None for an empty field."""
    return date.fromisoformat(text) if text else None


class Export:
    """The files that decide about billing, by id."""

    def __init__(self, folder):
        self.provider = tomllib.loads((folder / "provider.toml").read_text(encoding="utf-8-sig"))
        self.accounts = {row["account"]: row for row in read(folder, "accounts.csv")}
        self.items = {row["item"]: row for row in read(folder, "items.csv")}
        self.agreements = {row["agreement"]: row for row in read(folder, "agreements.csv")}
        self.agreement_lines = read(folder, "agreement_lines.csv")
        self.tax_rates = read(folder, "tax_rates.csv")
        self.entries = read(folder, "time_entries.csv")
        self.deliveries = read(folder, "products.csv")
        self.billing_starts_on = self.provider["billing_starts_on"]


# ---- rounding ------------------------------------------------------------------------------------------------------

def half_up(amount):
    """An exact amount (never negative) in whole cents: half a cent goes up."""
    return int((amount * 100 + Fraction(1, 2)) // 1)


# ---- recurring -----------------------------------------------------------------------------------------------------

def month_after(first):
    """The 1st of the next month, from the 1st of a month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def active_span(line, agreement):
    """A line counts from the later start to the earlier end of its own and its agreement's dates."""
    ends = [day(row["ends_on"]) for row in (line, agreement) if row["ends_on"]]
    return max(day(line["starts_on"]), day(agreement["starts_on"])), min(ends, default=date.max)


def charge(line, span, month):
    """Cents of one agreement line for one month, or None when no day of the month is covered."""
    starts, ends = span
    after = month_after(month)
    days = (min(ends, after) - max(starts, month)).days
    days_of_month = (after - month).days
    if days <= 0:
        return None
    price, quantity = Fraction(line["unit_price"]), Fraction(line["quantity"])
    if days < days_of_month and line["prorate"] == "yes":
        price = Fraction(half_up(price * days / days_of_month), 100)  # the price of the part is itself rounded to cents
    return half_up(price * quantity)


def months_to_charge(span, billing, month, first_month):
    """The months the run for service month `month` charges for one agreement line."""
    starts, ends = span
    after = month_after(month)
    if billing == "arrears":
        return [month]  # in arrears: the service month itself
    months = []
    if month == first_month and starts <= month < ends:
        months.append(month)  # the very first run also charges the current month of what is active on its first day
    if month < starts < after:
        months.append(month)  # catch-up: it began inside the service month, after the 1st
    if starts <= after < ends:
        months.append(after)  # in advance: the coming month, when active on its first day
    return months


def recurring_lines(export, month):
    """Lines of the recurring run for one service month, by account."""
    found = {}
    for line in export.agreement_lines:
        agreement = export.agreements[line["agreement"]]
        span = active_span(line, agreement)
        taxable = export.items[line["item"]]["taxable"] == "yes"
        for charged in months_to_charge(span, agreement["billing"], month, export.billing_starts_on):
            cents = charge(line, span, charged)
            if cents is not None:
                found.setdefault(agreement["account"], []).append(Line("line", line["line"], charged, cents, taxable))
    return found


# ---- bi-weekly -----------------------------------------------------------------------------------------------------

def all_work(export):
    """(account, dated, approved, line) of every time entry and delivery that can ever be billed."""
    work = []
    for row in export.entries:
        # Only billable time has an amount; covered and free time is listed with 0.00. Labour is never taxed.
        exact = Fraction(row["hours_billed"]) * Fraction(row["rate"]) if row["billing"] == "billable" else Fraction(0)
        line = Line("entry", row["entry"], None, half_up(exact), False)
        work.append((row["account"], day(row["worked_on"]), day(row["approved_on"]), line))
    for row in export.deliveries:
        exact = Fraction(row["quantity"]) * Fraction(row["unit_price"])
        taxable = export.items[row["item"]]["taxable"] == "yes"
        line = Line("delivery", row["delivery"], None, half_up(exact), taxable)
        work.append((row["account"], day(row["delivered_on"]), day(row["approved_on"]), line))
    # Unapproved work waits for ever in one export; work from before billing starts is never billed.
    return [item for item in work if item[2] and item[1] >= export.billing_starts_on]


def biweekly_lines(waiting, run_on):
    """Lines that are ready on a run date, by account: worked and approved before that day, however long ago."""
    found = {}
    for account, dated, approved, line in waiting:
        if dated < run_on and approved < run_on:
            found.setdefault(account, []).append(line)
    return found


# ---- tax -----------------------------------------------------------------------------------------------------------

def rates_on(export, region, issued_on):
    """Jurisdictions of a region with the rate valid on the issue date; the highest rate first, then by name."""
    rates = {}
    for row in sorted(export.tax_rates, key=lambda row: row["from_on"]):
        if row["tax_region"] == region and day(row["from_on"]) <= issued_on:
            rates[row["jurisdiction"]] = Fraction(row["rate_percent"])  # a later row replaces the earlier one
    known = [(name, rate) for name, rate in rates.items() if rate > 0]
    return sorted(known, key=lambda pair: (-pair[1], pair[0]))


def tax(export, account, issued_on, lines):
    """(base, tax, [(jurisdiction, percent, share)]) of one invoice: one rounding, then a split that adds up to it."""
    base = sum(line.cents for line in lines if line.taxable)
    rates = rates_on(export, account["tax_region"], issued_on)
    combined = sum(rate for _, rate in rates)
    if account["tax_exempt"] == "yes" or base == 0 or combined == 0:
        return base, 0, []
    whole = half_up(Fraction(base, 100) * combined / 100)
    exact = [whole * rate / combined for _, rate in rates]
    shares = [int(share // 1) for share in exact]
    # Cents left over go to the largest remainders, one each; on a tie to the jurisdiction named first.
    by_remainder = sorted(range(len(rates)), key=lambda n: shares[n] - exact[n])
    for n in by_remainder[: whole - sum(shares)]:
        shares[n] += 1
    return base, whole, [(name, rate, share) for (name, rate), share in zip(rates, shares)]


# ---- the runs, in the order of issuing -----------------------------------------------------------------------------

def runs(export, until):
    """Every run issued on or before `until`; on one day the recurring run comes first."""
    found = []
    month = export.billing_starts_on
    while month_after(month) <= until:
        found.append(Run(month_after(month), "recurring", month, month_after(month)))
        month = month_after(month)
    anchor = export.provider["biweekly_anchor_on"]
    # The first run is the first day of the rhythm that is later than the day billing starts.
    run_on = anchor + TWO_WEEKS * ((export.billing_starts_on - anchor) // TWO_WEEKS + 1)
    while run_on <= until:
        found.append(Run(run_on, "biweekly", run_on - TWO_WEEKS, run_on))
        run_on += TWO_WEEKS
    return sorted(found, key=lambda run: (run.issued_on, run.stream == "biweekly"))


def invoices(export, until):
    """All invoices with consecutive numbers: by issue date, recurring first, then by account id."""
    prefix, number = export.provider["invoice_number_prefix"], export.provider["invoice_number_start"]
    waiting, made = all_work(export), []
    for run in runs(export, until):
        recurring = run.stream == "recurring"
        by_account = recurring_lines(export, run.period_from) if recurring else biweekly_lines(waiting, run.issued_on)
        billed = set()
        for account_id, lines in sorted(by_account.items()):
            if not any(line.cents for line in lines):
                continue  # nothing but 0.00: no invoice
            account = export.accounts[account_id]
            terms = account["recurring_terms_days"] if recurring else export.provider["biweekly_terms_days"]
            due_on = run.issued_on + timedelta(days=int(terms))
            base, whole, shares = tax(export, account, run.issued_on, lines)
            shares = [(name, rate, base, share) for name, rate, share in shares]
            made.append(Invoice(f"{prefix}{number}", run, account, due_on, lines, whole, shares))
            number += 1
            billed.update((line.source, line.id) for line in lines)
        if not recurring:  # what no run has taken waits, also the 0.00 lines of accounts without an invoice
            waiting = [item for item in waiting if (item[3].source, item[3].id) not in billed]
    return made


# ---- the three tables ----------------------------------------------------------------------------------------------

def plain(rate):
    """A percent with up to four decimals and no trailing zeros: 6.875, 0.5, 2."""
    units, rest = divmod(int(rate * 10000), 10000)
    return f"{units}.{rest:04d}".rstrip("0").rstrip(".")


def tables(made):
    """File name -> rows, the header first. Invoices in the order of issuing, lines by source, id and month."""
    heads = [("number account stream period_from period_until issued_on due_on currency "
              "lines subtotal_minor tax_minor total_minor").split()]
    lines = [["number", "source", "id", "month", "amount_minor", "taxable"]]
    taxes = [["number", "jurisdiction", "rate_percent", "base_minor", "tax_minor"]]
    for one in made:
        run, subtotal = one.run, sum(line.cents for line in one.lines)
        heads.append([one.number, one.account["account"], run.stream, run.period_from, run.until, run.issued_on,
                      one.due_on, one.account["currency"], len(one.lines), subtotal, one.tax, subtotal + one.tax])
        rows = [(line.source, line.id, f"{line.month:%Y-%m}" if line.month else "", line.cents,
                 "yes" if line.taxable else "no") for line in one.lines]
        lines.extend([one.number, *row] for row in sorted(rows))
        taxes.extend([one.number, name, plain(rate), base, share] for name, rate, base, share in one.shares)
    return {"invoices.csv": heads, "lines.csv": lines, "taxes.csv": taxes}


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def main():
    ask = argparse.ArgumentParser(description="Compute all invoices of an export, independently of the product.")
    ask.add_argument("--data", type=Path, default=HERE.parent / "sample", help="folder of the export")
    ask.add_argument("--until", type=day, default=date(2026, 11, 1), help="last issue date, inclusive")
    ask.add_argument("--out", type=Path, default=HERE / "expected", help="folder of the three tables")
    ask.add_argument("--check", action="store_true", help="compare with the tables instead of writing them")
    args = ask.parse_args()
    wrong = 0
    for name, rows in tables(invoices(Export(args.data), args.until)).items():
        path, text = args.out / name, as_csv(rows)
        if not args.check:
            args.out.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        elif not path.exists() or path.read_bytes() != text.encode():
            print(f"{path} differs from what the export leads to", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
