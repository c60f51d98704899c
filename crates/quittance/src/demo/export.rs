//! Writes the invented export in the form of the import contract: the same files a provider would bring.

use std::fmt::Write;

use billing::Month;
use billing::calendar::shift;
use jiff::civil::Date;

use super::names::{CUSTOMERS, FAMILY, GIVEN, TECHNICIANS};
use super::work::{ITEMS, KINDS, Kind};

/// File names and their texts.
pub type Files = Vec<(&'static str, String)>;

/// `provider.toml`.
pub fn provider_toml(first: Month) -> String {
    format!(
        r##"name = "Gitchi Gami IT"
legal_name = "Gitchi Gami IT Services, LLC"
address = "12 Canal Park Drive"
city = "Duluth"
region = "MN"
postal_code = "55802"
country = "US"
phone = "218-555-0140"
email = "billing@gitchigami.example"
website = "https://www.gitchigami.example"
timezone = "America/Chicago"
currency = "USD"
invoice_number_prefix = "GG-"
invoice_number_start = 4001
billing_starts_on = {}
biweekly_anchor_on = 2025-01-03
biweekly_terms_days = 30
support_hours = "Monday to Friday 7:30 am to 5:30 pm Central; emergencies at any hour"
tagline = "IT care on the north shore"
remit_to = "P.O. Box 1207\nDuluth, MN 55801"
recurring_note = "Services and licences of the month. Work and products come on a separate bi-weekly invoice."
biweekly_note = "Services and licences are billed on a separate monthly invoice. A question about an entry? Call us, we look at it together."

[recurring]
review = "release"
release_after_days = 1

[biweekly]
review = "none"
"##,
        first.first()
    )
}

/// Draws numbers, always the same ones: a demo looks alike on every day. (SplitMix64, by Steele, Lea and Flood.)
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(list.len()).unwrap_or(1);
        usize::try_from(self.roll(sides)).ok().and_then(|index| list.get(index))
    }

    fn text(&mut self, list: &[&'static str]) -> &'static str {
        self.pick(list).copied().unwrap_or_default()
    }
}

/// The customer whose covered work comes out of prepaid hours, three of them a month.
const PREPAID: u64 = 101;

/// The export: customers, agreements since before `first`, work from then until `today`.
pub fn files(first: Month, today: Date) -> Files {
    let mut writer = Writer { dice: Dice(20_251), files: Vec::new(), ticket: 7100, entry: 90_000, delivery: 5_000 };
    writer.items();
    writer.accounts(first, today);
    writer.files
}

struct Writer {
    dice: Dice,
    files: Files,
    ticket: u64,
    entry: u64,
    delivery: u64,
}

/// The rows of one account's part in each file.
#[derive(Default)]
struct Rows {
    accounts: String,
    contacts: String,
    agreements: String,
    lines: String,
    entries: String,
    products: String,
}

impl Writer {
    fn items(&mut self) {
        let mut items = "item,name,kind,unit,unit_price,taxable\n".to_owned();
        for (item, name, kind, unit, price, taxable) in ITEMS {
            put(&mut items, &[item, name, kind, unit, price, taxable]);
        }
        self.files.push(("items.csv", items));
        let rates = "tax_region,jurisdiction,rate_percent,from_on\n\
            MN,Minnesota,6.875,2020-01-01\nMN,St. Louis County,0.5,2020-01-01\nWI,Wisconsin,5,2020-01-01\nWI,Douglas County,0.5,2020-01-01\n";
        self.files.push(("tax_rates.csv", rates.to_owned()));
    }

    fn accounts(&mut self, first: Month, today: Date) {
        let mut rows = Rows {
            accounts: "account,name,address_1,address_2,city,region,postal_code,country,currency,recurring_terms_days,tax_region,tax_exempt,po_number,status\n".to_owned(),
            contacts: "account,email,name,phone,role,recurring_mail,biweekly_mail\n".to_owned(),
            agreements: "agreement,account,name,starts_on,ends_on,billing,po_number\n".to_owned(),
            lines: "line,agreement,item,description,starts_on,ends_on,quantity,unit_price,prorate,included_hours,hours_carry_months\n".to_owned(),
            entries: "entry,account,ticket,ticket_summary,requester,site,worked_on,started_at,ended_at,technician,work_type,hours_worked,hours_billed,rate,billing,agreement,notes,internal_notes,approved_on\n".to_owned(),
            products: "delivery,account,ticket,delivered_on,item,description,quantity,unit_price,approved_on\n".to_owned(),
        };
        for (customer, n) in CUSTOMERS.iter().zip(100_u64..) {
            self.account(&mut rows, customer, n, first);
            self.work(&mut rows, n, customer.4, (first.first(), today));
        }
        self.files.extend([
            ("accounts.csv", rows.accounts),
            ("contacts.csv", rows.contacts),
            ("agreements.csv", rows.agreements),
            ("agreement_lines.csv", rows.lines),
            ("time_entries.csv", rows.entries),
            ("products.csv", rows.products),
        ]);
    }

    fn account(&mut self, rows: &mut Rows, customer: &(&str, &str, &str, &str, u64), n: u64, first: Month) {
        let (name, city, postal_code, domain, seats) = customer;
        let (account, agreement) = (format!("A-{n}"), format!("AG-{n}"));
        let (region, state) = if postal_code.starts_with("54") { ("WI", "WI") } else { ("MN", "MN") };
        let street = format!(
            "{} {} Street",
            10 + self.dice.roll(900),
            self.dice.text(&["Superior", "First", "Lake", "Grand", "Garfield"])
        );
        let exempt = if name.contains("Church") || name.contains("School") { "yes" } else { "no" };
        let po = if self.dice.roll(4) == 0 { format!("PO-{}", 3000 + self.dice.roll(900)) } else { String::new() };
        let status = if n == 123 { "former" } else { "active" };
        put(
            &mut rows.accounts,
            &[&account, name, &street, "", city, state, postal_code, "US", "USD", "30", region, exempt, &po, status],
        );
        for (role, routing) in [("admin", ("cc", "cc")), ("payer", ("to", "to")), ("viewer", ("no", "no"))] {
            let (given, family) = (self.dice.text(GIVEN), self.dice.text(FAMILY));
            let email = format!("{}.{}@{domain}", plain(given), plain(family));
            let phone = format!("218-555-01{:02}", self.dice.roll(100));
            if !rows.contacts.contains(&email) {
                put(
                    &mut rows.contacts,
                    &[&account, &email, &format!("{given} {family}"), &phone, role, routing.0, routing.1],
                );
            }
        }
        if n < 104 {
            // One bookkeeper who works for four customers.
            put(
                &mut rows.contacts,
                &[&account, "sigrid@duluthbookkeeping.example", "Sigrid Aaberg", "218-555-0177", "payer", "no", "no"],
            );
        }
        let billing = if n.is_multiple_of(5) { "advance" } else { "arrears" };
        let ends_on = if n == 123 { shift(first.first(), 300).to_string() } else { String::new() };
        put(&mut rows.agreements, &[&agreement, &account, "Managed IT", "2023-04-01", &ends_on, billing, &po]);
        self.lines(rows, (&agreement, n), *seats, first);
    }

    fn lines(&mut self, rows: &mut Rows, (agreement, n): (&str, u64), seats: u64, first: Month) {
        let grown = seats + 1 + self.dice.roll(3);
        let days = 40 + i32::try_from(self.dice.roll(280)).unwrap_or(0);
        let change = shift(first.first(), days).to_string();
        let mut line = 0;
        let mut add = |item: &str, description: &str, starts: &str, ends: &str, quantity: u64| {
            let (hours, carry) = if item == "HOURS" { ("3", "1") } else { ("", "") };
            line += 1;
            let price = ITEMS.iter().find(|known| known.0 == item).map_or("0", |known| known.4);
            let code = format!("L-{n}-{line}");
            put(
                &mut rows.lines,
                &[&code, agreement, item, description, starts, ends, &quantity.to_string(), price, "yes", hours, carry],
            );
        };
        add("MWS", "Managed workstation", "2023-04-01", &change, seats);
        add("MWS", "Managed workstation", &change, "", grown);
        add("M365", "Microsoft 365 Business Premium", "2023-04-01", &change, seats + 2);
        add("M365", "Microsoft 365 Business Premium", &change, "", grown + 2);
        add("EDR", "Endpoint protection", "2023-04-01", "", seats);
        add("NET", "Managed network", "2023-04-01", "", 1);
        if n == PREPAID {
            add("HOURS", "Support hours, paid ahead", "2023-04-01", "", 1);
        }
        if seats > 10 {
            add("MSV", "Managed server", "2023-04-01", "", seats / 10);
            add("BKP", "Cloud backup", "2023-04-01", "", seats / 3);
        }
    }

    /// Tickets on business days, more of them where there are more workstations.
    fn work(&mut self, rows: &mut Rows, n: u64, seats: u64, (from, until): (Date, Date)) {
        let mut day = from;
        while day < until {
            let weekend = matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
            if !weekend
                && self.dice.roll(200) < seats
                && let Some(kind) = self.dice.pick(KINDS)
            {
                self.ticket(rows, n, kind, (day, until));
            }
            day = shift(day, 1);
        }
    }

    fn ticket(&mut self, rows: &mut Rows, n: u64, kind: &Kind, (day, until): (Date, Date)) {
        self.ticket += 1;
        let (ticket, account, agreement) = (format!("T-{}", self.ticket), format!("A-{n}"), format!("AG-{n}"));
        let person = format!("{} {}", self.dice.text(GIVEN), self.dice.text(FAMILY));
        let summary = kind.summary.replace("{}", &person);
        let technician = self.dice.text(TECHNICIANS);
        let billable = kind.product.is_some() || kind.notes.len() > 1 || self.dice.roll(4) == 0;
        for ((note, minutes), later) in kind.notes.iter().zip(0_i32..) {
            let worked_on = shift(day, later);
            let minutes = minutes + self.dice.roll(9);
            let start = 480 + self.dice.roll(400);
            self.entry += 1;
            let approved = shift(worked_on, 1 + i32::try_from(self.dice.roll(4)).unwrap_or(1));
            let approved = if approved <= until { approved.to_string() } else { String::new() };
            let (coverage, covered_by) = match (billable, n) {
                (true, _) => ("billable", ""),
                (false, PREPAID) => ("prepaid", agreement.as_str()),
                (false, _) => ("covered", agreement.as_str()),
            };
            put(
                &mut rows.entries,
                &[
                    &format!("E-{}", self.entry),
                    &account,
                    &ticket,
                    &summary,
                    &person,
                    "Main office",
                    &worked_on.to_string(),
                    &clock(start),
                    &clock(start + minutes),
                    technician,
                    if kind.product.is_some() { "On site" } else { "Remote" },
                    &hundredths(minutes * 100 / 60),
                    &hundredths(minutes.div_ceil(15) * 25),
                    "148.00",
                    coverage,
                    covered_by,
                    &note.replace("{}", &person),
                    "",
                    &approved,
                ],
            );
        }
        if let Some(item) = kind.product.and_then(|code| ITEMS.iter().find(|item| item.0 == code)) {
            self.delivery += 1;
            let delivered_on = shift(day, 1);
            let approved =
                if shift(delivered_on, 2) <= until { shift(delivered_on, 2).to_string() } else { String::new() };
            put(
                &mut rows.products,
                &[
                    &format!("D-{}", self.delivery),
                    &account,
                    &ticket,
                    &delivered_on.to_string(),
                    item.0,
                    item.1,
                    "1",
                    item.4,
                    &approved,
                ],
            );
        }
    }
}

/// Adds a CSV record.
fn put(text: &mut String, values: &[&str]) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        if value.contains([',', '"', '\n']) {
            let _ = write!(text, "\"{}\"", value.replace('"', "\"\""));
        } else {
            text.push_str(value);
        }
    }
    text.push('\n');
}

fn clock(minutes: u64) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// A name as it stands in an address.
fn plain(name: &str) -> String {
    name.to_lowercase().replace('í', "i").chars().filter(char::is_ascii_alphanumeric).collect()
}
