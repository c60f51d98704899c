//! The mail server of tests, `e2e/smtpd.py`, and what arrived there.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use tempfile::TempDir;

use crate::house::{House, python, root};

/// A running server; it ends with this value.
pub struct PostOffice {
    process: Child,
    folder: TempDir,
    pub port: u16,
}

/// A letter as Python's e-mail package reads it.
#[derive(Clone, Debug, Deserialize)]
pub struct Arrived {
    pub envelope: Envelope,
    pub headers: Vec<(String, String)>,
    #[serde(default)]
    pub people: std::collections::BTreeMap<String, Vec<(String, String)>>,
    pub text: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<Enclosed>,
    /// What dkimpy says of the signature; nothing where there is none.
    pub dkim: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Envelope {
    pub to: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Enclosed {
    pub file_name: String,
    pub media_type: String,
    pub sha256: String,
}

impl PostOffice {
    /// A server on a free port.
    pub fn open() -> PostOffice {
        PostOffice::on(0)
    }

    /// A server on this port.
    pub fn on(port: u16) -> PostOffice {
        PostOffice::start(port, 10)
    }

    /// A server on a free port that answers a letter to `x+slow@` after so many seconds.
    pub fn slow(seconds: u32) -> PostOffice {
        PostOffice::start(0, seconds)
    }

    fn start(port: u16, slow_s: u32) -> PostOffice {
        let folder = TempDir::with_prefix("quittance-post-").unwrap();
        let mut command = Command::new(python());
        command.arg(root().join("e2e/smtpd.py")).arg(folder.path()).args(["--port", &port.to_string()]);
        command.args(["--slow", &slow_s.to_string()]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("e2e/smtpd.py didn't start; it needs aiosmtpd"));
        PostOffice { process, folder, port }
    }

    /// Every letter, in the order of arrival.
    pub fn letters(&self) -> Vec<Arrived> {
        let mut names: Vec<_> =
            std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        names.sort();
        names.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// The DKIM record that DNS shows from now on.
    pub fn shows_key(&self, record: &str) {
        std::fs::write(self.folder.path().join("dkim.txt"), record).unwrap();
    }

    /// Every letter to one address, once there is one.
    pub fn until_to(&self, email: &str) -> Vec<Arrived> {
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while self.to(email).is_empty() {
            assert!(std::time::Instant::now() < patience, "no letter to {email}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        self.to(email)
    }

    /// Every letter to one address.
    pub fn to(&self, email: &str) -> Vec<Arrived> {
        self.letters().into_iter().filter(|letter| letter.envelope.to == [email]).collect()
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Arrived {
    /// The value of a header that stands once.
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, value) = values.next().unwrap();
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }

    /// The addresses of `To` or `Cc`.
    pub fn addresses(&self, header: &str) -> Vec<&str> {
        self.people.get(header).into_iter().flatten().map(|(_, address)| address.as_str()).collect()
    }
}

impl House {
    /// Writes the mail server into `quittance.toml`.
    pub fn mails_to(&self, port: u16) {
        let path = self.data().join("quittance.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        let settings = settings.replacen("host = \"\"", "host = \"127.0.0.1\"", 1);
        let settings = settings.replacen("port = 587", &format!("port = {port}"), 1);
        let settings = settings.replacen("security = \"starttls\"", "security = \"none\"", 1);
        std::fs::write(path, settings).unwrap();
    }

    /// Replaces a line of `quittance.toml`.
    pub fn has_settings(&self, line: &str, with: &str) {
        let path = self.data().join("quittance.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        assert!(settings.contains(line), "no {line:?} in {settings}");
        std::fs::write(path, settings.replacen(line, with, 1)).unwrap();
    }

    /// Lets every digest be tried again at once.
    pub fn hurries_digests(&self) {
        self.changes("UPDATE digest SET next_at = 0 WHERE state = 'waiting'");
    }

    /// Lets every waiting letter be tried again at once.
    pub fn tries_again(&self) {
        let raw = rusqlite::Connection::open(self.data().join("quittance.db")).unwrap();
        let changed = raw.execute("UPDATE mail_recipient SET next_at = 0 WHERE state = 'waiting'", []).unwrap();
        assert!(changed > 0);
    }

    /// Every waiting letter was tried for days, and once more is the last time.
    pub fn has_tried_for_days(&self) {
        self.changes("UPDATE mail_recipient SET attempts = 24 WHERE state = 'waiting'");
    }

    /// Whoever has claimed letters has them no longer.
    pub fn loses_leases(&self) {
        self.changes("UPDATE mail_recipient SET lease_until = 1 WHERE state = 'waiting'");
    }

    fn changes(&self, sql: &str) {
        match self.location() {
            store::Location::Sqlite(path) => {
                rusqlite::Connection::open(path).unwrap().execute(sql, []).unwrap();
            }
            location @ store::Location::Postgres(_) => store::testing::command_in(&location, sql),
        }
    }
}
