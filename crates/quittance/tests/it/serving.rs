//! Serving processes: one or several, stopped, restarted, taken over, without anybody being turned away.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use store::{Location, Options, Store};

use crate::export::Export;
use crate::house::House;
use crate::served::{PATIENCE, get};

houses!(
    one_serves_and_commands_run_beside_it,
    a_stop_lets_everybody_finish,
    a_stop_gives_work_back_whatever_hangs,
    a_second_signal_ends_at_once,
    nobody_is_turned_away_when_a_process_takes_over,
    nobody_is_turned_away_when_a_supervisor_restarts_it,
    who_fails_to_take_over_changes_nothing,
);

fn made(house: &House) {
    house.inits(&Export::sample());
}

fn one_serves_and_commands_run_beside_it(house: &House) {
    made(house);
    let served = house.serves();
    let said = house.command(&["serve", "--listen", "127.0.0.1:0"]);
    match house.location() {
        Location::Sqlite(_) => {
            let second = house.refuses(&["serve", "--listen", "127.0.0.1:0"]);
            assert!(second.err.contains("already works on") && second.err.contains("--take-over"), "{}", second.err);
        }
        Location::Postgres(_) => house.starts(said).stops(),
    }
    let export = Export::of(&["C-1000"], house.path("export"));
    house.does(&["import", export.path()]);
    house.is_sound();
    assert_eq!(served.get("/readyz").0, 200);
    served.stops();
}

fn a_stop_lets_everybody_finish(house: &House) {
    made(house);
    let mut served = house.serves();
    // One who has not spoken yet, one in the middle of a word, one who is idle.
    let mut new = TcpStream::connect(served.address).unwrap();
    let mut slow = TcpStream::connect(served.address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.").unwrap();
    let mut idle = TcpStream::connect(served.address).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    let mut answer = [0; 1];
    idle.read_exact(&mut answer).unwrap();
    served.is_told(Signal::TERM);
    until_refused(served.address);
    new.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    slow.write_all(b"0.0.1\r\n\r\n").unwrap();
    for stream in [&mut new, &mut slow] {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    }
    assert!(served.ends().success(), "{}", served.log());
}

/// A mail server that takes connections and says nothing, and a visitor who never finishes a word.
fn a_stop_gives_work_back_whatever_hangs(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["render"]);
    house.releases();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    house.mails_to(silent.local_addr().unwrap().port());
    let mut served = house.serves();
    let held = silent.accept().unwrap();
    // The probe comes first; what comes next is the letter.
    let letter = silent.accept().unwrap();
    let mut slow = TcpStream::connect(served.address).unwrap();
    slow.write_all(b"GET /").unwrap();
    let asked = Instant::now();
    served.is_told(Signal::TERM);
    let status = served.ends();
    assert!(status.success() && asked.elapsed() < Duration::from_secs(10), "{status} {:?}", asked.elapsed());
    drop((held, letter, slow));
    let options = Options::new(house.location());
    let claimed = tokio::runtime::Runtime::new().unwrap().block_on(async move {
        let now = quittance::clock::Clock::default().real();
        let due = store::mail::Due { now, today: jiff::civil::date(2999, 1, 1), earliest: jiff::civil::date(1, 1, 1) };
        let store = Store::open(options).await.unwrap();
        store.write(move |tx| tx.claim_recipients(due, now, 64)).await.unwrap()
    });
    assert!(!claimed.is_empty(), "what was claimed is free at once");
    assert!(claimed.iter().all(|row| row.attempts <= 2), "{claimed:?}");
}

fn a_second_signal_ends_at_once(house: &House) {
    made(house);
    let mut served = house.serves();
    let mut slow = TcpStream::connect(served.address).unwrap();
    slow.write_all(b"GET /").unwrap();
    served.is_told(Signal::TERM);
    until_refused(served.address);
    served.is_told(Signal::INT);
    assert_eq!(served.ends().code(), Some(1));
}

fn until_refused(address: SocketAddr) {
    let patience = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < patience);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Visitors who come one after the other, each over a connection of its own.
struct Visitors {
    leaving: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl Visitors {
    fn of(address: SocketAddr) -> Visitors {
        let (leaving, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let visit = |number| {
            let (leaving, answered) = (leaving.clone(), answered.clone());
            std::thread::spawn(move || {
                let path = if number % 2 == 0 { "/healthz" } else { "/sign-in" };
                while !leaving.load(Ordering::SeqCst) {
                    let (status, answer) = get(address, path).unwrap();
                    assert_eq!(status, 200, "{answer}");
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        };
        let threads = (0..4).map(visit).collect();
        Visitors { leaving, answered, threads }
    }

    /// Waits for this many answers more.
    fn see_more(&self, count: usize) {
        let (patience, wanted) = (Instant::now() + PATIENCE, self.answered.load(Ordering::SeqCst) + count);
        while self.answered.load(Ordering::SeqCst) < wanted && !self.threads.iter().any(JoinHandle::is_finished) {
            assert!(Instant::now() < patience);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// None of them was turned away.
    fn leave(self) {
        self.leaving.store(true, Ordering::SeqCst);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

fn nobody_is_turned_away_when_a_process_takes_over(house: &House) {
    made(house);
    let mut served = house.serves();
    let address = served.address.to_string();
    let visitors = Visitors::of(served.address);
    for _ in 0..3 {
        visitors.see_more(20);
        let next = house.serves_with(&["--listen", &address, "--take-over"]);
        assert!(served.ends().success(), "{}", served.log());
        served = next;
        visitors.see_more(20);
    }
    visitors.leave();
    served.stops();
    // Where nobody serves, there is nothing to take over.
    house.serves_with(&["--listen", &address, "--take-over"]).stops();
}

/// A socket that outlives the process, as systemd hands it over.
fn nobody_is_turned_away_when_a_supervisor_restarts_it(house: &House) {
    made(house);
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let start = || {
        let program = house.command(&["serve"]);
        let mut shell = Command::new("sh");
        let script = "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" \"$@\"";
        shell.args(["-c", script]).arg(program.get_program()).args(program.get_args());
        shell.stdin(Stdio::from(OwnedFd::from(socket.try_clone().unwrap())));
        house.starts(shell)
    };
    let mut served = start();
    let visitors = Visitors::of(served.address);
    for _ in 0..2 {
        visitors.see_more(20);
        served.stops();
        served = start();
        visitors.see_more(20);
    }
    visitors.leave();
    served.stops();
}

fn who_fails_to_take_over_changes_nothing(house: &House) {
    made(house);
    let served = house.serves();
    let address = served.address.to_string();
    let settings = house.data().join("quittance.toml");
    let before = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("surprise = 1\n{before}")).unwrap();
    house.refuses(&["serve", "--listen", &address, "--take-over"]);
    std::fs::write(&settings, before).unwrap();
    // One that dies after everything was left to it.
    let mut next = UnixStream::connect(house.data().join(format!("serve-{}.sock", served.address.port()))).unwrap();
    next.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut word = [0];
    next.write_all(b"1").unwrap();
    next.read_exact(&mut word).unwrap();
    next.write_all(b"p").unwrap();
    next.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"y");
    drop(next);
    assert_eq!(served.get("/readyz").0, 200);
    let visitors = Visitors::of(served.address);
    visitors.see_more(20);
    let mut served = served;
    let next = house.serves_with(&["--listen", &address, "--take-over"]);
    assert!(served.ends().success());
    visitors.see_more(20);
    visitors.leave();
    next.stops();
}
