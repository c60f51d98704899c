//! The month by itself: runs on their days, review, release, what is late, and the clock of a sandbox.

use std::path::PathBuf;

use billing::Month;
use billing::calendar::shift;
use jiff::civil::Date;
use quittance::actions::keep_schedule::keep_schedule;
use quittance::actions::move_clock::{morning, set_clock};
use quittance::clock::Clock;
use store::run::DraftState;
use store::scheduled::{ScheduledRow, Stage};
use store::testing::Database;

use crate::export::Export;
use crate::house::{House, text};
use crate::post_office::PostOffice;
use crate::world::{Wishes, World};

houses![
    runs_make_themselves,
    drafts_wait_until_somebody_approves,
    drafts_release_themselves,
    drafts_that_change_wait_again,
    drafts_held_for_an_earlier_one_are_let_go,
    mails_that_miss_their_window_are_told,
    the_clock_moves_forward_in_sandboxes_only,
    settings_that_contradict_are_refused,
    the_calendar_tells_the_days,
];

#[tokio::test]
async fn runs_are_caught_up_on_sqlite() {
    runs_are_caught_up_in_order_and_once(Database::Sqlite).await;
}

#[tokio::test]
async fn runs_are_caught_up_on_postgres() {
    runs_are_caught_up_in_order_and_once(Database::Postgres).await;
}

const NOBODY_LOOKS: &str = "[recurring]\nreview = \"none\"\n[biweekly]\nreview = \"none\"\n";

/// A sandbox with one customer, and these settings at the end of its profile.
fn sandbox(house: &House, settings: &str) -> PathBuf {
    let export = Export::of(&["C-1000"], house.path("export"));
    let profile = export.bytes("provider.toml");
    export.put("provider.toml", [profile.as_slice(), settings.as_bytes()].concat());
    house.does(&["init", "--sandbox", "--provider", text(&export.file("provider.toml"))]);
    house.does(&["import", export.path()]);
    export.folder
}

fn today() -> Date {
    Clock::default().today(&zone())
}

fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("America/Chicago").unwrap()
}

/// The 1st of the month after this one.
fn next_first() -> Date {
    Month::of(today()).next().first()
}

fn notices(house: &House) -> Vec<String> {
    house.reads(|tx| tx.notices(100)).into_iter().map(|notice| notice.key).collect()
}

fn runs_make_themselves(house: &House) {
    sandbox(house, NOBODY_LOOKS);
    let post = PostOffice::open();
    house.mails_to(post.port);
    let first = next_first();
    let until = shift(first, 40);
    let said = house.does(&["clock", &until.to_string()]);
    assert!(said.out.contains("The clock stands at"), "{}", said.out);
    let invoices = house.invoices();
    // Two months' services, each dated its 1st; nothing from before the instance was made.
    let recurring: Vec<&str> = invoices
        .iter()
        .filter(|invoice| invoice.stream == "recurring")
        .map(|invoice| invoice.issued_on.as_str())
        .collect();
    assert_eq!(recurring, [first.to_string(), Month::of(first).next().first().to_string()]);
    assert!(invoices.iter().all(|invoice| invoice.issued_on >= today().to_string()));
    assert!(invoices.is_sorted_by_key(|invoice| invoice.issued_on.clone()));
    // All the bi-weekly runs between were made, whether or not there was something to bill.
    let runs = house.reads(|tx| tx.runs());
    let days: Vec<Date> =
        runs.iter().filter(|run| run.stream == billing::Stream::Biweekly).map(|run| run.issue_on).collect();
    assert!(days.len() >= 2 && days.windows(2).all(|pair| shift(pair[0], 14) == pair[1]), "{days:?}");
    let mailed: std::collections::BTreeSet<String> =
        post.letters().iter().map(|letter| letter.header("Subject").to_owned()).collect();
    assert!(
        invoices.iter().all(|invoice| mailed.iter().any(|subject| subject.contains(&invoice.number))),
        "{mailed:?}"
    );
    // The clock stands still for whoever asks again.
    house.does(&["clock", &shift(until, 1).to_string()]);
    assert_eq!(house.invoices(), invoices);
    assert_eq!(notices(house), Vec::<String>::new());
    house.is_sound();
}

fn drafts_wait_until_somebody_approves(house: &House) {
    sandbox(house, "");
    let first = next_first();
    let key = format!("recurring-{}", Month::of(today()));
    house.does(&["clock", &first.to_string()]);
    assert!(house.invoices().is_empty());
    assert!(notices(house).contains(&format!("review.{key}")));
    // What is imported before anything is issued stands in the drafts, without anybody's doing.
    let before = drafted(house);
    let export = Export { folder: house.path("export") };
    export.set("agreement_lines.csv", "L-0001", "quantity", "43");
    house.does(&["import", export.path()]);
    house.does(&["clock", &shift(first, 1).to_string()]);
    assert!(drafted(house) > before);
    // The window of the default is a week; on its last business day staff are asked again, and then told.
    house.does(&["clock", &shift(first, 6).to_string()]);
    assert!(notices(house).contains(&format!("review-again.{key}")));
    house.does(&["clock", &shift(first, 7).to_string()]);
    assert!(notices(house).contains(&format!("missed.{key}")));
    house.does(&["clock", &shift(first, 8).to_string()]);
    assert_eq!(notices(house).iter().filter(|told| told.ends_with(&key)).count(), 3);
    house.does(&["run", "approve", &key]);
    let invoices = house.invoices();
    assert_eq!((invoices.len(), invoices[0].issued_on.clone()), (1, first.to_string()));
    house.is_sound();
}

/// What waits for an earlier draft waits no longer once that is decided; nobody has to know of it.
fn drafts_held_for_an_earlier_one_are_let_go(house: &House) {
    sandbox(house, "");
    let states = |house: &House| -> Vec<Vec<store::run::DraftState>> {
        house.reads(|tx| {
            let runs = tx.runs()?.into_iter().filter(|run| run.stream == billing::Stream::Biweekly);
            runs.map(|run| Ok(tx.drafts(run.run_id)?.into_iter().map(|draft| draft.state).collect())).collect()
        })
    };
    let schedule = house.reads(|tx| tx.provider()).unwrap().schedule();
    let days: Vec<Date> =
        schedule.runs(billing::Stream::Biweekly, today()).take(2).map(|key| schedule.run_on(key)).collect();
    house.does(&["clock", &days[1].to_string()]);
    let made = states(house);
    let (first, second) = (&made[made.len() - 2], &made[made.len() - 1]);
    assert_eq!(
        (first.as_slice(), second.as_slice()),
        ([DraftState::Waiting].as_slice(), [DraftState::Held].as_slice())
    );
    house.does(&["run", "approve", &format!("biweekly-{}", days[0])]);
    house.does(&["clock", &shift(days[1], 1).to_string()]);
    // The first took all the work, so that nothing is left for the second.
    assert!(states(house).last().unwrap().is_empty());
    assert_eq!(
        house.reads(|tx| tx.open_scheduled()).iter().filter(|row| row.stream == billing::Stream::Biweekly).count(),
        0
    );
    house.is_sound();
}

fn mails_that_miss_their_window_are_told(house: &House) {
    sandbox(house, NOBODY_LOOKS);
    // A port that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    house.mails_to(port);
    let first = next_first();
    house.does(&["clock", &shift(first, 6).to_string()]);
    let missed = format!("missed-mail.{}", shift(first, 6));
    let missed = |house: &House| notices(house).iter().any(|told| told.starts_with(&missed));
    assert!(!missed(house));
    house.does(&["clock", &shift(first, 7).to_string()]);
    assert!(missed(house), "{:?}", notices(house));
    house.is_sound();
}

/// The sum of the drafts of the recurring run.
fn drafted(house: &House) -> i64 {
    drafts(house).iter().map(|draft| draft.total_minor).sum()
}

fn drafts_release_themselves(house: &House) {
    let settings = "[recurring]\nreview = \"release\"\nrelease_after_days = 2\n";
    sandbox(house, settings);
    let first = next_first();
    let key = format!("recurring-{}", Month::of(today()));
    house.does(&["clock", &first.to_string()]);
    assert!(house.invoices().is_empty());
    let told = house.reads(|tx| tx.notices(100));
    let review = told.iter().find(|notice| notice.key == format!("review.{key}")).unwrap();
    let release_on = billing::Holidays::default().after(first, 2);
    assert!(review.body.contains(&format!("approve themselves on {release_on}")), "{}", review.body);
    house.does(&["clock", &release_on.to_string()]);
    assert_eq!(house.invoices().iter().filter(|invoice| invoice.stream == "recurring").count(), 1);
    house.is_sound();
}

fn drafts_that_change_wait_again(house: &House) {
    sandbox(house, "[recurring]\nreview = \"release\"\nrelease_after_days = 2\nissue_day = 10\n");
    let key = format!("recurring-{}", Month::of(today()));
    let released_on = billing::Holidays::default().after(next_first(), 2);
    house.does(&["clock", &released_on.to_string()]);
    assert_eq!(states(house), [DraftState::Approved]);
    let export = Export { folder: house.path("export") };
    export.set("agreement_lines.csv", "L-0001", "quantity", "43");
    house.does(&["import", export.path()]);
    let again_on = billing::Holidays::default().after(released_on, 2);
    house.does(&["clock", &shift(again_on, -1).to_string()]);
    assert_eq!(states(house), [DraftState::Waiting]);
    assert!(notices(house).contains(&format!("review-changed.{key}.{again_on}")), "{:?}", notices(house));
    house.does(&["clock", &shift(again_on, 1).to_string()]);
    assert_eq!(states(house), [DraftState::Approved]);
    let decided_at = drafts(house)[0].decided_at.unwrap().to_zoned(zone()).date();
    assert_eq!(decided_at, again_on, "the clock stops on that day");
    house.is_sound();
}

/// The drafts of the recurring run.
fn drafts(house: &House) -> Vec<store::run::DraftRow> {
    house.reads(|tx| {
        let run = tx.runs()?.into_iter().rfind(|run| run.stream == billing::Stream::Recurring).unwrap();
        tx.drafts(run.run_id)
    })
}

fn states(house: &House) -> Vec<DraftState> {
    drafts(house).iter().map(|draft| draft.state).collect()
}

fn the_clock_moves_forward_in_sandboxes_only(house: &House) {
    sandbox(house, NOBODY_LOOKS);
    house.does(&["clock"]);
    let there = shift(today(), 2);
    let said = house.does(&["clock", &format!("{there}T15:30:00Z")]);
    assert!(said.out.contains(&there.to_string()), "{}", said.out);
    let said = house.refuses(&["clock", &there.to_string()]);
    assert!(said.err.contains("moves forward only"), "{}", said.err);
    house.ends(2, &["clock", "tomorrow"]);
    house.is_sound();
    let real = House::on(Database::Sqlite);
    real.inits(&Export::sample());
    let said = real.refuses(&["clock", &there.to_string()]);
    assert!(said.err.contains("--sandbox"), "{}", said.err);
}

fn settings_that_contradict_are_refused(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let profile = export.bytes("provider.toml");
    let wrong = |settings: &str, sentence: &str| {
        export.put("provider.toml", [profile.as_slice(), settings.as_bytes()].concat());
        let said = house.refuses(&["import", text(&export.file("provider.toml"))]);
        assert!(said.err.contains(sentence), "{settings}: {}", said.err);
    };
    wrong("[recurring]\ndeliver_after_days = 5\ndeliver_within_days = 3\n", "opens 5 days after issue and closes 3");
    wrong("[biweekly]\ndeliver_within_days = 0\n[recurring]\ndeliver_within_days = 0\n", "holds no business day");
    wrong("holidays = [2027-02-30]\n", "provider.toml:");
    let week: Vec<String> = (1..=7).map(|day| format!("2027-03-0{day}")).collect();
    wrong(&format!("holidays = [{}]\n", week.join(", ")), "2027-03-01 to 2027-03-07, holds no business day");
    wrong("[recurring]\nrun_day = 12\n", "after the last day of its delivery window");
    wrong("[recurring]\nreview = \"release\"\nrelease_after_days = 9\n", "would approve themselves on");
    wrong("[recurring]\nreview = \"release\"\n", "belong together");
    wrong("[recurring]\nrelease_after_days = 2\n", "belong together");
    wrong("[recurring]\ncadence = \"weekly\"\n", "cadence belongs to [biweekly]");
    wrong("[biweekly]\nrun_day = 3\n", "belong to [recurring]");
    wrong("[recurring]\nissue_day = 31\n", "must be from 1 to 28");
    wrong("[recurring]\nreview = \"maybe\"\n", "maybe");
    wrong("[recurring]\nreviewed = \"none\"\n", "reviewed");
    wrong("preset = \"other\"\n", "founding");
    export.put(
        "provider.toml",
        [profile.as_slice(), b"preset = \"founding\"\nholidays = [2027-01-01, \"2027-07-05\"]\n"].concat(),
    );
    house.does(&["import", text(&export.file("provider.toml"))]);
}

fn the_calendar_tells_the_days(house: &House) {
    let settings = "holidays = [2027-01-01]\n[recurring]\nreview = \"none\"\nissue_day = 3\nrun_day = 1\ndue_base = \"delivery\"\n\
                    min_days_to_due = 20\n[biweekly]\ncadence = \"twice_a_month\"\n";
    sandbox(house, settings);
    let said = house.does(&["calendar", "--from", "2026-12-15"]);
    let table = said.out.lines().skip(1).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("calendar", table);
    house.does(&["calendar"]);
}

#[tokio::test]
async fn a_run_that_is_left_out_stops_nothing() {
    for database in store::testing::BOTH {
        let world = World::with(database, Wishes { sandbox: true, ..Wishes::default() }).await;
        let (app, stream) = (&world.app, billing::Stream::Biweekly);
        let schedule = app.provider().schedule();
        let next = schedule.runs(stream, shift(app.today(), 1)).next().unwrap();
        // As it stands where the anchor was changed between the day of a run and its planning.
        let run_on = shift(schedule.run_on(next), -1);
        let row = ScheduledRow {
            stream,
            period_from: shift(run_on, -14),
            run_on,
            state: Stage::Planning,
            data_version: 0,
            lease_until: jiff::Timestamp::UNIX_EPOCH,
            next_at: jiff::Timestamp::UNIX_EPOCH,
            attempts: 0,
            last_error: None,
        };
        app.store.write(move |tx| tx.insert(std::slice::from_ref(&row))).await.unwrap();
        set_clock(app, morning(app, schedule.run_on(next)).unwrap()).await.unwrap();
        keep_schedule(app).await.unwrap();
        let (runs, open, told) = app
            .store
            .read(|tx| Ok::<_, store::Error>((tx.runs()?, tx.open_scheduled()?, tx.notices(100)?)))
            .await
            .unwrap();
        assert!(runs.iter().any(|run| run.key() == next), "{runs:?}");
        assert!(open.iter().all(|row| row.run_on != run_on), "{open:?}");
        assert!(told.iter().any(|notice| notice.key == format!("dropped.biweekly-{run_on}")), "{told:?}");
    }
}

/// Down for seventy days, then two processes at once.
async fn runs_are_caught_up_in_order_and_once(database: Database) {
    let world = World::with(database, Wishes { sandbox: true, ..Wishes::default() }).await;
    let today = world.app.today();
    let other = world.again(connect::mail::Mailer::Mailbox(world.mailbox.clone())).await;
    let later = shift(Month::of(shift(today, 70)).first(), 4);
    set_clock(&world.app, morning(&world.app, later).unwrap()).await.unwrap();
    other.refresh().await.unwrap();
    let (one, two) = tokio::join!(keep_schedule(&world.app), keep_schedule(&other));
    one.unwrap();
    two.unwrap();
    // What one held when the other looked is done when it looks again.
    keep_schedule(&world.app).await.unwrap();
    keep_schedule(&other).await.unwrap();
    let (runs, open) =
        world.app.store.read(|tx| Ok::<_, store::Error>((tx.runs()?, tx.open_scheduled()?))).await.unwrap();
    assert_eq!(open.len(), 0, "{open:?}");
    let schedule = world.app.provider().schedule();
    let due: Vec<_> = schedule.runs_between(today, later);
    let mut made: Vec<_> = runs.iter().map(|run| (run.run_id, run.key())).collect();
    made.sort_by_key(|(_, key)| due.iter().position(|known| known == key));
    assert_eq!(made.iter().map(|(_, key)| *key).collect::<Vec<_>>(), due);
}
