//! Months, due dates, business days, zones, and the bi-weekly grid.

use billing::calendar::{add_months, local_day};
use billing::due::Terms;
use billing::run::RunKey;
use billing::schedule::Settings;
use billing::{Grid, Holidays, Month, Schedule, Stream};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Asked;
use crate::given::{Given, Read, Unsupported, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    let given = asked.given;
    Some(match asked.op {
        "add_months" => months(given),
        "due_date" => due_date(given),
        "local_billing_day" => {
            zone(given).and_then(|zone| Ok(json!({ "local_date": local_day(given.read("instant")?, &zone) })))
        }
        "bill_run_due_at" => bill_run(given),
        "biweekly_run_dates" => grid(given).and_then(|grid| run_dates(given, grid)),
        "biweekly_count_in_year" => grid(given).and_then(|grid| count_in_year(given, grid)),
        "biweekly_period_containing" => grid(given).and_then(|grid| period_containing(given, grid)),
        "first_business_day" => first_business_day(given),
        "delivery_window" => delivery_window(given),
        _ => return None,
    })
}

fn months(given: Given<'_>) -> Read<Value> {
    Ok(json!({ "date": add_months(given.date("date")?, given.read("months")?) }))
}

fn due_date(given: Given<'_>) -> Read<Value> {
    let term = given.get("term").map(Given).ok_or_else(|| Unsupported("no term is given".to_owned()))?;
    let terms = match term.text("type")?.as_str() {
        "net_days" => Terms::Net(term.read("days")?),
        "first_of_next_month" => Terms::FirstOfNextMonth,
        "last_of_month_or_next" => Terms::NextLastOfMonth,
        "last_day_of_month" => Terms::LastOfMonth,
        "next_day_of_month" => Terms::NextDay(term.read("day")?),
        "days_after_month_end" => Terms::AfterMonthEnd(term.read("days")?),
        "min_days_then_day_of_month" => Terms::AtLeastThenDay(term.read("days")?, term.read("day")?),
        "day_of_following_month" => Terms::DayOfNextMonth(term.read("day")?),
        other => return unsupported(format!("the term {other} is unknown")),
    };
    Ok(json!({ "due_date": terms.due_on(given.date("invoice_date")?) }))
}

pub fn zone(given: Given<'_>) -> Read<TimeZone> {
    let name = given.text("timezone")?;
    TimeZone::get(&name).map_err(|_| Unsupported(format!("the zone {name} is unknown")))
}

fn bill_run(given: Given<'_>) -> Read<Value> {
    let (zone, bill_on) = (zone(given)?, given.date("bill_date")?);
    let instants: Vec<Timestamp> = given.all("instants")?;
    let due: Vec<bool> = instants.into_iter().map(|instant| local_day(instant, &zone) == bill_on).collect();
    Ok(json!({ "due": due }))
}

fn grid(given: Given<'_>) -> Read<Grid> {
    let anchor_on = given.date("anchor")?;
    match given.maybe("every_weeks")?.unwrap_or(2) {
        1 => Ok(Grid { cadence: billing::Cadence::Weekly, anchor_on }),
        2 => Ok(Grid::every_two_weeks(anchor_on)),
        other => unsupported(format!("runs every {other} weeks are no cadence")),
    }
}

fn run_dates(given: Given<'_>, grid: Grid) -> Read<Value> {
    let dates = std::iter::successors(Some(grid.anchor_on), |date| Some(grid.after(*date)));
    Ok(json!({ "dates": dates.take(given.read("count")?).collect::<Vec<Date>>() }))
}

fn count_in_year(given: Given<'_>, grid: Grid) -> Read<Value> {
    let year: i16 = given.read("year")?;
    let last = Date::new(year.saturating_sub(1), 12, 31).map_err(|_| Unsupported("no such year".to_owned()))?;
    let dates = std::iter::successors(Some(grid.after(last)), |date| Some(grid.after(*date)));
    Ok(json!({ "count": dates.take_while(|date| date.year() == year).count() }))
}

fn period_containing(given: Given<'_>, grid: Grid) -> Read<Value> {
    let bill_on = grid.after(given.date("date")?);
    let period = grid.period(bill_on);
    Ok(json!({ "period": [period.from, period.until], "bill_on": bill_on }))
}

fn first_business_day(given: Given<'_>) -> Read<Value> {
    let weekend: Vec<String> = given.all("weekend")?;
    if !weekend.is_empty() && weekend != ["SA", "SU"] {
        return unsupported("business days are Monday to Friday");
    }
    let first = given.read::<Month>("month")?.first();
    let holidays: Holidays = given.all::<Date>("holidays")?.into_iter().collect();
    Ok(json!({ "first_weekday": Holidays::default().from(first), "first_business_day": holidays.from(first) }))
}

fn delivery_window(given: Given<'_>) -> Read<Value> {
    if given.get("rule").is_some_and(|rule| rule != "first_week_of_following_month") {
        return unsupported("the window is the first week of the month after");
    }
    let month: Month = given.read("service_month")?;
    let settings = Settings::default();
    let schedule = Schedule { settings, billing_starts_on: month.first(), biweekly_anchor_on: month.first() };
    let window = schedule.window(Stream::Recurring, schedule.issue_on(RunKey::Recurring(month)));
    Ok(json!({ "first_day": window.from_on, "last_day": window.last_on }))
}
