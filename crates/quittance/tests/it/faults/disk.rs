//! A disk that fills up and is freed again, and one that fails to sync.

use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use store::testing::Database;

use crate::export::Export;
use crate::house::{House, root, text};
use crate::post_office::PostOffice;
use crate::served::Served;
use crate::visitor::Visitor;

const KHADRA: &str = "khadra.moua@northfieldgrain.example";

/// An instance with invoices, served from a disk that does what it is told.
struct Place {
    house: House,
    post: PostOffice,
    library: PathBuf,
    control: PathBuf,
}

impl Place {
    fn made() -> Place {
        let house = House::on(Database::Sqlite);
        let export = Export::of(&["C-1000"], house.path("export"));
        house.takes(&export.folder);
        house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
        let post = PostOffice::open();
        house.mails_to(post.port);
        house.does(&["render"]);
        house.does(&["deliver"]);
        let (library, control) = (house.path("bad_disk.so"), house.path("control"));
        compile(&library);
        Place { house, post, library, control }
    }

    fn serves(&self) -> Served {
        let mut command = self.house.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("LD_PRELOAD", &self.library).env("QUITTANCE_BAD_DISK", &self.control);
        self.house.starts(command)
    }

    fn breaks(&self, how: &str) {
        std::fs::write(&self.control, how).unwrap();
    }

    fn mends(&self) {
        std::fs::remove_file(&self.control).unwrap();
    }

    /// How many codes were asked for and are known, whoever asked.
    fn asked(&self) -> Vec<String> {
        let raw = rusqlite::Connection::open(self.house.data().join("quittance.db")).unwrap();
        let mut statement = raw.prepare("SELECT email FROM sign_in ORDER BY made_at").unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

fn compile(library: &Path) {
    let source = root().join("crates/quittance/tests/it/faults/bad_disk.c");
    let arguments = ["-shared", "-fPIC", "-O1", "-o", text(library), text(&source), "-ldl"];
    let compiled = Command::new("cc").args(arguments).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
}

/// Everything that is only read works; the watcher is told that something doesn't.
fn reads_go_on(served: &Served, khadra: &mut Visitor) {
    let (status, home) = khadra.get("/invoices");
    assert!(status == 200 && home.contains("/invoices/INV-"), "{home}");
    let number = home.split("/invoices/INV-").nth(1).unwrap();
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    for path in [format!("/invoices/INV-{number}"), format!("/invoices/INV-{number}.pdf"), "/help".to_owned()] {
        let (status, page) = khadra.get(&path);
        assert_eq!(status, 200, "{path}: {page}");
    }
    let (status, answer) = served.get("/readyz");
    assert!(status == 200 && answer.contains("\"disk\""), "{answer}");
}

#[test]
fn fault_disk_full() {
    let place = Place::made();
    let served = place.serves();
    let mut khadra = Visitor::of(served.address);
    khadra.signs_in(&place.post, KHADRA);
    for round in 0..2 {
        place.breaks("f");
        for number in 0..3 {
            let (status, page) = Visitor::of(served.address).asks(&format!("full-{round}-{number}@elsewhere.example"));
            assert!(status == 507 && page.contains("Our disk is full"), "{page}");
            assert!(page.contains("trace "), "{page}");
            reads_go_on(&served, &mut khadra);
        }
        place.mends();
        let (status, page) = Visitor::of(served.address).asks(&format!("free-{round}@elsewhere.example"));
        assert_eq!(status, 303, "{page}");
        let (status, answer) = served.get("/readyz");
        assert!(status == 200 && answer.contains("\"down\":[]"), "{answer}");
    }
    assert_eq!(place.asked(), [KHADRA, "free-0@elsewhere.example", "free-1@elsewhere.example"]);
    served.stops();
    place.house.is_sound();
}

#[test]
fn fault_sync_fails() {
    let place = Place::made();
    let mut served = place.serves();
    let mut khadra = Visitor::of(served.address);
    khadra.signs_in(&place.post, KHADRA);
    let mut acknowledged = vec![KHADRA.to_owned()];
    for round in 0..3 {
        place.breaks("s");
        for number in 0..3 {
            let email = format!("lost-{round}-{number}@elsewhere.example");
            let (status, page) = Visitor::of(served.address).asks(&email);
            assert!(status == 503 && page.contains("Nothing can be saved right now"), "{page}");
            reads_go_on(&served, &mut khadra);
        }
        place.mends();
        let email = format!("kept-{round}@elsewhere.example");
        // The file is opened again at most every quarter of a second.
        served.until("/readyz", |_, answer| answer.contains("\"down\":[]"));
        let (status, page) = Visitor::of(served.address).asks(&email);
        assert_eq!(status, 303, "{page}");
        acknowledged.push(email);
        assert_eq!(place.asked(), acknowledged, "nothing that was refused is there, and all that was not");
    }
    served.is_told(Signal::KILL);
    served.ends();
    assert_eq!(place.asked(), acknowledged);
    place.house.is_sound();
}
