//! Days in the provider's zone: nights on which clocks change, days that a zone left out, and a machine whose clock jumps.

use std::collections::BTreeSet;

use billing::calendar::shift;
use billing::schedule::{Settings, StreamSettings};
use billing::{Cadence, Schedule};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use quittance::actions::keep_schedule::keep_schedule;
use quittance::actions::move_clock::{MORNING, morning, set_clock};
use store::testing::Database;

use crate::world::{Wishes, World};

/// North, south, half hours, changes at midnight, and one that left out a whole day in 2011.
const ZONES: [&str; 12] = [
    "America/Chicago",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Etc/UTC",
];

/// Twenty years: whatever the zone, an instant belongs to one day, days follow one another, and each run has its day once.
#[test]
fn twenty_years_of_calendars_in_twelve_zones() {
    let (first, last) = (date(2008, 1, 1), date(2028, 12, 31));
    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        let on = |at: jiff::Timestamp| at.to_zoned(zone.clone()).date();
        // Every quarter of an hour, as a worker that looks now and then.
        let mut at = first.to_zoned(zone.clone()).unwrap().timestamp();
        let mut seen = vec![on(at)];
        while *seen.last().unwrap() < last {
            at += SignedDuration::from_mins(15);
            let (day, last) = (on(at), *seen.last().unwrap());
            // Newfoundland changed at one minute past midnight until 2011: a day began twice.
            assert!(
                day >= last || (name == "America/St_Johns" && day == shift(last, -1)),
                "{name}: {day} after {last}"
            );
            if day > last {
                seen.push(day);
            }
        }
        let left_out: Vec<Date> = (0..7671).map(|days| shift(first, days)).filter(|day| !seen.contains(day)).collect();
        assert_eq!(left_out, if name == "Pacific/Apia" { vec![date(2011, 12, 30)] } else { Vec::new() }, "{name}");
        for cadence in Cadence::ALL.iter().copied() {
            each_run_is_found_once(cadence, &seen);
        }
        for day in &seen {
            let stop = day.to_datetime(MORNING).to_zoned(zone.clone()).unwrap();
            assert_eq!(stop.date(), *day, "{name}");
        }
    }
}

/// Whoever looks on each day that there was finds every run, once and in order.
fn each_run_is_found_once(cadence: Cadence, seen: &[Date]) {
    let schedule = Schedule {
        settings: Settings {
            biweekly: StreamSettings { cadence: Some(cadence), ..StreamSettings::default() },
            ..Settings::default()
        },
        billing_starts_on: seen[0],
        biweekly_anchor_on: date(2008, 1, 31),
    };
    let all = schedule.runs_between(seen[0], *seen.last().unwrap());
    let mut found = Vec::new();
    let mut looked_until = shift(seen[0], -1);
    for day in seen {
        found.extend(schedule.runs_between(shift(looked_until, 1), *day));
        looked_until = *day;
    }
    assert_eq!(found, all);
    let months: BTreeSet<String> =
        all.iter().filter(|key| key.stream() == billing::Stream::Recurring).map(ToString::to_string).collect();
    assert_eq!(months.len(), 21 * 12 - 1);
}

#[tokio::test]
async fn a_machine_whose_clock_jumps_makes_each_run_once() {
    for database in [Database::Sqlite, Database::Postgres] {
        let world = World::with(database, Wishes { sandbox: true, ..Wishes::default() }).await;
        let app = &world.app;
        let later = shift(app.today(), 75);
        set_clock(app, morning(app, later).unwrap()).await.unwrap();
        for hours in [0, 30, -40, 3, -1000, 2000] {
            world.passes(SignedDuration::from_hours(hours));
            // The business clock moves with the machine's; leases and ids stand it.
            keep_schedule(app).await.unwrap();
            let _: store::RunId = app.ids.mint();
        }
        let runs = app.store.read(|tx| tx.runs()).await.unwrap();
        let keys: BTreeSet<String> = runs.iter().map(|run| run.key().to_string()).collect();
        assert_eq!(keys.len(), runs.len());
        let schedule = app.provider().schedule();
        let due = schedule.runs_between(quittance::actions::keep_schedule::first_day(app), later);
        assert!(due.iter().all(|key| keys.contains(&key.to_string())), "{keys:?}");
    }
}
