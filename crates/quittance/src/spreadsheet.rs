//! Cells for spreadsheets: one that would be run as a formula gets an apostrophe in front.

/// A cell that no spreadsheet takes for a formula.
pub fn calm(cell: &str) -> String {
    let is_formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_calmed() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\0x", "=cmd|' /C calc'!A0"] {
            assert_eq!(calm(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "T-48930", "Café", " x"] {
            assert_eq!(calm(cell), cell);
        }
    }
}
