//! A server that ends sessions, goes away, only reads, is full, or is another one.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use rustix::process::Signal;
use store::testing::{Database, command_beside, command_in};
use store::{Location, Tx};

use crate::cluster::Cluster;
use crate::export::Export;
use crate::house::{House, is_slow};
use crate::post_office::PostOffice;
use crate::served::{PATIENCE, Served};
use crate::visitor::Visitor;

const KHADRA: &str = "khadra.moua@northfieldgrain.example";

struct Place {
    house: House,
    post: PostOffice,
}

impl Place {
    fn made() -> Place {
        let house = House::on(Database::Postgres);
        let export = Export::of(&["C-1000"], house.path("export"));
        house.takes(&export.folder);
        let post = PostOffice::open();
        house.mails_to(post.port);
        Place { house, post }
    }

    /// Runs a text in the database.
    fn runs(&self, sql: &str) {
        command_in(&self.house.location(), sql);
    }

    /// The name of the database.
    fn database(&self) -> String {
        let Location::Postgres(url) = self.house.location() else { unreachable!() };
        url.rsplit('/').next().unwrap().to_owned()
    }

    fn ends_sessions(&self) {
        let of = format!("datname = '{}' AND application_name = 'quittance'", self.database());
        let sql = format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {of}");
        command_beside(&self.house.location(), &sql);
    }
}

fn asks(served: &Served, name: &str) -> (u16, String) {
    Visitor::of(served.address).asks(&format!("{name}@elsewhere.example"))
}

/// More than there are sessions to a server.
const MANY: usize = 16;

#[test]
fn fault_postgres_ends_sessions() {
    let place = Place::made();
    let served = place.house.serves();
    let times = if is_slow() { 100 } else { 10 };
    for number in 0..times {
        place.ends_sessions();
        // Whoever comes next finds new sessions, and notices nothing.
        let (status, page) = asks(&served, &format!("ended-{number}"));
        assert_eq!(status, 303, "{page}");
        assert_eq!(served.get("/sign-in").0, 200);
    }
    served.stops();
    place.house.is_sound();
}

#[test]
fn fault_postgres_only_reads() {
    let place = Place::made();
    let served = place.house.serves();
    let mut khadra = Visitor::of(served.address);
    khadra.signs_in(&place.post, KHADRA);
    for round in 0..2 {
        let setting = |value: &str| {
            let sql = format!("ALTER DATABASE {} SET default_transaction_read_only = {value}", place.database());
            command_beside(&place.house.location(), &sql);
        };
        setting("on");
        place.ends_sessions();
        let (status, page) = asks(&served, &format!("lost-{round}"));
        assert!(status == 503 && page.contains("Nothing can be saved right now"), "{page}");
        assert_eq!(khadra.get("/invoices").0, 200);
        let (status, answer) = served.get("/readyz");
        assert!(status == 200 && answer.contains("\"down\":[\"disk\"]"), "{answer}");
        // Sessions that begin now, to read, refuse to write for as long as they last.
        for _ in 0..MANY {
            assert_eq!(khadra.get("/invoices").0, 200);
        }
        setting("off");
        served.until("/readyz", |_, answer| answer.contains("\"down\":[]"));
        for number in 0..MANY {
            let (status, page) = asks(&served, &format!("kept-{round}-{number}"));
            assert_eq!(status, 303, "{page}");
        }
    }
    served.stops();
    place.house.is_sound();
}

#[test]
fn fault_postgres_disk_full() {
    let place = Place::made();
    let served = place.house.serves();
    let mut khadra = Visitor::of(served.address);
    khadra.signs_in(&place.post, KHADRA);
    // What a server says whose disk is full.
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \
        'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$; \
        DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP \
        EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION full_disk()', name); \
        END LOOP; END $$";
    place.runs(full);
    let (status, page) = asks(&served, "full");
    assert!(status == 507 && page.contains("Our disk is full"), "{page}");
    assert_eq!(khadra.get("/invoices").0, 200);
    let (status, answer) = served.get("/readyz");
    assert!(status == 200 && answer.contains("\"down\":[\"disk\"]"), "{answer}");
    place.runs("DROP FUNCTION full_disk CASCADE");
    let (status, page) = asks(&served, "free");
    assert_eq!(status, 303, "{page}");
    assert!(served.get("/readyz").1.contains("\"down\":[]"));
    served.stops();
    place.house.is_sound();
}

/// Ended as its operator does, and as a machine that fails does, and started again.
#[test]
fn fault_postgres_restarts() {
    let mut cluster = Cluster::begin();
    let house = House::at(cluster.url());
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let post = PostOffice::open();
    house.mails_to(post.port);
    let served = house.serves();
    let mut khadra = Visitor::of(served.address);
    khadra.signs_in(&post, KHADRA);
    for signal in [Signal::INT, Signal::QUIT] {
        cluster.ends(signal);
        let (status, page) = khadra.get("/invoices");
        assert!(status == 503 && page.contains("Our database does not answer"), "{page}");
        let (status, answer) = served.get("/readyz");
        assert!(status == 503 && answer.contains("\"database\""), "{answer}");
        cluster.starts();
        assert_eq!(khadra.get("/invoices").0, 200);
        let (status, page) = asks(&served, &format!("after-{}", signal.as_raw()));
        assert_eq!(status, 303, "{page}");
    }
    served.stops();
    house.is_sound();
}

/// A name or port that leads to another server for a while.
#[test]
fn fault_postgres_is_another() {
    let place = Place::made();
    let line = Line::to(&place.house.location());
    let served = line.serves(&place);
    let mut khadra = Visitor::of(served.address);
    khadra.signs_in(&place.post, KHADRA);
    let is_away = |khadra: &mut Visitor| {
        let (status, page) = khadra.get("/invoices");
        assert!(status == 503 && page.contains("Our database does not answer"), "{page}");
        let (status, page) = asks(&served, "away");
        assert!(status == 503 && page.contains("Our database does not answer"), "{page}");
        let (status, answer) = served.get("/readyz");
        assert!(status == 503 && answer.contains("\"database\""), "{answer}");
        assert_eq!(served.get("/healthz").0, 200);
    };
    for leads in [Leads::Nowhere, Leads::Elsewhere] {
        line.leads(leads);
        is_away(&mut khadra);
        line.leads(Leads::There);
        assert_eq!(khadra.get("/invoices").0, 200);
    }
    // One that speaks our language and holds another instance.
    place.runs("CREATE TABLE kept AS SELECT instance_id FROM instance; UPDATE instance SET instance_id = '\\x00'");
    line.leads(Leads::There);
    is_away(&mut khadra);
    place.runs("UPDATE instance SET instance_id = (SELECT instance_id FROM kept)");
    assert_eq!(khadra.get("/invoices").0, 200);
    let (status, page) = asks(&served, "back");
    assert_eq!(status, 303, "{page}");
    served.stops();
    place.house.is_sound();
}

/// A server that takes connections and never answers: pages say so, and the end comes within ten seconds.
#[test]
fn fault_postgres_is_silent() {
    let place = Place::made();
    let line = Line::to(&place.house.location());
    let mut served = line.serves(&place);
    line.leads(Leads::Silently);
    let mut visitors: Vec<_> = (0..8)
        .map(|_| {
            let address = served.address;
            std::thread::spawn(move || crate::served::get(address, "/readyz"))
        })
        .collect();
    assert_eq!(served.get("/healthz").0, 200);
    let asked = std::time::Instant::now();
    served.is_told(Signal::TERM);
    let status = served.ends();
    assert!(status.success() && asked.elapsed() < std::time::Duration::from_secs(10), "{status}");
    // They are cut off, or told.
    visitors.drain(..).for_each(|visitor| drop(visitor.join().unwrap()));
    line.leads(Leads::There);
    let served = line.serves(&place);
    assert_eq!(served.get("/readyz").0, 200);
    served.stops();
    place.house.is_sound();
}

/// Two processes share the work; what the dead one held is finished by the other.
#[test]
fn fault_one_of_two_is_killed() {
    let rounds = if is_slow() { 10 } else { 1 };
    for _ in 0..rounds {
        let house = House::on(Database::Postgres);
        let export = Export::of(&["C-1000", "C-1008", "C-1023"], house.path("export"));
        house.takes(&export.folder);
        house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
        house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
        let post = PostOffice::open();
        house.mails_to(post.port);
        let waiting = house.reads(Tx::waiting_jobs);
        let (mut one, two) = (house.serves(), house.serves());
        let patience = std::time::Instant::now() + PATIENCE * 3;
        let until = |is_right: &dyn Fn() -> bool| {
            while !is_right() {
                assert!(std::time::Instant::now() < patience, "{}{}", one.log(), two.log());
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        };
        until(&|| house.reads(Tx::waiting_jobs) < waiting);
        one.is_told(Signal::KILL);
        until(&|| {
            // The invoices of this export are months old.
            house.releases();
            house.reads(Tx::waiting_jobs) == 0 && house.reads(Tx::waiting_mails) == 0
        });
        one.ends();
        two.stops();
        house.is_sound();
        assert_eq!(i64::try_from(house.invoices().len()).unwrap(), waiting);
    }
}

/// A port of ours that leads to the server, or not.
struct Line {
    url: String,
    leads: Arc<AtomicU8>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

#[derive(Clone, Copy)]
enum Leads {
    There,
    Nowhere,
    Elsewhere,
    Silently,
}

impl Line {
    fn to(location: &Location) -> Line {
        let Location::Postgres(url) = location else { unreachable!() };
        let server = url.split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = url.replace(&server, &listener.local_addr().unwrap().to_string());
        let line = Line { url: ours, leads: Arc::default(), open: Arc::default() };
        let (leads, open) = (line.leads.clone(), line.open.clone());
        // It ends with the test's process; nobody waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                connect(stream.unwrap(), &server, leads.load(Ordering::SeqCst), &open);
            }
        });
        line
    }

    /// Serves over it.
    fn serves(&self, place: &Place) -> Served {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_quittance"));
        command.arg("--data").arg(place.house.data()).args(["--database-url", &self.url, "serve"]);
        command.args(["--listen", "127.0.0.1:0"]).env_remove("RUST_LOG");
        place.house.starts(command)
    }

    /// From now on; who is connected is cut off.
    fn leads(&self, where_to: Leads) {
        let word = match where_to {
            Leads::There => 0,
            Leads::Nowhere => 1,
            Leads::Elsewhere => 2,
            Leads::Silently => 3,
        };
        self.leads.store(word, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            drop(stream.shutdown(std::net::Shutdown::Both));
        }
    }
}

fn connect(stream: TcpStream, server: &str, leads: u8, open: &Mutex<Vec<TcpStream>>) {
    use std::io::Write;
    match leads {
        0 => {
            let there = TcpStream::connect(server).unwrap();
            open.lock().unwrap().extend([stream.try_clone().unwrap(), there.try_clone().unwrap()]);
            for (mut from, mut to) in [
                (stream.try_clone().unwrap(), there.try_clone().unwrap()),
                (there.try_clone().unwrap(), stream.try_clone().unwrap()),
            ] {
                std::thread::spawn(move || {
                    drop(std::io::copy(&mut from, &mut to));
                    drop(to.shutdown(std::net::Shutdown::Both));
                });
            }
        }
        1 => drop(stream),
        3 => open.lock().unwrap().push(stream),
        _ => drop((&stream).write_all(b"HTTP/1.1 400 Bad Request\r\n\r\nnot what you think\r\n")),
    }
}
