//! The lines of a recurring run for one account: charges, true-ups, discounts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use billing::agreement::Part;
use billing::discount::Discount;
use billing::item::ItemKind;
use billing::life::{Change, Due, Every, Happening, Life, Runs};
use billing::money::major;
use billing::{Money, Month, Overflow, Span, Terms};
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::account::AccountRow;
use store::agreement::{AgreementChangeRow, BillableLine, ChargedSum, DiscountRow};
use store::invoice::{InvoiceLineRow, Source};
use store::{AgreementId, AgreementLineId};

use super::blank;

/// Everything that an account's recurring lines follow from.
#[derive(Clone, Debug, Default)]
pub struct Agreements {
    /// Its agreement lines, by agreement and code.
    pub lines: Vec<BillableLine>,
    /// What happens to them, in the order in which it holds.
    pub changes: Vec<AgreementChangeRow>,
    /// Its discounts, by code.
    pub discounts: Vec<DiscountRow>,
    /// What invoices charged, as far back as [`Agreements::looks_back`] says.
    pub charged: Vec<ChargedSum>,
    /// Earlier runs that charged the account, or had nothing to charge.
    pub made: BTreeSet<Month>,
    /// Those of them whose draft gives back more than it charges: what they would have charged waits as well.
    pub held: BTreeSet<Month>,
}

impl Agreements {
    /// The first month whose charges the run for `month` must know.
    pub fn looks_back(&self, month: Month) -> Month {
        let long = self.lines.iter().map(|line| match line.every {
            Every::Month => month,
            // In arrears a year is charged up to twelve months after it began.
            Every::Quarter | Every::Year => months_before(month, 13),
        });
        let changed = self.changes.iter().map(|change| change.owed_from);
        let since = changed.chain(self.lines.iter().filter_map(|line| line.owed_from)).map(|day| {
            let is_long = self.lines.iter().any(|line| line.every != Every::Month);
            if is_long { months_before(Month::of(day), 13) } else { Month::of(day).previous() }
        });
        let discounts = self.discounts.iter().map(|discount| discount.from_month);
        long.chain(since).chain(discounts).min().unwrap_or(month).min(month)
    }
}

/// So many months earlier.
pub fn months_before(month: Month, months: i32) -> Month {
    month.first().checked_sub(months.months()).map_or(month, Month::of)
}

/// What happens to a line: its own changes and those of its agreement, in the order in which they hold.
pub fn changes_of(
    changes: &[AgreementChangeRow],
    (agreement, line): (AgreementId, AgreementLineId),
) -> impl Iterator<Item = &AgreementChangeRow> {
    changes.iter().filter(move |change| change.agreement_id == agreement && change.line_id.is_none_or(|id| id == line))
}

/// A line's life: its terms, its own changes and those of its agreement, and renewals up to two years after `until`.
pub fn life(line: &BillableLine, changes: &[AgreementChangeRow], until: Month) -> Life {
    let agreement = Span::open(line.agreement_starts_on, line.agreement_ends_on);
    let own: Vec<&AgreementChangeRow> = changes_of(changes, (line.agreement_id, line.line_id)).collect();
    let revised_from = own.iter().map(|change| change.owed_from).chain(line.owed_from).min();
    let mut all: Vec<Change> = own
        .iter()
        .map(|change| Change { on: change.takes_effect_on, what: change.kind.happening(change.value) })
        .chain(renewals(line, until))
        .collect();
    // What was recorded for the day of a renewal holds after it.
    all.sort_by_key(|change| (change.on, !matches!(change.what, Happening::Uplift(_))));
    Life {
        terms: Terms {
            active: Span::open(line.starts_on, line.ends_on).and(agreement),
            billing: line.billing,
            quantity: line.quantity,
            unit_price: line.unit_price,
            proration: line.prorate,
        },
        minimum: line.minimum_quantity,
        every: line.every,
        changes: all,
        revised_from,
    }
}

/// The rises of an agreement's price; a line that begins on that day or later has its price already.
fn renewals(line: &BillableLine, until: Month) -> impl Iterator<Item = Change> {
    let (first, months) = (line.renews_on, line.renews_months.unwrap_or_default());
    let percent = line.uplift_percent.unwrap_or_default();
    let starts_on = line.starts_on.max(line.agreement_starts_on);
    let last = until.first().checked_add(25.months()).unwrap_or(Date::MAX);
    let count = if months == 0 { 0..1_i32 } else { 0..10_000 };
    let days = count.map_while(move |n| {
        let away = n.checked_mul(i32::try_from(months).ok()?)?;
        first?.checked_add(away.months()).ok().filter(|day| *day < last)
    });
    days.filter(move |on| *on > starts_on).map(move |on| Change { on, what: Happening::Uplift(percent) })
}

/// The lines of the run for `month`.
///
/// # Errors
/// `Overflow` where a figure leaves 64 bits of minor units.
pub fn recurring_lines(
    account: &AccountRow,
    own: &Agreements,
    month: Month,
    billing_starts_on: Date,
) -> Result<Vec<InvoiceLineRow>, Overflow> {
    let runs = Runs { month, billing_starts_on, made: &own.made };
    let charged = Charged::of(&own.charged);
    let mut planned = Vec::new();
    for lines in own.lines.chunk_by(|a, b| a.agreement_id == b.agreement_id) {
        let from = planned.len();
        for line in lines {
            let so_far = charged.months(line.line_id);
            let mut life = life(line, &own.changes, month);
            // A credit held back the whole invoice, also lines to which nothing happened.
            let held = own.held.iter().find(|held| **held < month).map(|held| held.first());
            life.revised_from = life.revised_from.into_iter().chain(held).min();
            let due = life.due(runs, &so_far, account.currency)?;
            let mut pieces = charged.pieces(Source::Agreement, line.line_id.into());
            planned.extend(due.iter().map(|due| agreement_line(account, line, due, &mut pieces)));
        }
        if let Some(line) = lines.first() {
            let discounts = own.discounts.iter().filter(|discount| discount.agreement_id == line.agreement_id);
            let fresh = planned.get(from..).unwrap_or_default();
            let off = discount_lines(account, line, lines, discounts, fresh, &charged)?;
            planned.extend(off);
        }
    }
    Ok(planned)
}

/// What invoices charged so far, ready to be asked.
struct Charged<'a>(HashMap<(Source, i64), Vec<&'a ChargedSum>>);

impl<'a> Charged<'a> {
    fn of(sums: &'a [ChargedSum]) -> Self {
        let mut by_source: HashMap<_, Vec<&ChargedSum>> = HashMap::new();
        for sum in sums {
            by_source.entry((sum.source, sum.source_id)).or_default().push(sum);
        }
        Self(by_source)
    }

    fn sums(&self, source: Source, id: i64) -> impl Iterator<Item = &'a ChargedSum> {
        self.0.get(&(source, id)).into_iter().flatten().copied()
    }

    /// Minor units by period.
    fn months(&self, line: AgreementLineId) -> BTreeMap<Month, i64> {
        let mut months = BTreeMap::new();
        for sum in self.sums(Source::Agreement, line.into()) {
            *months.entry(sum.month).or_default() += sum.amount_minor;
        }
        months
    }

    /// How many lines there are for each month.
    fn pieces(&self, source: Source, id: i64) -> HashMap<Month, i64> {
        let mut pieces = HashMap::new();
        for sum in self.sums(source, id) {
            *pieces.entry(sum.month).or_default() += sum.pieces;
        }
        pieces
    }
}

/// The number of the next line for a month.
fn next_piece(pieces: &mut HashMap<Month, i64>, month: Month) -> i64 {
    let next = pieces.entry(month).or_default();
    *next += 1;
    *next - 1
}

fn agreement_line(
    account: &AccountRow,
    line: &BillableLine,
    due: &Due,
    pieces: &mut HashMap<Month, i64>,
) -> InvoiceLineRow {
    let common = |month: Month, pieces: &mut HashMap<Month, i64>| InvoiceLineRow {
        source: Source::Agreement,
        source_id: line.line_id.into(),
        source_code: line.code.clone(),
        month: month.to_string(),
        piece: next_piece(pieces, month),
        item_code: Some(line.item_code.clone()),
        item_kind: line.item_kind,
        description: line.description.clone(),
        taxable: line.taxable,
        tax_category: line.tax_category.clone(),
        agreement_code: Some(line.agreement_code.clone()),
        agreement_name: Some(line.agreement_name.clone()),
        agreement_po: line.agreement_po.clone(),
        ..blank(account)
    };
    match due {
        Due::Charge(charge) => InvoiceLineRow {
            from_on: charge.span.from,
            until_on: charge.span.until,
            quantity: charge.quantity,
            unit: Some(line.unit.clone()),
            unit_price: charge.unit_price,
            charged_price: charge.charged_price,
            part: Some(charge.part),
            of_days: charge.of_days,
            amount_minor: charge.amount,
            ..common(charge.month, pieces)
        },
        Due::TrueUp { month, span, was, is } => {
            let written = |minor| Money::new(minor, account.currency).with_currency();
            let correction = format!("{} was billed, {} is right", written(*was), written(*is));
            InvoiceLineRow {
                from_on: span.from,
                until_on: span.until,
                description: format!("{}: {correction}", line.description),
                ..once(account, is - was, Part::TrueUp, common(*month, pieces))
            }
        }
    }
}

/// A line of one amount, which has no price of its own.
fn once(account: &AccountRow, amount: i64, part: Part, row: InvoiceLineRow) -> InvoiceLineRow {
    let price = major(amount, account.currency);
    InvoiceLineRow {
        quantity: Decimal::ONE,
        unit_price: price,
        charged_price: price,
        part: Some(part),
        amount_minor: amount,
        ..row
    }
}

/// What is taxed and booked alike: kind of item, whether it is taxable, and as what.
type Class = (Month, ItemKind, bool, String);

/// The discounts of one agreement: what they come to for each month, less what they took off so far. Those of a line
/// come before those of an item and these before those of the whole, percentages before amounts.
fn discount_lines<'a>(
    account: &AccountRow,
    agreement: &BillableLine,
    lines: &[BillableLine],
    discounts: impl Iterator<Item = &'a DiscountRow>,
    fresh: &[InvoiceLineRow],
    charged: &Charged<'_>,
) -> Result<Vec<InvoiceLineRow>, Overflow> {
    let mut discounts: Vec<&DiscountRow> = discounts.collect();
    discounts.sort_by_key(|discount| (discount.line_id.is_none(), discount.item_id.is_none(), discount.kind));
    let mut taken = Vec::new();
    let mut planned = Vec::new();
    for discount in discounts {
        let targets: Vec<AgreementLineId> =
            lines.iter().filter(|line| is_on(discount, line)).map(|line| line.line_id).collect();
        let bases = bases(&targets, fresh, charged);
        let mut pieces = charged.pieces(Source::Discount, discount.discount_id.into());
        for of_month in bases.iter().collect::<Vec<_>>().chunk_by(|(a, _), (b, _)| a.0 == b.0) {
            let Some(month) = of_month.first().map(|((month, ..), _)| *month) else { continue };
            let off = off(account, (discount, &targets), of_month, &mut taken)?;
            for ((class, _), off) in of_month.iter().zip(off) {
                let so_far = so_far(discount, class, charged);
                let amount = -off - so_far;
                if amount != 0 {
                    let part = if so_far == 0 { Part::Regular } else { Part::TrueUp };
                    let piece = next_piece(&mut pieces, month);
                    let row = discount_line(account, agreement, discount, class, piece);
                    let description = format!("{}{}", row.description, kinds(class, of_month));
                    planned.push(once(account, amount, part, InvoiceLineRow { description, ..row }));
                }
            }
        }
    }
    Ok(planned)
}

/// What an earlier discount took off the charges of some lines, which are all or none of those of a later one: its line is of
/// the item, and both are of the agreement.
struct Taken {
    class: Class,
    lines: Vec<AgreementLineId>,
    amount: i64,
}

/// Whether a discount is taken off a line of its agreement.
fn is_on(discount: &DiscountRow, line: &BillableLine) -> bool {
    discount.line_id.is_none_or(|id| id == line.line_id) && discount.item_id.is_none_or(|id| id == line.item_id)
}

/// What is charged for each month by now, on this invoice and before.
fn bases(targets: &[AgreementLineId], fresh: &[InvoiceLineRow], charged: &Charged<'_>) -> BTreeMap<Class, i64> {
    let mut bases = BTreeMap::new();
    for sum in targets.iter().flat_map(|line| charged.sums(Source::Agreement, (*line).into())) {
        *bases.entry((sum.month, sum.item_kind, sum.taxable, sum.tax_category.clone())).or_default() +=
            sum.amount_minor;
    }
    let targets: HashSet<i64> = targets.iter().map(|line| i64::from(*line)).collect();
    for row in fresh.iter().filter(|row| targets.contains(&row.source_id)) {
        if let Ok(month) = row.month.parse() {
            *bases.entry((month, row.item_kind, row.taxable, row.tax_category.clone())).or_default() +=
                row.amount_minor;
        }
    }
    bases
}

/// What tells the lines of one discount and month apart, where it is taken off several kinds of item.
fn kinds((_, kind, taxable, category): &Class, of_month: &[(&Class, &i64)]) -> String {
    let of_kind = match kind {
        _ if of_month.iter().all(|((_, other, ..), _)| other == kind) => None,
        ItemKind::Service => Some("services"),
        _ => Some("licences"),
    };
    let of_tax = match (taxable, category.as_str()) {
        _ if of_month.iter().all(|((_, _, other, of), _)| (other, of) == (taxable, category)) => None,
        (false, _) => Some("not taxed"),
        (true, "") => Some("taxed"),
        (true, category) => Some(category),
    };
    let told: Vec<&str> = of_kind.into_iter().chain(of_tax).collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

/// What the discount takes off each base of one month; nothing where it doesn't hold for it.
fn off(
    account: &AccountRow,
    (row, targets): (&DiscountRow, &[AgreementLineId]),
    of_month: &[(&Class, &i64)],
    taken: &mut Vec<Taken>,
) -> Result<Vec<i64>, Overflow> {
    let discount = Discount { kind: row.kind, value: row.value, from: row.from_month, months: row.months };
    if !of_month.first().is_some_and(|((month, ..), _)| discount.covers(*month)) {
        return Ok(vec![0; of_month.len()]);
    }
    let bases: Vec<i64> = of_month.iter().map(|(_, base)| (**base).max(0)).collect();
    let touches = |one: &&Taken| one.lines.iter().any(|line| targets.contains(line));
    let before: Vec<i64> = of_month
        .iter()
        .map(|(class, _)| taken.iter().filter(|one| one.class == **class).filter(touches).map(|one| one.amount).sum())
        .collect();
    let off = discount.off(&bases, &before, account.currency)?;
    for ((class, _), amount) in of_month.iter().zip(&off) {
        taken.push(Taken { class: (*class).clone(), lines: targets.to_vec(), amount: *amount });
    }
    Ok(off)
}

/// What invoices took off so far: negative.
fn so_far(discount: &DiscountRow, class: &Class, charged: &Charged<'_>) -> i64 {
    let sums = charged.sums(Source::Discount, discount.discount_id.into());
    let (month, kind, taxable, category) = class;
    let is_own = |sum: &&ChargedSum| (sum.month, sum.item_kind, sum.taxable) == (*month, *kind, *taxable);
    sums.filter(|sum| is_own(sum) && sum.tax_category == *category).map(|sum| sum.amount_minor).sum()
}

fn discount_line(
    account: &AccountRow,
    agreement: &BillableLine,
    discount: &DiscountRow,
    (month, item_kind, taxable, tax_category): &Class,
    piece: i64,
) -> InvoiceLineRow {
    InvoiceLineRow {
        source: Source::Discount,
        source_id: discount.discount_id.into(),
        source_code: discount.code.clone(),
        month: month.to_string(),
        piece,
        item_kind: *item_kind,
        description: discount.description.clone(),
        from_on: month.first(),
        until_on: month.next().first(),
        taxable: *taxable,
        tax_category: tax_category.clone(),
        agreement_code: Some(agreement.agreement_code.clone()),
        agreement_name: Some(agreement.agreement_name.clone()),
        agreement_po: agreement.agreement_po.clone(),
        ..blank(account)
    }
}
