//! A small HTTP client that keeps its connection and counts every byte it receives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Result;
use crate::report::per_second;

/// One connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

/// An answer.
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// The cookies it sets, each as `name=value`.
    pub cookies: Vec<String>,
    /// As it came, perhaps compressed.
    pub body: Vec<u8>,
    /// Bytes on the wire, head and framing included.
    pub bytes: usize,
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(1 << 18, stream), host: address.to_string() })
    }

    /// Asks for a path. `headers` are whole lines, each with its CRLF.
    pub fn get(&mut self, path: &str, headers: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.host);
        self.ask(&request)
    }

    /// Sends a form as a browser does from a page of ours; `form` is encoded already.
    pub fn post(&mut self, path: &str, headers: &str, form: &str) -> Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}Sec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.host,
            form.len()
        );
        self.ask(&request)
    }

    /// Sends what a program tells.
    pub fn tell(&mut self, path: &str, headers: &str, body: &str) -> Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.ask(&request)
    }

    fn ask(&mut self, request: &str) -> Result<Answer> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let first = self.line()?;
        let mut bytes = first.len();
        let status = first.split(' ').nth(1).unwrap_or_default().parse()?;
        let (mut length, mut is_chunked, mut cookies) = (0, false, Vec::new());
        loop {
            let line = self.line()?;
            bytes += line.len();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "transfer-encoding" => is_chunked = value.eq_ignore_ascii_case("chunked"),
                "set-cookie" => cookies.extend(value.split(';').next().map(str::to_owned)),
                _ => {}
            }
        }
        let mut body = Vec::new();
        bytes += if is_chunked { self.chunks(&mut body)? } else { self.part(&mut body, length)? };
        Ok(Answer { status, cookies, body, bytes })
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Result<usize> {
        let mut bytes = 0;
        loop {
            let line = self.line()?;
            let length = usize::from_str_radix(line.trim_end(), 16)?;
            bytes += line.len() + self.part(body, length)? + self.line()?.len();
            if length == 0 {
                return Ok(bytes);
            }
        }
    }

    fn part(&mut self, body: &mut Vec<u8>, length: usize) -> Result<usize> {
        let read = self.stream.by_ref().take(u64::try_from(length)?).read_to_end(body)?;
        if read == length { Ok(length) } else { Err("the connection ended in the middle of an answer".into()) }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        if line.is_empty() { Err("the connection ended".into()) } else { Ok(line) }
    }
}

/// A request: a path and the lines of its head.
#[derive(Clone)]
pub struct Request {
    /// Such as `/invoices`.
    pub path: String,
    /// Whole lines.
    pub headers: String,
}

/// Requests a second over `connections` connections at once, each asking one after the other, in an order that is the same
/// every time.
pub fn rate(address: SocketAddr, requests: &Arc<[Request]>, connections: u64, time: Duration) -> Result<f64> {
    let started = Instant::now();
    let threads: Vec<_> = (0..connections)
        .map(|number| {
            let requests = Arc::clone(requests);
            std::thread::spawn(move || ask_until(address, &requests, number, started + time))
        })
        .collect();
    let mut answered = 0;
    for thread in threads {
        answered += thread.join().map_err(|_| "a client panicked")??;
    }
    Ok(per_second(answered, started.elapsed()))
}

fn ask_until(address: SocketAddr, requests: &[Request], number: u64, end: Instant) -> Result<usize> {
    let mut client = Client::connect(address)?;
    let mut dice = Dice(number);
    let mut answered = 0;
    while Instant::now() < end {
        let Some(request) = dice.pick(requests) else { return Ok(0) };
        expect_ok(&client.get(&request.path, &request.headers)?)?;
        answered += 1;
    }
    Ok(answered)
}

/// How long each of `count` answers took in milliseconds, one after the other on one connection.
pub fn latencies(address: SocketAddr, request: &Request, count: usize) -> Result<Vec<f64>> {
    let mut client = Client::connect(address)?;
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let started = Instant::now();
        expect_ok(&client.get(&request.path, &request.headers)?)?;
        took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(took)
}

/// Anything but 200 ends the measurement.
pub fn expect_ok(answer: &Answer) -> Result<()> {
    if answer.status == 200 { Ok(()) } else { Err(format!("answered {}", answer.status).into()) }
}

/// Draws numbers, the same ones every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = u64::try_from(list.len()).ok().filter(|sides| *sides > 0)?;
        usize::try_from((z ^ (z >> 31)) % sides).ok().and_then(|place| list.get(place))
    }
}
