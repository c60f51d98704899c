//! Laws of run dates, windows and due dates, whatever the settings.

use billing::calendar::shift;
use billing::run::RunKey;
use billing::schedule::{DueBase, Review, Settings, StreamSettings};
use billing::{Cadence, Grid, Schedule, Span, Stream};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn days() -> impl Strategy<Value = Date> {
    (0..20_000_i32).prop_map(|days| shift(date(2000, 1, 1), days))
}

fn grids() -> impl Strategy<Value = Grid> {
    (prop::sample::select(Cadence::ALL), days()).prop_map(|(cadence, anchor_on)| Grid { cadence, anchor_on })
}

prop_compose! {
    fn streams()(
        deliver_after_days in 0..10_u32,
        open in 0..10_u32,
        review in prop::sample::select(Review::ALL),
        due_base in prop::sample::select(DueBase::ALL),
        min_days_to_due in 0..40_u32,
    ) -> StreamSettings {
        let release_after_days = if review == Review::Release { 1 } else { 0 };
        StreamSettings {
            deliver_after_days, deliver_within_days: deliver_after_days + open, review, release_after_days, due_base,
            min_days_to_due, ..StreamSettings::default()
        }
    }
}

prop_compose! {
    fn schedules()(
        recurring in streams(),
        biweekly in streams(),
        cadence in prop::sample::select(Cadence::ALL),
        run_day in 1..=28_i8,
        issue_day in 1..=28_i8,
        anchor_on in days(),
        holidays in prop::collection::vec(0..800_i32, 0..30),
    ) -> Schedule {
        let billing_starts_on = anchor_on.first_of_month();
        Schedule {
            settings: Settings {
                holidays: holidays.into_iter().map(|days| shift(anchor_on, days)).collect(),
                recurring: StreamSettings { run_day: Some(run_day), issue_day: Some(issue_day), ..recurring },
                biweekly: StreamSettings { cadence: Some(cadence), ..biweekly },
            },
            billing_starts_on,
            biweekly_anchor_on: anchor_on,
        }
    }
}

proptest! {
    #![proptest_config(crate::dose())]

    #[test]
    fn every_day_lies_in_one_period(grid in grids(), day in days()) {
        let (before, after) = (grid.on_or_before(day), grid.after(day));
        prop_assert!(before <= day && day < after);
        prop_assert!(grid.holds(before) && grid.holds(after) && grid.holds(grid.anchor_on));
        prop_assert_eq!(grid.holds(day), day == before);
        prop_assert_eq!(grid.period(after), Span::new(before, after));
        let longest = match grid.cadence {
            Cadence::Weekly => 7,
            Cadence::EveryTwoWeeks => 14,
            Cadence::TwiceAMonth => 18,
            Cadence::Monthly => 31,
        };
        prop_assert!(Span::new(before, after).days() <= longest);
    }

    #[test]
    fn mail_goes_on_a_business_day_of_its_window_or_at_once(schedule in schedules(), day in days(), late in 0..30_i32) {
        for stream in Stream::ALL.iter().copied() {
            let made_on = shift(day, late);
            let (window, deliver_on) = (schedule.window(stream, day), schedule.deliver_on(stream, day, made_on));
            prop_assert!(deliver_on >= made_on);
            if made_on > window.last_on {
                prop_assert_eq!(deliver_on, made_on);
            } else {
                prop_assert!(window.from_on <= deliver_on && deliver_on <= window.last_on);
                prop_assert!(schedule.settings.holidays.is_business_day(deliver_on) || deliver_on == window.last_on);
            }
            let (least, due_on) = (schedule.of(stream).min_days_to_due, schedule.due_on(stream, day, deliver_on, 30));
            prop_assert!(least == 0 || Span::new(deliver_on, due_on).days() >= least);
            prop_assert!(Span::new(day, due_on).days() >= 30);
        }
    }

    #[test]
    fn runs_come_once_each_in_order(schedule in schedules(), from in 0..900_i32) {
        let from = shift(schedule.billing_starts_on, from);
        let until = shift(from, 400);
        let keys = schedule.runs_between(from, until);
        prop_assert!(keys.iter().all(|key| (from..=until).contains(&schedule.run_on(*key))));
        prop_assert!(keys.is_sorted_by_key(|key| schedule.run_on(*key)));
        // The same by walking over every day.
        let (day_after, mut walked) = (shift(until, 1), 0);
        let mut day = from;
        while day < day_after {
            let month = billing::Month::of(day).previous();
            let recurring = RunKey::Recurring(month);
            let is_recurring = schedule.run_on(recurring) == day && month >= billing::Month::of(schedule.billing_starts_on);
            let is_biweekly = schedule.grid().holds(day) && day > schedule.billing_starts_on;
            walked += usize::from(is_recurring) + usize::from(is_biweekly);
            prop_assert_eq!(is_recurring, is_recurring && keys.contains(&recurring));
            prop_assert_eq!(is_biweekly, keys.contains(&RunKey::Biweekly(day)));
            day = shift(day, 1);
        }
        prop_assert_eq!(keys.len(), walked);
    }

    #[test]
    fn settings_that_pass_leave_time_to_mail(schedule in schedules()) {
        if schedule.check().is_ok() {
            for key in schedule.runs_between(schedule.billing_starts_on, shift(schedule.billing_starts_on, 700)) {
                let issue_on = schedule.issue_on(key);
                let made_on = schedule.release_on(key).unwrap_or(schedule.run_on(key)).max(issue_on);
                let deliver_on = schedule.deliver_on(key.stream(), issue_on, made_on);
                prop_assert!(deliver_on <= schedule.window(key.stream(), issue_on).last_on, "{}", key);
            }
        }
    }
}

#[test]
fn a_month_has_its_anchors_day_or_its_last() {
    let monthly = Grid { cadence: Cadence::Monthly, anchor_on: date(2027, 1, 31) };
    let mut day = date(2027, 1, 31);
    let mut found = Vec::new();
    for _ in 0..4 {
        day = monthly.after(day);
        found.push(day);
    }
    assert_eq!(found, [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]);
    let twice = Grid { cadence: Cadence::TwiceAMonth, anchor_on: date(2027, 1, 15) };
    assert_eq!(twice.after(date(2027, 2, 15)), date(2027, 2, 28));
    assert_eq!(twice.after(date(2028, 2, 15)), date(2028, 2, 29));
    assert_eq!(twice.period(date(2027, 3, 15)), Span::new(date(2027, 2, 28), date(2027, 3, 15)));
    // 26 runs in most years, 27 in some.
    let runs = |year: i16| {
        let grid = Grid::every_two_weeks(date(2027, 1, 1));
        let first = grid.after(date(year - 1, 12, 31));
        std::iter::successors(Some(first), |day| Some(grid.after(*day))).take_while(|day| day.year() == year).count()
    };
    assert_eq!((runs(2027), runs(2028)), (27, 26));
}
