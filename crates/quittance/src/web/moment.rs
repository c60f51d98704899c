//! Instants as people read them, in the provider's zone and order of day and month.

use documents::DateOrder;
use jiff::Timestamp;

use crate::app::Inner;
use crate::web::pages::Day;

/// `today, 9:40 am` or `Nov 2, 8:11 am`; another year is named. `now` says which day is today.
pub fn moment(app: &Inner, at: Timestamp, now: Timestamp) -> Day {
    let (zone, provider) = (app.zone(), app.provider());
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let year = if at.year() == now.year() { "" } else { ", %Y" };
    let text = match DateOrder::of_country(&provider.country) {
        _ if at.date() == now.date() => format!("today, {}", clock(&at, &provider.country)),
        DateOrder::MonthFirst => {
            format!("{}, {}", at.strftime(&format!("%b %-d{year}")), clock(&at, &provider.country))
        }
        DateOrder::DayFirst => format!("{}, {}", at.strftime(&format!("%-d %b{year}")), clock(&at, &provider.country)),
    };
    Day::new(at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), text)
}

fn clock(at: &jiff::Zoned, country: &str) -> String {
    match DateOrder::of_country(country) {
        DateOrder::MonthFirst => at.strftime("%-I:%M %P").to_string(),
        DateOrder::DayFirst => at.strftime("%H:%M").to_string(),
    }
}
