//! Tax on documents, US sales tax, tax in prices, and credit notes.

use billing::crediting::document::{Creditable, Figures, Line as Credited};
use billing::fraction::Fraction;
use billing::money::{Rounding, major};
use billing::tax::document::{Discount, Document, Level, Line, LineRate, Prices, Size, Taxed};
use billing::tax::sales::{Rates, SalesBasis, out_of_gross, sales_tax};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Asked, figures, refusal};
use crate::given::{Given, Read, Unsupported, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    Some(match asked.op {
        "invoice_tax" => invoice_tax(asked),
        "us_sales_tax" => us_sales_tax(asked.given),
        "inclusive_split" => inclusive(asked.given),
        "credit_note_single" => single(asked.given),
        "credit_notes" => credit_notes(asked),
        _ => return None,
    })
}

fn invoice_tax(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let document = Document {
        currency: asked.currency()?,
        level: given.maybe("rounding_level")?.unwrap_or(Level::Document),
        prices: if given.is("prices_include_tax") { Prices::Gross } else { Prices::Net },
        rounding: given.maybe("rounding")?.unwrap_or(Rounding::HalfUp),
        lines: given.list("lines")?.into_iter().map(|given| line(asked, given)).collect::<Read<_>>()?,
        discounts: discounts(given)?,
    };
    let decimals = |taxed: &Taxed| -> Vec<String> {
        let shown = taxed.exact_discounts.iter().map(|part| part.decimal(5).unwrap_or_default());
        shown.map(|part| part.to_string()).collect()
    };
    Ok(figures(document.taxed(), |taxed| {
        json!({
            "net_minor": taxed.net,
            "tax_minor": taxed.tax,
            "gross_minor": taxed.gross,
            "line_nets": taxed.line_nets,
            "line_taxes": taxed.line_taxes,
            "line_discounts": taxed.line_discounts,
            "line_discounts_precise": decimals(&taxed),
            "taxes": taxed.taxes,
        })
    }))
}

fn line(asked: Asked<'_>, given: Given<'_>) -> Read<Line> {
    let percents: Vec<Decimal> = given.all("tax_rates")?;
    let compound: Vec<bool> = given.all("compound")?;
    let rates = percents.into_iter().zip(compound.into_iter().chain(std::iter::repeat(false)));
    let minor: Option<i64> = given.maybe("discount_minor")?;
    let currency = asked.currency()?;
    Ok(Line {
        quantity: given.maybe("quantity")?.unwrap_or(Decimal::ONE),
        unit_price: given.decimal("unit_price")?,
        discount: given.maybe("discount")?.or(minor.map(|minor| major(minor, currency))).unwrap_or_default(),
        rates: rates.map(|(percent, compound)| LineRate { percent, compound }).collect(),
        fixed_per_unit: given.maybe("fixed_tax_minor")?.unwrap_or(0),
        fixed_in_base: given.is("fixed_in_base"),
    })
}

fn discounts(given: Given<'_>) -> Read<Vec<Discount>> {
    let mut all = given.get("document_discount").map(Given).into_iter().collect::<Vec<_>>();
    all.extend(given.list("sequential_discounts")?);
    all.into_iter()
        .map(|given| {
            let size = match given.maybe("amount_minor")? {
                Some(amount) => Size::Amount(amount),
                None => Size::Percent(given.decimal("percent")?),
            };
            Ok(Discount { size, lines: given.all("lines")? })
        })
        .collect()
}

fn us_sales_tax(given: Given<'_>) -> Read<Value> {
    let basis = given.maybe("basis")?.unwrap_or(SalesBasis::Invoice);
    let combine =
        if given.get("aggregate_rates") == Some(&Value::Bool(false)) { Rates::Separate } else { Rates::Combined };
    let tax = sales_tax(&given.all::<i64>("line_nets_minor")?, &given.all::<Decimal>("rates")?, basis, combine);
    Ok(figures(tax, |tax| json!({ "tax_minor": tax })))
}

/// There is one rule, tax first; a case that names another holds where both give the same.
fn inclusive(given: Given<'_>) -> Read<Value> {
    let parts = out_of_gross(given.int("gross_minor")?, given.decimal("tax_rate")?);
    Ok(figures(parts, |(net, tax)| json!({ "net_minor": net, "tax_minor": tax })))
}

fn note(figures: Figures) -> Value {
    json!({ "net_minor": figures.net, "tax_minor": figures.tax, "gross_minor": figures.gross })
}

fn single(given: Given<'_>) -> Read<Value> {
    let rate = given.decimal("tax_rate")?;
    let exact = Fraction::try_from(given.decimal("precise_net_cents")?);
    Ok(figures(exact.and_then(|net| Figures::of_exact(net, rate)), note))
}

fn credit_notes(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let lines = given
        .list("lines")?
        .into_iter()
        .map(|given| Ok(Credited { net: given.int("net_minor")?, rate: given.maybe("tax_rate")?.unwrap_or_default() }));
    let lines = lines.collect::<Read<Vec<_>>>()?;
    let invoice = given.get("invoice").map(Given).ok_or_else(|| Unsupported("no invoice is given".to_owned()))?;
    let discount = given.maybe("document_discount_minor")?.unwrap_or(0);
    let (Ok(issued), true) = (Figures::of(invoice.int("net_minor")?, invoice.int("tax_minor")?), !lines.is_empty())
    else {
        return unsupported("an invoice needs lines and figures");
    };
    let Ok(mut creditable) = Creditable::new(lines, discount, issued) else {
        return unsupported("the discount can't be spread");
    };
    let mut notes = Vec::new();
    for event in asked.events() {
        match creditable.credit(event.maybe("line")?, event.int("credit_net_minor")?) {
            Ok(figures) => notes.push(note(figures)),
            Err(refused) => return Ok(refusal(&refused)),
        }
    }
    Ok(json!({ "credit_notes": notes, "remaining_minor": creditable.left().gross }))
}
