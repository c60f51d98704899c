//! How dates, times, spans and small numbers are written in sentences, in the order that the account has chosen,
//! or else that of the provider's country.

use billing::{Month, Span};
use documents::DateOrder;
use jiff::Zoned;
use jiff::civil::Date;

/// `Dec 1` or `1 Dec`.
pub fn short(day: Date, order: DateOrder) -> String {
    written(day, order, ["%b %-d", "%-d %b"])
}

/// `Dec 1, 2026` or `1 Dec 2026`.
pub fn full(day: Date, order: DateOrder) -> String {
    written(day, order, ["%b %-d, %Y", "%-d %b %Y"])
}

/// Short, with the year where that isn't the year of `beside`.
pub fn beside(day: Date, beside: Date, order: DateOrder) -> String {
    if day.year() == beside.year() { short(day, order) } else { full(day, order) }
}

/// `Monday, Sep 14` or `Monday, 14 Sep`, with the year where that isn't the year of `beside`.
pub fn with_weekday(day: Date, beside_day: Date, order: DateOrder) -> String {
    format!("{}, {}", day.strftime("%A"), beside(day, beside_day, order))
}

/// `November 13` or `13 November`.
pub fn long(day: Date, order: DateOrder) -> String {
    written(day, order, ["%B %-d", "%-d %B"])
}

fn written(day: Date, order: DateOrder, formats: [&str; 2]) -> String {
    let [month_first, day_first] = formats;
    match order {
        DateOrder::MonthFirst => day.strftime(month_first),
        DateOrder::DayFirst => day.strftime(day_first),
    }
    .to_string()
}

/// `9:02 am` or `09:02`.
pub fn clock(at: &Zoned, order: DateOrder) -> String {
    match order {
        DateOrder::MonthFirst => at.strftime("%-I:%M %P").to_string(),
        DateOrder::DayFirst => at.strftime("%H:%M").to_string(),
    }
}

/// `Sep 4–17`, `Aug 21–Sep 3`, `4–17 Sep`; both years where it crosses one.
pub fn span(days: Span, order: DateOrder) -> String {
    let (from, last) = (days.from, days.last());
    match order {
        _ if from == last => short(from, order),
        _ if from.year() != last.year() => format!("{}–{}", full(from, order), full(last, order)),
        _ if from.month() != last.month() => format!("{}–{}", short(from, order), short(last, order)),
        DateOrder::MonthFirst => format!("{}–{}", short(from, order), last.day()),
        DateOrder::DayFirst => format!("{}–{}", from.day(), short(last, order)),
    }
}

/// The span with its year: `Sep 4–17, 2026`, `4–17 Sep 2026`.
pub fn full_span(days: Span, order: DateOrder) -> String {
    let written = span(days, order);
    match order {
        _ if days.from.year() != days.last().year() => written,
        DateOrder::MonthFirst => format!("{written}, {}", days.from.year()),
        DateOrder::DayFirst => format!("{written} {}", days.from.year()),
    }
}

/// `September`.
pub fn month_name(month: Month) -> String {
    month.first().strftime("%B").to_string()
}

/// `September 2026`.
pub fn month(month: Month) -> String {
    month.first().strftime("%B %Y").to_string()
}

/// `one` to `twelve`, then figures: for sentences.
pub fn count(number: usize) -> String {
    const SMALL: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    SMALL.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// The word with a capital at its start.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// `1 invoice`, `12 invoices`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// `100,000`.
pub fn thousands(number: i64) -> String {
    let figures = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "\u{2212}".to_owned() } else { String::new() };
    for (place, figure) in figures.char_indices() {
        if place > 0 && (figures.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(figure);
    }
    text
}

/// A plain decimal with commas: `1,289.00`.
pub fn decimal(text: &str) -> String {
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    part.map_or_else(|| whole.clone(), |part| format!("{whole}.{part}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_follow_the_country() {
        let (us, other) = (DateOrder::MonthFirst, DateOrder::DayFirst);
        assert_eq!(short(date(2026, 12, 1), us), "Dec 1");
        assert_eq!(full(date(2026, 12, 1), other), "1 Dec 2026");
        assert_eq!(beside(date(2025, 12, 1), date(2026, 1, 1), us), "Dec 1, 2025");
        assert_eq!(with_weekday(date(2026, 9, 14), date(2026, 9, 14), us), "Monday, Sep 14");
        let days = |from, until| Span::new(from, until);
        assert_eq!(full_span(days(date(2026, 9, 4), date(2026, 9, 18)), us), "Sep 4–17, 2026");
        assert_eq!(span(days(date(2026, 8, 21), date(2026, 9, 4)), us), "Aug 21–Sep 3");
        assert_eq!(span(days(date(2026, 9, 4), date(2026, 9, 18)), other), "4–17 Sep");
        assert_eq!(full_span(days(date(2025, 12, 25), date(2026, 1, 8)), us), "Dec 25, 2025–Jan 7, 2026");
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(counted(1, "invoice", "invoices"), "1 invoice");
        assert_eq!(capital(&count(6)), "Six");
        assert_eq!(decimal("1289.00"), "1,289.00");
        assert_eq!(decimal("0.085"), "0.085");
        assert_eq!(decimal("1500"), "1,500");
    }
}
