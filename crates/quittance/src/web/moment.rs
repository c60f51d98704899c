//! Instants as people read them, in the provider's zone.

use documents::DateOrder;
use jiff::Timestamp;

use crate::app::Inner;
use crate::formats::Formats;
use crate::paper::words;
use crate::web::pages::Day;

/// `today, 9:40 am` or `Nov 2, 8:11 am`; another year is named. `now` says which day is today.
pub fn moment(app: &Inner, formats: Formats, at: Timestamp, now: Timestamp) -> Day {
    let zone = app.zone();
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let year = if at.year() == now.year() { "" } else { ", %Y" };
    let day = match formats.order {
        _ if at.date() == now.date() => "today".to_owned(),
        DateOrder::MonthFirst => at.strftime(&format!("%b %-d{year}")).to_string(),
        DateOrder::DayFirst => at.strftime(&format!("%-d %b{}", year.trim_start_matches(','))).to_string(),
    };
    let text = format!("{day}, {}", words::clock(&at, formats.order));
    Day::new(at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), text)
}
