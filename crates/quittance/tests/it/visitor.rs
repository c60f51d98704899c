//! Somebody at a real socket: asks, types codes, keeps cookies.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use crate::post_office::PostOffice;
use crate::served::{PATIENCE, ask};

pub struct Visitor {
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub fn of(address: SocketAddr) -> Visitor {
        Visitor { address, cookies: BTreeMap::new() }
    }

    pub fn get(&mut self, path: &str) -> (u16, String) {
        self.send("GET", path, "")
    }

    pub fn post(&mut self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        self.send("POST", path, &serde_urlencoded::to_string(form).unwrap())
    }

    /// Asks for a code: a write.
    pub fn asks(&mut self, email: &str) -> (u16, String) {
        self.post("/sign-in", &[("email", email)])
    }

    /// The newest of `count` codes mailed to this address, where other letters may go, too.
    pub fn code(post: &PostOffice, email: &str, count: usize) -> String {
        let patience = Instant::now() + PATIENCE;
        loop {
            let mut letters = post.to(email);
            letters.retain(|letter| letter.header("Subject").contains("is your code"));
            if letters.len() == count {
                return letters[count - 1].header("Subject").split(' ').next().unwrap().to_owned();
            }
            assert!(Instant::now() < patience, "{} letters to {email}", letters.len());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Signs in with the only code mailed to this address.
    pub fn signs_in(&mut self, post: &PostOffice, email: &str) -> String {
        let (status, answer) = self.asks(email);
        assert_eq!(status, 303, "{answer}");
        let code = Visitor::code(post, email, 1);
        let (status, answer) = self.post("/sign-in/code", &[("code", &code)]);
        assert_eq!(status, 303, "{answer}");
        code
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        let (status, answer) = ask(self.address, &head).unwrap();
        for line in answer.lines().take_while(|line| !line.is_empty()) {
            let Some(cookie) = line.strip_prefix("set-cookie: ") else { continue };
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        (status, answer)
    }
}
