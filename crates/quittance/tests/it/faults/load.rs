//! Too many who are slow, too much at once, and little memory.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Instant;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::export::Export;
use crate::house::{House, is_slow, text};
use crate::served::{PATIENCE, Served, get};

houses!(fault_slow_connections, fault_a_body_without_end, fault_little_memory);

/// What a serving process with its children, or a command, may take at most.
const MEMORY_KB: u64 = 256 * 1024;

fn fault_slow_connections(house: &House) {
    raise_files();
    house.inits(&Export::sample());
    let served = house.serves();
    let count = if is_slow() { 1000 } else { 300 };
    // Half of them never finish asking, half of them never take their answer.
    let slow: Vec<TcpStream> = (0..count)
        .map(|number| {
            let mut stream = TcpStream::connect(served.address).unwrap();
            let ask: &[u8] = if number % 2 == 0 {
                b"GET /sign-in HTTP/1.1\r\nHost: 127."
            } else {
                b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            };
            stream.write_all(ask).unwrap();
            stream
        })
        .collect();
    for _ in 0..100 {
        let (status, page) = get(served.address, "/sign-in").unwrap();
        assert_eq!(status, 200, "{page}");
    }
    assert_eq!(slow.len(), count);
    is_small(&served);
    served.stops();
    house.is_sound();
}

fn raise_files() {
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).unwrap();
}

/// A gigabyte that is announced is refused before it comes; one that isn't is cut off where it becomes too much.
fn fault_a_body_without_end(house: &House) {
    house.inits(&Export::sample());
    let served = house.serves();
    let head = "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let mut told = TcpStream::connect(served.address).unwrap();
    told.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(told, "{head}Content-Length: {}\r\n\r\nemail=", 1 << 30).unwrap();
    let mut answer = [0; 12];
    told.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    let mut untold = TcpStream::connect(served.address).unwrap();
    untold.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(untold, "{head}Transfer-Encoding: chunked\r\n\r\n").unwrap();
    let mut sent = 0_u64;
    let chunk = [&b"10000\r\n"[..], &[b'x'; 65536], b"\r\n"].concat();
    // Until the other side closes, which it does once it has answered.
    while sent < 1 << 30 && untold.write_all(&chunk).is_ok() {
        sent += 65536;
    }
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    is_small(&served);
    assert_eq!(served.get("/sign-in").0, 200);
    served.stops();
    house.is_sound();
}

/// Serving, and a month of the sample from the import to the documents, in 256 MB each.
fn fault_little_memory(house: &House) {
    let export = Export::sample();
    house.inits(&export);
    let most = |arguments: &[&str]| {
        let child = house.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let took = peak_kb(child);
        println!("{arguments:?}: {took} kB");
        assert!(took < MEMORY_KB, "{arguments:?} took {took} kB");
    };
    most(&["import", text(&export)]);
    let months: &[&str] = if is_slow() { &["2026-07", "2026-08", "2026-09"] } else { &["2026-07"] };
    for month in months {
        most(&["run", "recurring", "--for", month, "--approve"]);
    }
    let served = house.serves();
    served.until("/readyz", |status, _| status == 200);
    let patience = Instant::now() + PATIENCE * 5;
    while house.reads(|tx| tx.waiting_jobs()) > 0 {
        assert!(Instant::now() < patience);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    is_small(&served);
    served.stops();
    house.is_sound();
}

fn is_small(served: &Served) {
    // There is one for each core, and a machine with so little memory has no more than two.
    let mut children: Vec<u64> = children(served.pid()).into_iter().filter_map(high_water_kb).collect();
    children.sort_by_key(|kb| std::cmp::Reverse(*kb));
    children.truncate(2);
    let took = high_water_kb(served.pid()).unwrap() + children.iter().sum::<u64>();
    println!("serve: {took} kB, of them {children:?} for rendering");
    assert!(took < MEMORY_KB, "serve took {took} kB");
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// The most memory that a process had in use so far.
fn high_water_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The most memory that a command had in use, as seen until its end.
fn peak_kb(mut child: Child) -> u64 {
    let mut most = 0;
    loop {
        most = high_water_kb(child.id()).unwrap_or(0).max(most);
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return most;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}
