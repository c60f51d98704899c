#!/usr/bin/env python3
"""Writes a small random export in the form of sample/README.md, full of edges, to compare product and oracle on.

    python3 oracle/random_export.py SEED DIR [--accounts N]

The same seed writes the same bytes. The last line printed is the last issue date to run to (`--until` of
expected.py); it never lies after 2026-11-01. Everything is valid: what the contract refuses is not made here.
"""

import argparse
import csv
import io
import random
from datetime import date, timedelta
from pathlib import Path

LATEST = date(2026, 10, 31)  # no work and no approval is later than this day
HEADS = {
    "accounts": "account,name,address_1,address_2,city,region,postal_code,country,currency,recurring_terms_days,"
                "tax_region,tax_exempt,po_number,status",
    "contacts": "account,email,name,phone,role,recurring_mail,biweekly_mail",
    "items": "item,name,kind,unit,unit_price,taxable",
    "tax_rates": "tax_region,jurisdiction,rate_percent,from_on",
    "agreements": "agreement,account,name,starts_on,ends_on,billing,po_number",
    "agreement_lines": "line,agreement,item,description,starts_on,ends_on,quantity,unit_price,prorate",
    "time_entries": "entry,account,ticket,ticket_summary,requester,site,worked_on,started_at,ended_at,technician,"
                    "work_type,hours_worked,hours_billed,rate,billing,agreement,notes,internal_notes,approved_on",
    "products": "delivery,account,ticket,delivered_on,item,description,quantity,unit_price,approved_on",
}
ITEMS = [("SEAT", "service", "yes"), ("DESK", "service", "no"), ("MAIL", "licence", "no"), ("EDR", "licence", "yes"),
         ("BOX", "product", "yes"), ("WIRE", "product", "no"), ("TRIP", "fee", "no"), ("SHIP", "fee", "yes"),
         ("LAB", "labour", "no")]
# Prices whose prorated or multiplied amounts often fall on half a cent.
PRICES = ["0", "0.01", "0.005", "0.0049", "0.0050", "0.085", "1.75", "8.25", "9.60", "22.75", "46.50", "72", "129.00",
          "0.3333", "1199.995", "14.9999"]
QUANTITIES = ["0", "1", "1", "2", "3", "7", "13", "0.5", "0.0001", "2.5", "880.2", "2210.75", "3157.65"]
HOURS = ["0.00", "0.25", "0.25", "0.5", "0.75", "1", "1.1", "1.25", "2.3333", "4.0001"]
RATES = ["0", "0.02", "127.75", "132.50", "145.00", "139.5", "158.25", "217.50", "100.0001"]
PERCENTS = ["6.875", "0.5", "0.5", "0.375", "2", "4.2", "0.0001", "7", "0", "1.3333"]
STARTS = ["2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01", "2025-01-01", "2025-02-01", "2025-06-01",
          "2025-12-01", "2026-01-01", "2026-02-01", "2026-04-01", "2026-07-01"]
TEXTS = ["Plain text.", "Two\nlines.", "A list:\n- one\n- two\n\nEnd.", 'He said "done", and left; 3 < 4 & 5 > 2',
         "=SUM(A1:A9)", "+1 and -1 and @home", "<b>not bold</b> <script>alert(1)</script>", "東京, Ελλάδα, naïve ½",
         "{{ name }} $x$ #set *star* _low_ `tick` \\n", "don't; DROP TABLE invoices; --",
         "\u200f\u0645\u0631\u062d\u0628\u0627 \U0001f642"]


def month_on(first, months):
    """The 1st of the month `months` after a 1st."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


class Maker:
    """One export: the dice, the calendar it plays in, and the tables it fills."""

    def __init__(self, seed, accounts):
        self.dice = random.Random(seed)
        self.first = date.fromisoformat(self.dice.choice(STARTS))
        self.months = self.dice.randint(2, 5)
        self.until = min(month_on(self.first, self.months) + timedelta(days=self.dice.choice([0, 0, 9])),
                         date(2026, 11, 1))
        # Also an anchor on the day billing starts, long before it, or after it.
        self.anchor = self.first + timedelta(days=self.dice.choice([0, -1, 1, -14, 13, 14, -173, 40]))
        self.tables = {name: [] for name in HEADS}
        self.agreements_of, self.tickets_of = {}, {}
        self.regions()
        for item, kind, taxable in ITEMS:
            name = self.dice.choice([item.title(), f'{item}, 24"', "Item é"])
            self.add("items", item, name, kind, "each", self.dice.choice(PRICES), taxable)
        for number in self.dice.sample(range(7, 13 + accounts), accounts):  # ids of one and of two digits
            self.account(f"A-{number}")

    def add(self, table, *fields):
        self.tables[table].append(fields)

    def edge(self):
        """A day near which rules change: month ends, run dates, the day billing starts; or any day."""
        dice = self.dice
        first = month_on(self.first, dice.randint(-1, self.months + 1))
        near_first = first + timedelta(days=dice.choice([0, 0, 0, 1, 1, -1, -1, -2, 14, 15]))
        run = self.anchor + timedelta(days=14 * ((first - self.anchor).days // 14) + dice.choice([0, 0, 1, -1]))
        return dice.choice([near_first, near_first, run, self.first, first + timedelta(days=dice.randint(0, 30))])

    def end_after(self, starts):
        """An end: open, equal to the start, a day later, inside the play, at or beyond a leap day, or before it."""
        dice = self.dice
        kind = dice.randint(0, 9)
        if kind <= 2:
            return ""
        if kind == 3:
            return starts
        if kind == 4:
            return starts + timedelta(days=1)
        if kind == 5:
            return max(starts, date(2028, 2, dice.choice([28, 29])))
        return max(starts, self.edge())

    def regions(self):
        dice = self.dice
        for region in ("North", "South", "West"):
            for jurisdiction in dice.sample(["State", "County", "City, old town", "Åland"], dice.randint(1, 3)):
                # A jurisdiction known from the start or only later, with up to two changes of its rate.
                days = {date(2020, 1, 1)} if dice.random() < 0.7 else {self.edge()}
                for day in sorted(days | {self.edge() for _ in range(dice.randint(0, 2))}):
                    self.add("tax_rates", region, jurisdiction, dice.choice(PERCENTS), day)

    def account(self, account):
        dice = self.dice
        currency = "EUR" if dice.random() < 0.1 else "USD"
        self.add("accounts", account, dice.choice(['Ann & "Bo"', "Été, Inc.", "=Acme", account]), "1 Way",
                 dice.choice(["", "Suite 2"]), "Town", "MN", "56201", "US", currency, dice.choice([0, 15, 20, 30, 45]),
                 dice.choice(["North", "South", "West"]), "yes" if dice.random() < 0.2 else "no",
                 dice.choice(["", "PO-1"]), dice.choice(["active", "active", "former"]))
        # One person on many accounts, written in two ways, and one of the account's own; or nobody at all.
        people = [dice.choice(["ann@all.example", "Ann@ALL.example"]), f"bo@{account.lower()}.example"]
        for person in people[: dice.choice([0, 1, 2, 2])]:
            self.add("contacts", account, person, "Ann" if "nn@" in person.lower() else "Bo",
                     dice.choice(["", "320-555-0100"]), dice.choice(["admin", "payer", "viewer"]),
                     dice.choice(["to", "cc", "no"]), dice.choice(["to", "no"]))
        self.agreements_of[account] = []
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            self.agreement(account)
        self.tickets_of[account] = [f"T-{account}-{n}" for n in range(3)]
        kinds = dice.choice([["billable"], ["billable", "covered", "no_charge"], ["covered", "no_charge"], ["covered"]])
        for _ in range(dice.choice([0, 3, 12, 25])):
            self.entry(account, dice.choice(kinds))
        for _ in range(dice.choice([0, 0, 2, 6])):
            self.delivery(account)

    def agreement(self, account):
        dice = self.dice
        agreement = f"AG-{len(self.tables['agreements']) + 1}"
        starts = self.edge() if dice.random() < 0.5 else date(2021, 3, dice.choice([1, 15, 31]))
        self.agreements_of[account].append(agreement)
        self.add("agreements", agreement, account, "Care, \"full\"", starts, self.end_after(starts),
                 dice.choice(["arrears", "advance"]), "")
        for _ in range(dice.randint(0, 5)):
            begins = self.edge() if dice.random() < 0.7 else date(2021, 3, 1)
            line = (dice.choice(["SEAT", "DESK", "MAIL", "EDR"]), dice.choice(TEXTS[:4]))
            price, yes_no = dice.choice(PRICES), dice.choice(["yes", "yes", "yes", "no"])
            ends = self.end_after(begins)
            self.agreement_line(agreement, line, begins, ends, price, yes_no)
            if ends and dice.random() < 0.5:  # a change of seats: the next row starts where this one ends
                self.agreement_line(agreement, line, ends, self.end_after(ends), price, yes_no)

    def agreement_line(self, agreement, item, starts, ends, price, prorate):
        number = f"L-{len(self.tables['agreement_lines']) + 1}"
        quantity = self.dice.choice(QUANTITIES)
        self.add("agreement_lines", number, agreement, *item, starts, ends, quantity, price, prorate)

    def worked_and_approved(self):
        """A day of work and its approval: the same day, soon, on a run date, months later, or never."""
        dice = self.dice
        any_day = self.first + timedelta(days=dice.randint(0, 30 * self.months))
        worked = min(self.edge() if dice.random() < 0.6 else any_day, LATEST)
        if dice.random() < 0.08:
            return worked, ""
        approved = worked + timedelta(days=dice.choice([0, 0, 0, 1, 2, 3, 5, 14, 40, 75]))
        if dice.random() < 0.2:
            approved = max(worked, self.edge())
        return worked, approved if approved <= LATEST else ""

    def entry(self, account, billing):
        dice = self.dice
        agreements = self.agreements_of[account]
        if billing == "covered" and not agreements:
            billing = "no_charge"
        named = agreements and (billing == "covered" or dice.random() < 0.2)
        ticket = dice.choice(self.tickets_of[account])
        worked, approved = self.worked_and_approved()
        number = len(self.tables["time_entries"]) + 1
        times = dice.choice([("08:00", "08:20"), ("22:40", "01:50"), ("00:00", "23:59"), ("21:00", "00:00")])
        self.add("time_entries", f"E-{number}", account, ticket, f"Summary of {ticket}, \"quoted\"", "Ann É.", "Main",
                 worked, *times, "T. Fixer", dice.choice(["Remote", "On site", "After hours", "Project"]),
                 dice.choice(HOURS), dice.choice(HOURS), dice.choice(RATES), billing,
                 dice.choice(agreements) if named else "", dice.choice(TEXTS),
                 f"INTERNAL-{number} never shown" if dice.random() < 0.5 else "", approved)

    def delivery(self, account):
        dice = self.dice
        delivered, approved = self.worked_and_approved()
        self.add("products", f"D-{len(self.tables['products']) + 1}", account,
                 dice.choice(["", *self.tickets_of[account]]), delivered, dice.choice(["BOX", "WIRE", "TRIP", "SHIP"]),
                 dice.choice(TEXTS), dice.choice(QUANTITIES), dice.choice(PRICES), approved)

    def provider(self):
        dice = self.dice
        prefix, start = dice.choice(["INV-", "", "A-1-", "0123456789AB"]), dice.choice([1, 99, 20001])
        words = {"name": "Random \\\"MSP\\\"", "legal_name": "Random MSP, Inc.", "address": "1 Way", "city": "Town",
                 "region": "MN", "postal_code": "56201", "country": "US", "phone": "320-555-0150",
                 "email": "billing@random.example", "website": "https://random.example",
                 "timezone": dice.choice(["America/Chicago", "UTC", "Asia/Kathmandu"]), "currency": "USD",
                 "invoice_number_prefix": prefix, "support_hours": "always"}
        rest = {"invoice_number_start": start, "billing_starts_on": self.first, "biweekly_anchor_on": self.anchor,
                "biweekly_terms_days": dice.choice([0, 14, 30])}
        text = [f'{key} = "{value}"\n' for key, value in words.items()]
        return "".join(text + [f"{key} = {value}\n" for key, value in rest.items()])

    def write(self, folder):
        """Every file in one of the allowed dialects: CRLF or LF, with or without mark and last record end."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "provider.toml").write_bytes(self.provider().encode())
        for name, head in HEADS.items():
            rows, end = self.tables[name], self.dice.choice(["\r\n", "\n"])
            self.dice.shuffle(rows)
            text = io.StringIO()
            csv.writer(text, lineterminator=end).writerows([head.split(","), *rows])
            whole = text.getvalue().removesuffix(end if self.dice.random() < 0.3 else "\0")
            mark = "\ufeff" if self.dice.random() < 0.3 else ""
            (folder / f"{name}.csv").write_bytes((mark + whole).encode())


def main():
    ask = argparse.ArgumentParser(description="Write a random valid export; prints the last issue date.")
    ask.add_argument("seed", type=int)
    ask.add_argument("dir", type=Path)
    ask.add_argument("--accounts", type=int, default=6)
    args = ask.parse_args()
    maker = Maker(args.seed, args.accounts)
    maker.write(args.dir)
    print(maker.until)


if __name__ == "__main__":
    main()
