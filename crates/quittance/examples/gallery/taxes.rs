//! Invoices whose tax is more than one row: two categories, prices that hold it, and lines with their own.

use quittance::web::pages::{Agreement, AgreementLine, InvoicePage};

use crate::{
    Gallery,
    invoice::{agreement, how_to_pay, recurring, total},
};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("invoice-categories", &categories())?;
    gallery.hang("invoice-inclusive", &inclusive())?;
    gallery.hang("invoice-tax-by-line", &by_line())
}

/// The agreement with what each taxed line shows in its tax column, in order, and beneath it.
fn taxed(marks: [(&str, &str); 2]) -> Agreement {
    let whole = agreement();
    let mut marks = marks.into_iter();
    let lines = whole.lines.into_iter().map(|line| match line.tax.is_empty() {
        true => line,
        false => {
            let (tax, rate) = marks.next().unwrap_or_default();
            AgreementLine { tax: tax.into(), tax_rate: rate.into(), ..line }
        }
    });
    Agreement { lines: lines.collect(), name: whole.name }
}

fn categories() -> InvoicePage {
    InvoicePage {
        amount: "$3,893.87".into(),
        changes: None,
        agreements: vec![taxed([("7.375%", ""), ("3.5%", "")])],
        totals: vec![
            total("Subtotal", "3,870.79"),
            total("Minnesota 6.875% on 129.00", "8.87"),
            total("Kandiyohi County 0.5% on 129.00", "0.64"),
            total("Software, Minnesota 3% on 387.75", "11.63"),
            total("Software, Kandiyohi County 0.5% on 387.75", "1.94"),
        ],
        total: total("Amount due", "$3,893.87"),
        pay: Some(how_to_pay("$3,893.87", "Dec 1, 2026")),
        ..recurring()
    }
}

fn inclusive() -> InvoicePage {
    InvoicePage {
        amount: "$3,870.79".into(),
        changes: None,
        agreements: vec![taxed([("7.375%", ""), ("7.375%", "")])],
        totals: vec![
            total("Net, prices above include tax", "3,835.30"),
            total("Minnesota 6.875% on 481.26", "33.08"),
            total("Kandiyohi County 0.5% on 481.26", "2.41"),
        ],
        total: total("Amount due", "$3,870.79"),
        pay: Some(how_to_pay("$3,870.79", "Dec 1, 2026")),
        ..recurring()
    }
}

fn by_line() -> InvoicePage {
    InvoicePage { changes: None, agreements: vec![taxed([("9.51", "7.375%"), ("28.60", "7.375%")])], ..recurring() }
}
