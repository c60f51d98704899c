//! Invoices of another system beside ours: which belong together, how they differ, and the likely cause. Pure.

use std::collections::BTreeMap;

use billing::money::{half_up, major};
use billing::tax::PriceTax;
use billing::{Currency, Stream};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, InvoiceTaxRow, WholeInvoice};

/// So few minor units are a matter of rounding.
const ROUNDING: i64 = 5;
/// A total that differs by so many units of one line is told as its quantity.
const UNITS: i64 = 50;

/// An invoice of the other system, in minor units of the account's currency.
#[derive(Clone, Debug)]
pub struct Theirs {
    pub issued_on: Date,
    pub total: i64,
    pub lines: Vec<(String, i64)>,
}

/// One of ours, issued or planned on a copy.
#[derive(Clone, Debug)]
pub struct Ours {
    pub whole: WholeInvoice,
    /// The combined rates of its categories in its region on its day, in percent, also where the account is exempt; the
    /// general one stands under the empty name.
    pub rates: BTreeMap<String, Decimal>,
}

/// Work of the account that none of ours has taken.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub description: String,
    pub done_on: Date,
    pub is_approved: bool,
    pub amount: i64,
}

/// Why two invoices differ, with its part of the difference (theirs less ours, in minor units).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its word for scripts.
    pub cause: &'static str,
    pub amount: i64,
    pub words: String,
}

/// Two that belong together, or one alone.
#[derive(Clone, Debug)]
pub struct Pair {
    pub theirs: Option<Theirs>,
    pub ours: Option<Ours>,
    /// None where they agree.
    pub reasons: Vec<Reason>,
}

impl Pair {
    /// Theirs less ours, in minor units.
    pub fn difference(&self) -> i64 {
        self.theirs.as_ref().map_or(0, |one| one.total).saturating_sub(self.ours.as_ref().map_or(0, Ours::total))
    }
}

impl Ours {
    fn total(&self) -> i64 {
        self.whole.invoice.total_minor
    }

    fn issued_on(&self) -> Date {
        self.whole.invoice.issued_on
    }

    fn currency(&self) -> Currency {
        self.whole.invoice.currency
    }

    /// What the total would be with `more` minor units of a category, or of what isn't taxed.
    fn total_with(&self, more: i64, category: Option<&str>) -> i64 {
        let invoice = &self.whole.invoice;
        let total = invoice.total_minor.saturating_add(more);
        let category = match invoice.prices {
            // Such a price holds its tax.
            PriceTax::Inclusive => None,
            PriceTax::Exclusive => category.filter(|_| !invoice.tax_exempt),
        };
        let Some(category) = category else { return total };
        let (shares, rate) = (self.whole.taxes.iter(), self.rate(category));
        let own: Vec<&InvoiceTaxRow> = shares.filter(|share| share.tax_category == category).collect();
        let base = own.first().map_or(0, |share| share.base_minor);
        let before: i64 = own.iter().map(|share| share.tax_minor).sum();
        total.saturating_add(taxed(base.saturating_add(more), rate, self.currency())).saturating_sub(before)
    }

    fn rate(&self, category: &str) -> Decimal {
        self.rates.get(category).copied().unwrap_or_default()
    }

    /// The tax on its lines, or on those that are taxable, if they all paid it.
    fn tax_of(&self, counts: impl Fn(&InvoiceLineRow) -> bool) -> i64 {
        let mut bases: BTreeMap<&str, i64> = BTreeMap::new();
        for line in self.whole.lines.iter().filter(|line| counts(line)) {
            *bases.entry(line.tax_category.as_str()).or_default() += self.whole.net_of(line);
        }
        bases.into_iter().map(|(category, base)| taxed(base, self.rate(category), self.currency())).sum()
    }
}

/// The category of a line that is taxable.
fn category(line: &InvoiceLineRow) -> Option<&str> {
    line.taxable.then_some(line.tax_category.as_str())
}

fn taxed(base: i64, rate: Decimal, currency: Currency) -> i64 {
    let exact = major(base, currency).checked_mul(rate).unwrap_or_default() / Decimal::ONE_HUNDRED;
    half_up(exact, currency).unwrap_or(0)
}

/// The invoices of one account and stream, paired: on the same day, else within the same period, else by an equal total.
/// Ours from before `first` or after `last` count only where theirs are like them.
pub fn pairs(
    stream: Stream,
    mut theirs: Vec<Theirs>,
    mut ours: Vec<Ours>,
    waiting: &[Waiting],
    (first, last): (Date, Date),
) -> Vec<Pair> {
    let all = ours.clone();
    let near = match stream {
        Stream::Recurring => 15,
        Stream::Biweekly => 6,
    };
    let apart = |a: Date, b: Date| billing::Span::new(a.min(b), a.max(b)).days();
    let mut found = Vec::new();
    for most in [0, near] {
        found.extend(take(&mut theirs, &mut ours, |a, b| apart(a.issued_on, b.issued_on()) <= most));
    }
    let equal = take(&mut theirs, &mut ours, |a, b| a.total == b.total());
    let mut pairs: Vec<Pair> = found
        .into_iter()
        .map(|(a, b)| {
            let reasons = reasons(&a, &b, waiting, &all);
            Pair { theirs: Some(a), ours: Some(b), reasons }
        })
        .collect();
    pairs.extend(equal.into_iter().map(|(a, b)| {
        let words = format!("dated {} there and {} here", a.issued_on, b.issued_on());
        let reasons = vec![Reason { cause: "other_period", amount: 0, words }];
        Pair { theirs: Some(a), ours: Some(b), reasons }
    }));
    pairs.extend(theirs.into_iter().map(|one| {
        let reasons = vec![missing_here(&one, waiting)];
        Pair { theirs: Some(one), ours: None, reasons }
    }));
    let inside = ours.into_iter().filter(|one| first <= one.issued_on() && one.issued_on() <= last);
    pairs.extend(inside.map(|one| {
        let words = "there is no such invoice there".to_owned();
        let reasons = vec![Reason { cause: "missing_there", amount: one.total().saturating_neg(), words }];
        Pair { theirs: None, ours: Some(one), reasons }
    }));
    pairs
}

/// Takes out those that belong together, in the order of theirs.
fn take(
    theirs: &mut Vec<Theirs>,
    ours: &mut Vec<Ours>,
    is_one: impl Fn(&Theirs, &Ours) -> bool,
) -> Vec<(Theirs, Ours)> {
    let mut found = Vec::new();
    for one in std::mem::take(theirs) {
        match ours.iter().position(|other| is_one(&one, other)) {
            Some(place) => found.push((one, ours.remove(place))),
            None => theirs.push(one),
        }
    }
    found
}

fn missing_here(theirs: &Theirs, waiting: &[Waiting]) -> Reason {
    let before: Vec<&Waiting> = waiting.iter().filter(|work| work.done_on < theirs.issued_on).collect();
    let (cause, words) = match before.iter().filter(|work| !work.is_approved).count() {
        0 if before.is_empty() => ("missing_here", "there is nothing to bill here on that day".to_owned()),
        0 => ("after_cut_off", format!("{} pieces of work were approved after the cut-off here", before.len())),
        count => ("not_approved", format!("{count} pieces of work before that day are not approved here")),
    };
    Reason { cause, amount: theirs.total, words }
}

/// Why a pair differs; the amounts sum to the difference.
fn reasons(theirs: &Theirs, ours: &Ours, waiting: &[Waiting], all: &[Ours]) -> Vec<Reason> {
    let difference = theirs.total.saturating_sub(ours.total());
    if difference == 0 {
        return Vec::new();
    }
    if !theirs.lines.is_empty() {
        return by_lines(theirs, ours, waiting, all);
    }
    let guess = by_total(theirs, ours, waiting);
    let (cause, words) = guess.unwrap_or_else(|| {
        (
            "unexplained",
            "no single cause fits; with line_description and line_amount it can be told line by line".into(),
        )
    });
    vec![Reason { cause, amount: difference, words }]
}

type Guess = (&'static str, String);

/// The one thing that, had it been otherwise, would make the totals equal.
fn by_total(theirs: &Theirs, ours: &Ours, waiting: &[Waiting]) -> Option<Guess> {
    let (invoice, wanted) = (&ours.whole.invoice, theirs.total);
    let difference = wanted.saturating_sub(invoice.total_minor);
    if difference.saturating_abs() <= ROUNDING {
        return Some(("rounding", "a matter of rounding".to_owned()));
    }
    if let Some(words) = by_tax(ours, wanted) {
        return Some(("tax", words));
    }
    let mut lines = ours.whole.lines.iter();
    let of_lines = lines.find_map(|line| by_line(ours, line, wanted));
    of_lines.or_else(|| {
        let is_it = |work: &&Waiting| [Some(""), None].iter().any(|of| ours.total_with(work.amount, *of) == wanted);
        waiting.iter().filter(|work| work.amount != 0).find(is_it).map(waits)
    })
}

fn by_tax(ours: &Ours, wanted: i64) -> Option<String> {
    let invoice = &ours.whole.invoice;
    let (all, own) = (ours.tax_of(|_| true), ours.tax_of(|line| line.taxable));
    let by_share = || {
        let mut by_name: BTreeMap<&str, i64> = BTreeMap::new();
        for share in &ours.whole.taxes {
            *by_name.entry(share.jurisdiction.as_str()).or_default() += share.tax_minor;
        }
        let (name, _) = by_name.into_iter().find(|(_, tax)| invoice.total_minor.saturating_sub(*tax) == wanted)?;
        Some(format!("there is no tax of {name} there"))
    };
    match wanted.saturating_sub(invoice.subtotal_minor) {
        0 if invoice.tax_minor != 0 => Some("there is no tax there".to_owned()),
        tax if tax == own && invoice.tax_exempt => Some("the account is exempt here, and pays tax there".to_owned()),
        tax if tax == all => Some("everything is taxed there, also what is not taxable here".to_owned()),
        _ => by_share(),
    }
}

fn by_line(ours: &Ours, line: &InvoiceLineRow, wanted: i64) -> Option<Guess> {
    let name = line.description.lines().next().unwrap_or_default();
    let is_it = |amount: i64| ours.total_with(amount.saturating_sub(line.amount_minor), category(line)) == wanted;
    if let Some(words) = by_days(line, ours.currency(), is_it) {
        return Some(("proration", format!("{name}: {words}")));
    }
    if line.amount_minor != 0 && is_it(0) {
        return Some(("missing_there", format!("{name} is not billed there")));
    }
    let units = (1..=UNITS).flat_map(|units| [units, -units]).find(|units| {
        let quantity = line.quantity + Decimal::from(*units);
        quantity > Decimal::ZERO && amount(quantity, line.charged_price, ours.currency()).is_some_and(is_it)
    })?;
    let quantity = (line.quantity + Decimal::from(units)).normalize();
    Some(("quantity", format!("{name}: {quantity} there and {} here", line.quantity.normalize())))
}

/// Whether other days of the month make the amount that `is_it` wants.
fn by_days(line: &InvoiceLineRow, currency: Currency, is_it: impl Fn(i64) -> bool) -> Option<String> {
    if line.month.is_empty() {
        return None;
    }
    let own = billing::Span::new(line.from_on, line.until_on).days();
    let of = billing::Month::of(line.from_on).days();
    let whole = amount(line.quantity, line.unit_price, currency)?;
    if line.of_days.is_some() && is_it(whole) {
        return Some(format!("the whole month there, {own} of {of} days here"));
    }
    let days = (1..of).filter(|days| *days != own).find(|days| {
        let part = line.unit_price * Decimal::from(*days) / Decimal::from(of);
        // With the price of a unit rounded first, as here, or the amount alone.
        let rounded = half_up(part, currency).map(|minor| major(minor, currency)).unwrap_or(part);
        [rounded, part].into_iter().any(|price| amount(line.quantity, price, currency).is_some_and(&is_it))
    })?;
    Some(format!("{days} of {of} days there, {own} here"))
}

fn amount(quantity: Decimal, price: Decimal, currency: Currency) -> Option<i64> {
    half_up(quantity.checked_mul(price)?, currency).ok()
}

fn waits(work: &Waiting) -> Guess {
    let name = work.description.lines().next().unwrap_or_default();
    match work.is_approved {
        true => ("after_cut_off", format!("{name}, of {}: after the cut-off here", work.done_on)),
        false => ("not_approved", format!("{name}, of {}: not approved here", work.done_on)),
    }
}

/// Line by line, matched by what they are called; what is left over is the tax.
fn by_lines(theirs: &Theirs, ours: &Ours, waiting: &[Waiting], all: &[Ours]) -> Vec<Reason> {
    let mut named: BTreeMap<String, (Option<i64>, Vec<&InvoiceLineRow>)> = BTreeMap::new();
    for (description, minor) in &theirs.lines {
        let sum = &mut named.entry(plain(description)).or_default().0;
        *sum = Some(sum.unwrap_or(0).saturating_add(*minor));
    }
    for line in &ours.whole.lines {
        named.entry(plain(&line.description)).or_default().1.push(line);
    }
    let mut reasons = Vec::new();
    for (name, (there, here)) in &named {
        let own: i64 = here.iter().map(|line| line.amount_minor).sum();
        let difference = there.unwrap_or(0).saturating_sub(own);
        let reason = |(cause, words): Guess| Reason { cause, amount: difference, words };
        match (there, here.as_slice()) {
            _ if difference == 0 => {}
            (None, _) => reasons.push(reason(("missing_there", format!("{name} is not billed there")))),
            (Some(minor), []) => reasons.push(reason(only_there(name, *minor, ours, waiting, all))),
            (Some(minor), [line]) => reasons.push(reason(line_differs(name, *minor, line, ours.currency()))),
            (Some(_), _) => reasons.push(reason(("unexplained", format!("{name} stands on several lines here")))),
        }
    }
    let told: i64 = reasons.iter().map(|reason| reason.amount).sum();
    let left = theirs.total.saturating_sub(ours.total()).saturating_sub(told);
    if left != 0 {
        let (cause, words) = match left.saturating_abs() <= ROUNDING {
            true => ("rounding", "a matter of rounding".to_owned()),
            false => ("tax", "the tax, or what stands on no line".to_owned()),
        };
        reasons.push(Reason { cause, amount: left, words });
    }
    reasons
}

fn only_there(name: &str, minor: i64, ours: &Ours, waiting: &[Waiting], all: &[Ours]) -> Guess {
    let is_it = |line: &InvoiceLineRow| plain(&line.description) == name && line.amount_minor == minor;
    if let Some(work) = waiting.iter().find(|work| plain(&work.description) == name && work.amount == minor) {
        return waits(work);
    }
    let elsewhere = all.iter().find(|one| one.issued_on() != ours.issued_on() && one.whole.lines.iter().any(is_it));
    match elsewhere {
        Some(one) => ("other_period", format!("{name} stands on ours of {}", one.issued_on())),
        None => ("missing_here", format!("{name} is not billed here")),
    }
}

fn line_differs(name: &str, there: i64, line: &InvoiceLineRow, currency: Currency) -> Guess {
    let difference = there.saturating_sub(line.amount_minor);
    if difference.saturating_abs() <= ROUNDING {
        return ("rounding", format!("{name}: a matter of rounding"));
    }
    if let Some(words) = by_days(line, currency, |minor| minor == there) {
        return ("proration", format!("{name}: {words}"));
    }
    let charged = line.charged_price;
    let quantity = major(there, currency).checked_div(charged).map(|quantity| quantity.normalize());
    if let Some(quantity) = quantity.filter(|quantity| quantity.scale() <= 2 && *quantity > Decimal::ZERO) {
        return ("quantity", format!("{name}: {quantity} there and {} here", line.quantity.normalize()));
    }
    let price = major(there, currency).checked_div(line.quantity).map(|price| price.round_dp(4).normalize());
    let price = price.map_or_else(|| "another".to_owned(), |price| price.to_string());
    ("price", format!("{name}: a price of {price} there and {} here", charged.normalize()))
}

/// A description as it is compared: without regard to case and spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
