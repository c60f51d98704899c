//! Backups and moves: what comes out is what went in, to the last byte, and nothing is ever half there.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use store::Location;
use store::testing::Database;

use crate::export::Export;
use crate::house::{House, text};

houses!(a_restored_instance_is_the_same_and_waits, a_backup_is_of_one_moment);

/// A house with invoices and documents.
fn lived_in(house: &House) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    house.does(&["render"]);
}

struct Sealed {
    file: PathBuf,
    key: PathBuf,
}

impl Sealed {
    fn of(house: &House) -> Sealed {
        let sealed = Sealed { file: house.path("backup"), key: house.path("backup.key") };
        house.does(&["backup", text(&sealed.file), "--key", text(&sealed.key), "--overwrite"]);
        sealed
    }

    fn arguments(&self) -> [&str; 4] {
        ["restore", text(&self.file), "--key", text(&self.key)]
    }
}

/// What people have of an instance: the list of its invoices as scripts read it, and the documents' bytes.
fn all_of(house: &House) -> (String, Vec<Vec<u8>>) {
    let listed = house.does(&["invoices", "--json"]).out;
    let out = house.path("document.pdf");
    let documents = house.invoices().into_iter().map(|invoice| {
        house.does(&["document", &invoice.number, "--out", text(&out)]);
        let bytes = std::fs::read(&out).unwrap();
        std::fs::remove_file(&out).unwrap();
        bytes
    });
    (listed, documents.collect())
}

fn a_restored_instance_is_the_same_and_waits(house: &House) {
    lived_in(house);
    let sealed = Sealed::of(house);
    let other = House::on(Database::Sqlite);
    let said = other.does(&sealed.arguments());
    assert!(said.out.contains("is whole") && said.out.contains("invariants hold"), "{}", said.out);
    assert_eq!(all_of(&other), all_of(house));
    let again = other.refuses(&sealed.arguments());
    assert!(again.err.contains("isn't empty"), "{}", again.err);

    let next = ["run", "biweekly", "--on", "2026-07-24", "--approve"];
    for held in [&next[..], &["deliver"]] {
        let said = other.refuses(held);
        assert!(said.err.contains("it was restored from a backup of"), "{}", said.err);
    }
    let said = other.does(&["resume"]);
    assert!(said.out.contains("now it issues and mails again"), "{}", said.out);
    other.does(&next);
    house.does(&next);
    assert_eq!(other.invoices(), house.invoices());
    other.is_sound();
}

fn a_backup_is_of_one_moment(house: &House) {
    lived_in(house);
    let mut running = house.command(&["run", "recurring", "--for", "2026-08", "--approve"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let sealed = Sealed::of(house);
    assert!(running.wait().unwrap().success());
    let other = House::on(Database::Sqlite);
    other.does(&sealed.arguments());
    other.is_sound();
    let (restored, all) = (other.invoices(), house.invoices());
    assert_eq!(restored, all[..restored.len()]);
}

#[test]
fn a_backup_is_never_replaced_unasked() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let file = house.path("backup");
    let said = house.does(&["backup", text(&file)]);
    assert!(said.out.contains("keep a copy of the key elsewhere"), "{}", said.out);
    assert!(house.data().join("backup.key").exists());
    let before = std::fs::read(&file).unwrap();
    house.refuses(&["backup", text(&file)]);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    house.does(&["backup", text(&file), "--overwrite"]);
    assert_ne!(std::fs::read(&file).unwrap(), before);
    assert!(!before.windows(8).any(|bytes| bytes == b"C-1000\0\0" || bytes == b"SQLite f"));
}

/// Who restores has to know what else is needed: the files that the settings name, but for those among the keys.
#[test]
fn what_a_backup_leaves_out_is_named() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let (own, elsewhere) = (house.data().join("keys").join("dkim-one.pem"), house.path("stripe-key"));
    std::fs::write(&own, "a key").unwrap();
    std::fs::write(&elsewhere, "a secret").unwrap();
    house.has_settings("# dkim_key_file = \"/etc/quittance/dkim.pem\"", &format!("dkim_key_file = {own:?}"));
    let stripe = format!("[payments.stripe]\nsecret_key_file = {elsewhere:?}\nwebhook_secret_file = \"not/there\"");
    house.has_settings("# [payments.stripe]", &stripe);
    let said = house.does(&["backup", text(&house.path("backup"))]).out;
    let left: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("Not in the backup: ")).collect();
    let named = |file: &str| format!("{file}, which the settings name.");
    assert_eq!(left, [named(text(&elsewhere)), named("not/there")]);

    let other = House::on(Database::Sqlite);
    other.does(&["restore", text(&house.path("backup")), "--key", text(&house.data().join("backup.key"))]);
    assert_eq!(std::fs::read(other.data().join("keys").join("dkim-one.pem")).unwrap(), b"a key");
}

/// A sealed part; a head of 46 bytes stands before the first.
const PART: usize = (64 << 10) + 16;

/// Nothing is put in place of a file in which one byte is another, or that is cut, longer, or in another order.
#[test]
fn whatever_was_changed_is_found() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let sealed = Sealed::of(&house);
    let whole = std::fs::read(&sealed.file).unwrap();
    assert!(whole.len() > 46 + 2 * PART, "{} bytes", whole.len());
    let other = House::on(Database::Sqlite);
    let refused = |bytes: &[u8], told: &str| {
        std::fs::write(&sealed.file, bytes).unwrap();
        let said = other.refuses(&sealed.arguments());
        assert!(said.err.contains(told) && said.err.contains("Nothing was put in place"), "{}", said.err);
        assert_eq!(std::fs::read_dir(other.path("")).unwrap().count(), 0);
    };
    // Spread over the file, and another place in each run.
    let step = whole.len() / 40;
    let from = usize::try_from(std::process::id()).unwrap() % step;
    for place in [0, 18].into_iter().chain((46..whole.len()).skip(from).step_by(step)).chain([whole.len() - 1]) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        refused(&bytes, if place < 19 { "this is no backup" } else { "it was changed or cut" });
    }
    for length in [0, 10, 45, 46, 46 + PART, whole.len() - PART, whole.len() - 1] {
        refused(&whole[..length], if length < 46 { "no backup" } else { "changed or cut" });
    }
    refused(&[&whole[..], b"x"].concat(), "changed or cut");
    let (head, parts) = whole.split_at(46);
    let (first, second, rest) = (&parts[..PART], &parts[PART..2 * PART], &parts[2 * PART..]);
    refused(&[head, second, first, rest].concat(), "changed or cut");
    refused(&[head, first, rest].concat(), "changed or cut");
    refused(&[head, first, first, second, rest].concat(), "changed or cut");

    std::fs::write(&sealed.file, &whole).unwrap();
    let second = house.path("second.key");
    house.does(&["backup", text(&house.path("second")), "--key", text(&second)]);
    let said = other.refuses(&["restore", text(&sealed.file), "--key", text(&second)]);
    assert!(said.err.contains("sealed with another key"), "{}", said.err);
    other.does(&sealed.arguments());
    other.is_sound();
}

/// Starts a command and kills it after a while.
fn dies(house: &House, arguments: &[&str], after: Duration) {
    let mut command = house.command(arguments);
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Moments at which something is killed: from before it does anything until it may have ended.
fn moments() -> impl Iterator<Item = Duration> {
    (1..=8).map(|step| Duration::from_millis(step * step * 6))
}

#[test]
fn killed_in_the_middle_nothing_is_half_there() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let sealed = Sealed::of(&house);
    let file = house.path("killed");
    for after in moments() {
        dies(&house, &["backup", text(&file), "--key", text(&sealed.key)], after);
        if file.exists() {
            let other = House::on(Database::Sqlite);
            other.does(&["restore", text(&file), "--key", text(&sealed.key)]);
            std::fs::remove_file(&file).unwrap();
        }
    }
    house.does(&["backup", text(&file), "--key", text(&sealed.key)]);
    assert!(!house.data().join("snapshot.part").exists());
    let mut other = House::on(Database::Sqlite);
    for after in moments() {
        dies(&other, &sealed.arguments(), after);
        if other.data().exists() {
            other.is_sound();
            other = House::on(Database::Sqlite);
        }
    }
    if !other.data().exists() {
        other.does(&sealed.arguments());
    }
    other.is_sound();
    assert_eq!(std::fs::read_dir(other.path("")).unwrap().count(), 1);
}

fn url_of(house: &House) -> String {
    match house.location() {
        Location::Postgres(url) => url,
        Location::Sqlite(_) => panic!("not on a server"),
    }
}

/// As the operator does it.
fn set_url(house: &House, url: &str) {
    let path = house.data().join("quittance.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let changed = settings.replace("\nurl = \"\"\n", &format!("\nurl = {url:?}\n"));
    assert_ne!(changed, settings);
    std::fs::write(path, changed).unwrap();
}

#[test]
fn a_moved_instance_is_the_same() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let before = all_of(&house);
    let server = House::on(Database::Postgres);
    let url = url_of(&server);
    let serving = std::fs::File::create(house.data().join("serve.lock")).unwrap();
    serving.lock().unwrap();
    let said = house.refuses(&["move", &url]);
    assert!(said.err.contains("already works on"), "{}", said.err);
    drop(serving);

    let said = house.does(&["move", &url]);
    assert!(said.out.contains("invoice ") && said.out.contains("total_minor"), "{}", said.out);
    let again = house.refuses(&["move", &url]);
    assert!(again.err.contains("holds an instance already"), "{}", again.err);
    let held = house.refuses(&["deliver"]);
    assert!(held.err.contains("it was moved to PostgreSQL"), "{}", held.err);
    assert_eq!(server.reads(|tx| tx.instance()).unwrap().held_because, None);

    set_url(&house, &url);
    assert_eq!(all_of(&house), before);
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    house.is_sound();
    assert!(house.refuses(&["move", &url]).err.contains("on PostgreSQL already"));
}

/// What stands where the program was ended when the copy was whole, and before anybody was told.
#[test]
fn a_move_goes_on_from_its_copy() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let server = House::on(Database::Postgres);
    let url = url_of(&server);
    house.does(&["move", &url]);
    for place in [&house, &server] {
        place.writes(|tx| tx.hold_instance(jiff::Timestamp::UNIX_EPOCH, "it is being moved to PostgreSQL"));
    }
    let said = house.does(&["move", &url]);
    assert!(said.out.contains("total_minor"), "{}", said.out);
    assert_eq!(server.reads(|tx| tx.instance()).unwrap().held_because, None);
    assert!(house.refuses(&["deliver"]).err.contains("it was moved to PostgreSQL"));
}

#[test]
fn a_move_is_whole_or_not_at_all() {
    let house = House::on(Database::Sqlite);
    lived_in(&house);
    let server = House::on(Database::Postgres);
    let url = url_of(&server);
    for after in moments() {
        dies(&house, &["move", &url], after);
        let invoices = server.reads(|tx| tx.listed_invoices(0, 1000)).len();
        if let Some(copy) = server.reads(|tx| tx.instance()) {
            assert_eq!(invoices, house.invoices().len());
            // Never two that would issue and mail the same.
            assert!(house.reads(|tx| tx.instance()).unwrap().held_because.is_some());
            if copy.held_because.is_none() {
                return;
            }
            break;
        }
        assert_eq!(invoices, 0);
    }
    house.does(&["move", &url]);
    assert_eq!(server.reads(|tx| tx.instance()).unwrap().held_because, None);
    assert!(house.refuses(&["deliver"]).err.contains("it was moved to PostgreSQL"));
    assert_eq!(server.reads(|tx| tx.listed_invoices(0, 1000)).len(), house.invoices().len());
}
