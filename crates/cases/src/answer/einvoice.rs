//! The totals of an e-invoice.

use billing::Currency;
use billing::einvoice::{Adjustment, Category, Direction, Document, LinePrice, Totals};
use billing::money::{half_up, major};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Asked, figures, refusal};
use crate::given::{Given, Read, Unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    (asked.op == "en16931_totals").then(|| totals(asked))
}

fn totals(asked: Asked<'_>) -> Read<Value> {
    let (given, currency) = (asked.given, asked.currency()?);
    let mut lines = Vec::new();
    for line in given.list("lines")? {
        match line_net(line, currency)? {
            Ok(net) => lines.push((net, category(line)?)),
            Err(overflow) => return Ok(refusal(&overflow)),
        }
    }
    let mut adjustments = Vec::new();
    for adjustment in given.list("document_allowances_charges")? {
        let (direction, amount) = allowance(adjustment)?;
        adjustments.push(Adjustment { direction, amount, category: category(adjustment)? });
    }
    let prepaid = minor(given, "prepaid", currency)?;
    let rounding = minor(given, "payable_rounding", currency)?;
    let document = Document { currency, lines, adjustments, prepaid, rounding };
    Ok(figures(document.totals(), |totals| shown(&totals, currency)))
}

fn line_net(line: Given<'_>, currency: Currency) -> Read<Result<i64, billing::Overflow>> {
    if line.get("price").is_none() {
        return minor(line, "net", currency).map(Ok);
    }
    let price = LinePrice {
        quantity: line.maybe("qty")?.unwrap_or(Decimal::ONE),
        price: line.decimal("price")?,
        per: line.maybe("base_qty")?.unwrap_or(Decimal::ONE),
        adjustments: line.list("ac")?.into_iter().map(allowance).collect::<Read<_>>()?,
    };
    Ok(price.net(currency))
}

fn allowance(given: Given<'_>) -> Read<(Direction, Decimal)> {
    let direction = if given.is("charge") { Direction::Charge } else { Direction::Allowance };
    Ok((direction, given.decimal("amount")?))
}

fn category(given: Given<'_>) -> Read<Category> {
    Ok(Category { code: given.text("cat")?, rate: given.maybe("rate")? })
}

fn minor(given: Given<'_>, key: &str, currency: Currency) -> Read<i64> {
    let amount: Decimal = given.maybe(key)?.unwrap_or_default();
    half_up(amount, currency).map_err(|overflow| Unsupported(overflow.to_string()))
}

fn shown(totals: &Totals, currency: Currency) -> Value {
    let decimal = |minor: i64| major(minor, currency).to_string();
    let subtotals = totals.subtotals.iter().map(|subtotal| {
        json!({
            "taxable": decimal(subtotal.taxable),
            "tax": decimal(subtotal.tax),
            "cat": subtotal.category.code,
            "rate": subtotal.category.rate.map(|rate| rate.to_string()),
        })
    });
    json!({
        "sum_line_net": decimal(totals.line_net),
        "allowance_total": totals.allowances.map(decimal),
        "charge_total": totals.charges.map(decimal),
        "tax_exclusive": decimal(totals.without_tax),
        "tax_subtotals": subtotals.collect::<Vec<_>>(),
        "tax_total": decimal(totals.tax),
        "tax_inclusive": decimal(totals.with_tax),
        "payable": decimal(totals.payable),
    })
}
