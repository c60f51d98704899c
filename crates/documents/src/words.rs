//! How amounts, decimals, dates and spans are written.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::paper::{DateOrder, PaperCurrency};
use crate::text::clipped;

/// The true minus; a hyphen is too short beside figures.
const MINUS: char = '\u{2212}';

/// An amount without its currency: `1,234.50`, `−12.00`.
pub fn amount(minor: i64, currency: &PaperCurrency) -> String {
    let places = usize::from(currency.digits.min(6));
    let figures = format!("{:0>width$}", minor.unsigned_abs(), width = places.saturating_add(1));
    let (whole, part) = figures.split_at(figures.len().saturating_sub(places));
    let point = if places == 0 { "" } else { "." };
    let sign = if minor < 0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{}{point}{part}", thousands(whole))
}

/// An amount with its currency: `$1,234.50` for US dollars, else `EUR 1,234.50`.
pub fn money(minor: i64, currency: &PaperCurrency) -> String {
    let plain = amount(minor, currency);
    match (currency.code.as_str(), plain.strip_prefix(MINUS)) {
        ("USD", Some(rest)) => format!("{MINUS}${rest}"),
        ("USD", None) => format!("${plain}"),
        (code, _) => format!("{code}\u{a0}{plain}"),
    }
}

/// A difference, always with its sign: `+12.00`, `−12.00`, `0.00`.
pub fn difference(minor: i64, currency: &PaperCurrency) -> String {
    let plain = amount(minor, currency);
    if minor > 0 { format!("+{plain}") } else { plain }
}

/// A plain decimal with thousands commas and the places it came with; what is no decimal stays as it is.
pub fn decimal(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("\u{2212}", rest));
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let is_decimal = !whole.is_empty() && [whole, part].iter().all(|s| s.bytes().all(|b| b.is_ascii_digit()));
    if !is_decimal {
        return text.to_owned();
    }
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{part}", thousands(whole))
}

/// Hours with at least two places: `6.50`, `0.35`; what is no decimal stays, as far as it can be printed.
pub fn hours(text: &str) -> String {
    match text.parse::<Decimal>() {
        Ok(hours) => hours_of(hours),
        Err(_) => clipped(text, 10),
    }
}

/// The sum of hours, written as [`hours`]; a text that is no decimal counts as nothing.
pub fn sum_of_hours<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let sum = texts.filter_map(|text| text.parse::<Decimal>().ok()).fold(Decimal::ZERO, Decimal::saturating_add);
    hours_of(sum)
}

fn hours_of(hours: Decimal) -> String {
    let mut hours = hours.normalize();
    if hours.scale() < 2 {
        hours.rescale(2);
    }
    decimal(&hours.to_string())
}

fn thousands(figures: &str) -> String {
    let mut grouped = String::new();
    for (i, c) in figures.chars().enumerate() {
        let left = figures.len().saturating_sub(i);
        if i > 0 && left.is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    grouped
}

/// `April 15, 2026` or `15 April 2026`.
pub fn long_date(date: Date, order: DateOrder) -> String {
    match order {
        DateOrder::MonthFirst => date.strftime("%B %-d, %Y"),
        DateOrder::DayFirst => date.strftime("%-d %B %Y"),
    }
    .to_string()
}

/// `Mar 2` or `2 Mar`.
pub fn short_date(date: Date, order: DateOrder) -> String {
    match order {
        DateOrder::MonthFirst => date.strftime("%b %-d"),
        DateOrder::DayFirst => date.strftime("%-d %b"),
    }
    .to_string()
}

/// The short date, with its year where that is not the year of `beside`.
pub fn short_date_beside(date: Date, beside: Date, order: DateOrder) -> String {
    if date.year() == beside.year() {
        return short_date(date, order);
    }
    match order {
        DateOrder::MonthFirst => date.strftime("%b %-d, %Y"),
        DateOrder::DayFirst => date.strftime("%-d %b %Y"),
    }
    .to_string()
}

/// A half-open span with its last day included and its year: `Mar 2 – 15, 2026`.
pub fn span(from: Date, until: Date, order: DateOrder) -> String {
    let last = until.yesterday().unwrap_or(until).max(from);
    let days = short_span(from, until, order);
    match order {
        _ if from.year() != last.year() => days,
        DateOrder::MonthFirst => format!("{days}, {}", last.year()),
        DateOrder::DayFirst => format!("{days} {}", last.year()),
    }
}

/// A half-open span with its last day included: `Mar 2 – 15`, `Aug 24 – Sep 6`, `2 – 15 Mar`. Across years it names both.
pub fn short_span(from: Date, until: Date, order: DateOrder) -> String {
    let last = until.yesterday().unwrap_or(until).max(from);
    let same_month = from.year() == last.year() && from.month() == last.month();
    match order {
        _ if from == last => short_date(from, order),
        DateOrder::MonthFirst if same_month => {
            format!("{} – {}", short_date(from, order), last.day())
        }
        DateOrder::DayFirst if same_month => {
            format!("{} – {}", from.day(), short_date(last, order))
        }
        DateOrder::MonthFirst if from.year() != last.year() => {
            format!("{} – {}", from.strftime("%b %-d, %Y"), last.strftime("%b %-d, %Y"))
        }
        DateOrder::DayFirst if from.year() != last.year() => {
            format!("{} – {}", from.strftime("%-d %b %Y"), last.strftime("%-d %b %Y"))
        }
        _ => format!("{} – {}", short_date(from, order), short_date(last, order)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn currency(code: &str, digits: u8) -> PaperCurrency {
        PaperCurrency { code: code.to_owned(), digits }
    }

    #[test]
    fn amounts_have_commas_and_a_true_minus() {
        let usd = currency("USD", 2);
        assert_eq!(amount(1_571_620, &usd), "15,716.20");
        assert_eq!(amount(-5, &usd), "−0.05");
        assert_eq!(amount(0, &usd), "0.00");
        assert_eq!(amount(1_234_567, &currency("JPY", 0)), "1,234,567");
        assert_eq!(money(-123_456, &usd), "−$1,234.56");
        assert_eq!(money(1000, &currency("EUR", 2)), "EUR\u{a0}10.00");
        assert_eq!(difference(1200, &usd), "+12.00");
        assert_eq!(amount(i64::MIN, &usd), "−92,233,720,368,547,758.08");
    }

    #[test]
    fn decimals_keep_their_places() {
        assert_eq!(decimal("1289.00"), "1,289.00");
        assert_eq!(decimal("0.0725"), "0.0725");
        assert_eq!(decimal("8"), "8");
        assert_eq!(decimal("n/a"), "n/a");
        assert_eq!(hours("6.5"), "6.50");
        assert_eq!(hours("0.125"), "0.125");
        assert_eq!(sum_of_hours(["0.35", "1", "x"].into_iter()), "1.35");
    }

    #[test]
    fn spans_include_their_last_day() {
        let us = DateOrder::MonthFirst;
        assert_eq!(span(date(2026, 3, 2), date(2026, 3, 16), us), "Mar 2 – 15, 2026");
        assert_eq!(span(date(2026, 8, 24), date(2026, 9, 7), us), "Aug 24 – Sep 6, 2026");
        assert_eq!(span(date(2025, 12, 25), date(2026, 1, 8), us), "Dec 25, 2025 – Jan 7, 2026");
        assert_eq!(span(date(2026, 3, 2), date(2026, 3, 16), DateOrder::DayFirst), "2 – 15 Mar 2026");
        assert_eq!(short_span(date(2026, 3, 31), date(2026, 4, 1), us), "Mar 31");
        assert_eq!(long_date(date(2026, 4, 15), us), "April 15, 2026");
        assert_eq!(long_date(date(2026, 4, 15), DateOrder::DayFirst), "15 April 2026");
    }
}
