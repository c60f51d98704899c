//! The export a story is imported from: its header, its first agreements, all its work.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Told, after};

/// The nine files, as rows.
#[derive(Default)]
pub struct Sheets {
    /// Whether something is not imported so far.
    pub is_fresh: bool,
    provider: BTreeMap<&'static str, String>,
    late_fee: Option<String>,
    taxes: Vec<String>,
    /// The keys of `[tax]`.
    tax_terms: Vec<String>,
    /// What it is taxed as.
    categories: BTreeMap<String, String>,
    /// Kind and whether it is taxed, by code.
    items: BTreeMap<String, (&'static str, bool)>,
    accounts: BTreeMap<String, String>,
    agreements: Vec<String>,
    lines: Vec<String>,
    work: BTreeMap<String, String>,
    deliveries: Vec<String>,
}

impl Sheets {
    /// An item is named by whatever uses it, also later in the story.
    pub fn notes_items(&mut self, words: &[&str]) {
        let used = match *words {
            [_, _, _, "seats", item, "at", ..] | [_, _, "upgrade", _, "to", item, ..] => Some((item, "licence")),
            [_, _, "product", _, item, ..] => Some((item, "product")),
            [_, _, "fee", _, item, ..] => Some((item, "fee")),
            _ => None,
        };
        if let Some((item, kind)) = used {
            self.items.entry(item.to_owned()).or_insert((kind, true)).0 = kind;
        }
        if let [_, account, ..] = *words
            && let Some(code) = account.strip_suffix(':')
        {
            self.accounts.entry(code.to_owned()).or_insert_with(|| "no".to_owned());
        }
    }

    /// Who the provider is, what the tax is, what isn't taxed, who is exempt.
    pub fn heads(&mut self, words: &[&str]) -> Told {
        self.is_fresh = true;
        match *words {
            ["provider", ..] => {
                let wanted = after(words, "starts").ok_or("the provider's first day is missing: starts 2025-01-01")?;
                for (key, value) in [
                    ("billing_starts_on", wanted.to_owned()),
                    ("biweekly_anchor_on", after(words, "anchor").unwrap_or(wanted).to_owned()),
                    ("biweekly_terms_days", after(words, "terms").unwrap_or("30").to_owned()),
                    ("timezone", format!("\"{}\"", after(words, "zone").unwrap_or("America/Chicago"))),
                ] {
                    self.provider.insert(key, value);
                }
                let rate = after(words, "tax").unwrap_or("0%").trim_end_matches('%');
                self.taxes.push(format!("HERE,State,{rate},2020-01-01,"));
                for key in ["rounding", "prices"] {
                    self.tax_terms.extend(after(words, key).map(|word| format!("{key} = \"{word}\"")));
                }
                self.late_fee = after(words, "fee").map(str::to_owned);
            }
            ["tax", rate, "from", day, ref more @ ..] => {
                let (whose, category) = (after(more, "by").unwrap_or("State"), after(more, "on").unwrap_or_default());
                self.taxes.push(format!("HERE,{whose},{},{day},{category}", rate.trim_end_matches('%')));
            }
            ["item", item, "taxed", "as", category] => {
                self.categories.insert(item.to_owned(), category.to_owned());
            }
            ["item", item, "untaxed"] => {
                self.items.entry(item.to_owned()).or_insert(("licence", false)).1 = false;
            }
            ["account", code, "exempt"] => {
                self.accounts.insert(code.to_owned(), "yes".to_owned());
            }
            _ => return Err("this is no header of a story".to_owned()),
        }
        Ok(())
    }

    pub fn agreement(&mut self, account: &str, code: &str, (from, until): (&str, &str), billing: &str) {
        self.is_fresh = true;
        self.agreements.push(format!("{code},{account},{code},{from},{until},{billing},"));
    }

    /// A line; `words` are what follows its item.
    pub fn line(&mut self, agreement: &str, (quantity, item): (&str, &str), day: &str, words: &[&str]) {
        self.is_fresh = true;
        let value = |name: &str, usual: &'static str| after(words, name).map_or(usual, |word| word).to_owned();
        let prorate = if words.contains(&"whole") { "no" } else { "yes" };
        let (code, until, price) = (after(words, "as").unwrap_or(item), value("until", ""), value("at", "0"));
        let (every, minimum) = (value("every", "month"), value("minimum", "0"));
        let (hours, carry) = (value("hours", ""), value("carry", ""));
        self.lines.push(format!(
            "{code},{agreement},{item},{code},{day},{until},{quantity},{price},{prorate},{every},{minimum},{hours},{carry}"
        ));
    }

    pub fn work(&mut self, account: &str, day: &str, (hours, rate, times): (&str, &str, &str), words: &[&str]) -> Told {
        self.is_fresh = true;
        let code = after(words, "as").ok_or("the entry has no code: as E-1")?;
        let (from, until) = times.split_once('-').ok_or("the times are missing: 22:30-00:15")?;
        let kind = ["covered", "prepaid"].into_iter().find(|kind| words.contains(kind)).unwrap_or("billable");
        let agreement = after(words, "by").unwrap_or_default();
        let approved = after(words, "approved").unwrap_or_default();
        self.work.insert(
            code.to_owned(),
            format!(
                "{code},{account},T-{code},Work,Pat,Office,{day},{from},{until},K. Lee,Remote,{hours},{hours},{rate},\
                 {kind},{agreement},Done,,{approved}"
            ),
        );
        Ok(())
    }

    /// Work that waited for approval is approved.
    pub fn approves(&mut self, code: &str, day: &str) -> Told {
        self.is_fresh = true;
        let row = self.work.get_mut(code).ok_or("there is no such work")?;
        row.push_str(day);
        Ok(())
    }

    pub fn delivery(&mut self, account: &str, day: &str, (quantity, item): (&str, &str), words: &[&str]) {
        self.is_fresh = true;
        let code = format!("D-{}", self.deliveries.len() + 1);
        let code = after(words, "as").unwrap_or(&code);
        let (price, approved) = (after(words, "at").unwrap_or("0"), after(words, "approved").unwrap_or(day));
        self.deliveries.push(format!("{code},{account},,{day},{item},{item},{quantity},{price},{approved}"));
    }

    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let put = |name: &str, header: &str, rows: Vec<String>| {
            std::fs::write(folder.join(name), format!("{header}\n{}\n", rows.join("\n")).replace("\n\n", "\n"))
                .unwrap();
        };
        put("provider.toml", PROVIDER, self.toml());
        let accounts = self.accounts.iter().map(|(code, exempt)| {
            format!("{code},{code},1 Main Street,,Willmar,MN,56201,US,USD,30,HERE,{exempt},,active")
        });
        put("accounts.csv", ACCOUNTS, accounts.collect());
        put("contacts.csv", "account,email,name,phone,role,recurring_mail,biweekly_mail", Vec::new());
        let items = self.items.iter().map(|(code, (kind, taxed))| {
            let category = self.categories.get(code).map(String::as_str).unwrap_or_default();
            format!("{code},{code},{kind},each,1.00,{},{category}", if *taxed { "yes" } else { "no" })
        });
        put("items.csv", "item,name,kind,unit,unit_price,taxable,tax_category", items.collect());
        put("tax_rates.csv", "tax_region,jurisdiction,rate_percent,from_on,tax_category", self.taxes.clone());
        put("agreements.csv", "agreement,account,name,starts_on,ends_on,billing,po_number", self.agreements.clone());
        put("agreement_lines.csv", LINES, self.lines.clone());
        put("time_entries.csv", WORK, self.work.values().cloned().collect());
        put("products.csv", DELIVERIES, self.deliveries.clone());
    }

    fn toml(&self) -> Vec<String> {
        let mut rows: Vec<String> = self.provider.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        if !self.tax_terms.is_empty() {
            rows.push(format!("[tax]\n{}", self.tax_terms.join("\n")));
        }
        rows.extend(self.late_fee.iter().map(|flat| format!("[receivables.late_fee]\nflat = \"{flat}\"")));
        rows
    }
}

const PROVIDER: &str = r#"name = "Prairie"
legal_name = "Prairie, Inc."
address = "1200 Main Avenue"
city = "Willmar"
region = "MN"
postal_code = "56201"
country = "US"
phone = "320-555-0150"
email = "billing@prairie.example"
website = "https://prairie.example"
currency = "USD"
invoice_number_prefix = "INV-"
invoice_number_start = 1
support_hours = "Monday to Friday""#;
const ACCOUNTS: &str = "account,name,address_1,address_2,city,region,postal_code,country,currency,recurring_terms_days,\
                        tax_region,tax_exempt,po_number,status";
const LINES: &str = "line,agreement,item,description,starts_on,ends_on,quantity,unit_price,prorate,every,minimum_quantity,included_hours,hours_carry_months";
const WORK: &str = "entry,account,ticket,ticket_summary,requester,site,worked_on,started_at,ended_at,technician,work_type,\
                    hours_worked,hours_billed,rate,billing,agreement,notes,internal_notes,approved_on";
const DELIVERIES: &str = "delivery,account,ticket,delivered_on,item,description,quantity,unit_price,approved_on";
