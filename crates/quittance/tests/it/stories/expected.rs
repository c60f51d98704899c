//! What a story expects of a run: each line of the invoice, its tax, its total.

use std::fmt::{self, Display, Formatter};

use billing::Month;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Story, Told, after, words};

/// An invoice of `invoices NUMBER --json`, or what a story says of one.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Issued {
    number: String,
    account: String,
    lines: Vec<Line>,
    tax_minor: i64,
    total_minor: i64,
    taxes: Vec<Share>,
    #[serde(skip)]
    run: String,
}

/// A jurisdiction's part of the tax on a category.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct Share {
    category: String,
    jurisdiction: String,
    base_minor: i64,
    tax_minor: i64,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    code: String,
    quantity: Decimal,
    charged_price: Decimal,
    amount_minor: i64,
    /// Nothing where a story doesn't say it.
    tax_minor: Option<i64>,
}

impl Display for Issued {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let (quantity, price) = (line.quantity.normalize(), line.charged_price);
            writeln!(to, "      {quantity} x {price:.2} = {} {}", money(line.amount_minor), line.code)?;
        }
        for share in &self.taxes {
            let (tax, base) = (money(share.tax_minor), money(share.base_minor));
            writeln!(to, "      tax {tax} on {base} {} {}", share.jurisdiction, share.category)?;
        }
        write!(to, "      tax {}, total {}", money(self.tax_minor), money(self.total_minor))?;
        write!(to, " ({} {} {})", self.run, self.account, self.number)
    }
}

impl Story<'_> {
    /// `expect recurring 2025-03`, `expect nothing biweekly 2025-03-14`, `expect held recurring 2025-04`.
    pub fn expects(&mut self, what: &[&str], below: &[&str]) -> Told {
        match *what {
            ["nothing", stream @ ("recurring" | "biweekly"), period] => {
                self.runs(stream, period)?;
                let run = format!("{stream}-{period}");
                match self.unexpected.iter().find(|invoice| invoice.run == run) {
                    Some(invoice) => Err(format!("expected nothing, got\n{invoice}")),
                    None => Ok(()),
                }
            }
            ["held", "recurring", month] => {
                self.runs("recurring", month)?;
                let said = self.does(&["run", "show", &format!("recurring-{month}")])?.out;
                if said.contains(" held ") { Ok(()) } else { Err(format!("expected it held, got {said}")) }
            }
            [stream @ ("recurring" | "biweekly"), period, ref account @ ..] => {
                self.runs(stream, period)?;
                let wanted = wanted(below)?;
                self.compares(&format!("{stream}-{period}"), account.first().copied(), &wanted)
            }
            _ => self.expects_money(what),
        }
    }

    fn compares(&mut self, run: &str, account: Option<&str>, wanted: &Issued) -> Told {
        let fits = |invoice: &Issued| invoice.run == run && account.is_none_or(|code| code == invoice.account);
        let Some(place) = self.unexpected.iter().position(fits) else {
            return Err(format!("expected\n{wanted}\n    got no invoice"));
        };
        let got = self.unexpected.remove(place).limited_to(wanted);
        let is_same = (&got.lines, &got.taxes, got.tax_minor, got.total_minor)
            == (&wanted.lines, &wanted.taxes, wanted.tax_minor, wanted.total_minor);
        if is_same { Ok(()) } else { Err(format!("expected\n{wanted}\n    got\n{got}")) }
    }

    /// Makes a run, and those of its stream before it which were not made.
    fn runs(&mut self, stream: &str, period: &str) -> Told {
        let mut periods = vec![period.to_owned()];
        if stream == "recurring" {
            let last = self.made.iter().filter_map(|run| run.strip_prefix("recurring-")).max().map(str::to_owned);
            let mut next = last.map(|last| last.parse::<Month>().unwrap().next());
            while let Some(month) = next.filter(|month| month.to_string().as_str() < period) {
                periods.insert(periods.len() - 1, month.to_string());
                next = Some(month.next());
            }
        }
        for period in periods {
            self.run(stream, &period)?;
        }
        Ok(())
    }

    fn run(&mut self, stream: &str, period: &str) -> Told {
        let run = format!("{stream}-{period}");
        if self.made.contains(&run) {
            return Ok(());
        }
        let option = if stream == "recurring" { "--for" } else { "--on" };
        let said = self.does(&["run", stream, option, period, "--approve"])?;
        self.has_begun = true;
        let issued = said.out.lines().find_map(|line| line.split_once(" issued now"));
        let count = issued.and_then(|(before, _)| before.rsplit(' ').nth(1)?.parse::<usize>().ok());
        for _ in 0..count.ok_or_else(|| format!("the run says {}", said.out))? {
            self.invoices += 1;
            let shown = self.says(&["invoices", &format!("INV-{}", self.invoices), "--json"])?;
            let mut invoice: Issued = serde_json::from_str(&shown.out).map_err(|error| error.to_string())?;
            invoice.lines.sort();
            invoice.run.clone_from(&run);
            self.unexpected.push(invoice);
        }
        self.made.push(run);
        Ok(())
    }

    /// Months whose invoices nobody needs to see again.
    pub fn skips(&mut self, first: &str, last: &str) -> Told {
        self.runs("recurring", last)?;
        let (first, last) = (format!("recurring-{first}"), format!("recurring-{last}"));
        self.unexpected.retain(|invoice| invoice.run < first || invoice.run > last);
        Ok(())
    }

    /// The account is left out of a run.
    pub fn excludes(&mut self, account: &str, month: &str) -> Told {
        self.does(&["run", "recurring", "--for", month])?;
        self.does(&["run", "exclude", &format!("recurring-{month}/{account}"), "--reason", "free"])?;
        self.has_begun = true;
        Ok(())
    }
}

impl Issued {
    /// Without what a story says nothing of: the tax of lines, and of jurisdictions.
    fn limited_to(mut self, wanted: &Self) -> Self {
        if wanted.lines.iter().all(|line| line.tax_minor.is_none()) {
            self.lines.iter_mut().for_each(|line| line.tax_minor = None);
        }
        if wanted.taxes.is_empty() {
            self.taxes.clear();
        }
        self
    }
}

/// The lines below an expectation: `10 x 12.06 = 120.60 m365`, `tax 1.20`, `total 121.80`; with the tax of each line and of
/// each jurisdiction where they matter.
fn wanted(below: &[&str]) -> Told<Issued> {
    let (mut invoice, mut total) = (Issued::default(), None);
    for text in below {
        match *words(text).as_slice() {
            [quantity, "x", price, "=", amount, code, ref more @ ..] => invoice.lines.push(Line {
                code: code.to_owned(),
                quantity: decimal(quantity)?,
                charged_price: decimal(price)?,
                amount_minor: minor(amount)?,
                tax_minor: after(more, "tax").map(minor).transpose()?,
            }),
            ["tax", tax] => invoice.tax_minor = minor(tax)?,
            ["tax", tax, "on", base, jurisdiction, ref category @ ..] => invoice.taxes.push(Share {
                category: category.first().copied().unwrap_or_default().to_owned(),
                jurisdiction: jurisdiction.to_owned(),
                base_minor: minor(base)?,
                tax_minor: minor(tax)?,
            }),
            ["total", sum] => total = Some(minor(sum)?),
            _ => return Err(format!("{text:?} is no line of an invoice")),
        }
    }
    invoice.lines.sort();
    invoice.total_minor = total.ok_or("the total is missing")?;
    let sum: i64 = invoice.lines.iter().map(|line| line.amount_minor).sum();
    let shares: i64 = invoice.taxes.iter().map(|share| share.tax_minor).sum();
    let of_lines: Option<i64> = invoice.lines.iter().map(|line| line.tax_minor).sum();
    // Prices may hold the tax.
    let is_right = [sum, sum + invoice.tax_minor].contains(&invoice.total_minor)
        && (invoice.taxes.is_empty() || shares == invoice.tax_minor)
        && of_lines.is_none_or(|tax| tax == invoice.tax_minor);
    if is_right { Ok(invoice) } else { Err(format!("its own lines sum to {}", money(sum))) }
}

fn decimal(text: &str) -> Told<Decimal> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

/// Dollars as cents.
pub fn minor(text: &str) -> Told<i64> {
    let cents = decimal(text)? * Decimal::ONE_HUNDRED;
    cents.normalize().to_string().parse().map_err(|_| format!("{text:?} is no amount"))
}

pub fn money(minor: i64) -> String {
    Decimal::new(minor, 2).to_string()
}
