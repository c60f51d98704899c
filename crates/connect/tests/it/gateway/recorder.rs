//! A small HTTP server in place of Stripe: it writes down each request, checks it against Stripe's own description, and
//! answers what the test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connect::Secret;
use connect::gateway::{Gateway, Stripe, StripeSettings};
use serde_json::Value;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// The query, or the form: names and values in their order.
    pub pairs: Vec<(String, String)>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `POST /v1/refunds`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    Json(u16, Value),
    /// Something else than JSON.
    Text(u16, String),
    /// The connection ends after the request was read.
    HangUp,
}

/// A running server; its thread ends with the test's process.
pub struct Recorder {
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    arrivals: Receiver<Request>,
}

impl Recorder {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (sender, arrivals) = channel();
        let book = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &answer, &book, &sender);
            }
        });
        Self { address, requests, arrivals }
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits for the next one.
    pub fn next(&self) -> Request {
        self.arrivals.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// Stripe, as if it stood here.
    pub fn stripe(&self) -> Gateway {
        stripe_at(&self.address, "sk_test_of_the_tests")
    }
}

pub fn stripe_at(address: &str, key: &str) -> Gateway {
    let settings = StripeSettings {
        secret_key: Secret::from(key.to_owned()),
        webhook_secret: Some(super::secret()),
        api: address.to_owned(),
    };
    Gateway::Stripe(Stripe::new(settings).unwrap())
}

fn serve(stream: TcpStream, answer: &impl Fn(&Request) -> Reply, book: &Mutex<Vec<Request>>, sender: &Sender<Request>) {
    let Some(request) = read(&stream) else { return };
    book.lock().unwrap().push(request.clone());
    let reply = answer(&request);
    drop(sender.send(request));
    let (status, kind, text) = match reply {
        Reply::Json(status, value) => (status, "application/json", value.to_string()),
        Reply::Text(status, text) => (status, "text/html", text),
        Reply::HangUp => return,
    };
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    let mut stream = &stream;
    drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(text.as_bytes())));
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let is_form = headers.iter().any(|(name, value)| name == "content-type" && value.contains("form-urlencoded"));
    let sent = if is_form { String::from_utf8(body.clone()).unwrap() } else { query.to_owned() };
    let url = reqwest::Url::parse(&format!("http://here/?{sent}")).unwrap();
    let pairs = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Some(Request { method, path: path.to_owned(), pairs, headers, body })
}
