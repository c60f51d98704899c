//! The sheet of every document but an invoice: the same head, a text or a table with sums, and nothing to be returned.

use serde::Serialize;

use super::{Facts, Sheet, Totals, accent, footer, head, notes, parties, row, size, word};
use crate::paper::{ColumnKind, PlainPaper};
use crate::text::{Printed, clipped};

#[derive(Debug, Serialize)]
pub struct Plain {
    heading: String,
    text: Option<Printed>,
    columns: Vec<Column>,
    rows: Vec<Vec<Printed>>,
}

#[derive(Debug, Serialize)]
struct Column {
    title: String,
    kind: &'static str,
}

impl Sheet {
    /// Writes the sheet of a plain paper.
    pub fn of_plain(paper: &PlainPaper) -> Self {
        let name = clipped(&paper.provider.name, 120);
        let document = format!("{} {}", clipped(&paper.called, 40), clipped(&paper.number, 40));
        let rows = |pairs: &[crate::paper::Reference]| pairs.iter().map(|pair| row(&pair.label, &pair.value)).collect();
        Self {
            title: format!("{document}, {name}"),
            author: name,
            size: size(paper.size),
            accent: accent(&paper.accent),
            head: head(&paper.provider, None, (&paper.called, &paper.number)),
            facts: Facts {
                label: clipped(&paper.amount_label, 40),
                due: clipped(&paper.amount, 40),
                rows: rows(&paper.facts),
            },
            parties: parties(&paper.provider, (&paper.bill_to, "Customer"), rows(&paper.references)),
            recurring: None,
            biweekly: None,
            plain: Some(plain(paper)),
            notes: notes(paper.notes.as_deref()),
            notes_label: paper.notes_label.as_str(),
            totals: (!paper.total_label.is_empty()).then(|| Totals {
                rows: rows(&paper.sums),
                due_label: clipped(&paper.total_label, 60),
                due: clipped(&paper.total, 40),
            }),
            stub: None,
            footer: footer(&paper.provider, &document),
        }
    }
}

fn plain(paper: &PlainPaper) -> Plain {
    let kind = |kind: ColumnKind| match kind {
        ColumnKind::Text => "text",
        ColumnKind::Short => "short",
        ColumnKind::Amount => "amount",
    };
    let columns = paper.columns.iter();
    let widths: Vec<usize> =
        columns.clone().map(|column| if column.kind == ColumnKind::Text { word::NAME } else { word::SHORT }).collect();
    // A row has a cell for each column, whatever came.
    let cells = |cells: &Vec<String>| {
        let given = cells.iter().map(String::as_str).chain(std::iter::repeat(""));
        widths.iter().zip(given).map(|(width, cell)| Printed::line(cell, *width)).collect()
    };
    Plain {
        heading: clipped(&paper.heading, 120),
        text: paper.text.as_deref().map(|text| Printed::block(text, word::WIDE)),
        columns: columns.map(|column| Column { title: clipped(&column.title, 40), kind: kind(column.kind) }).collect(),
        rows: paper.rows.iter().map(cells).collect(),
    }
}
