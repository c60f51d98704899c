//! Starts `e2e/smtpd.py` and reads what arrived there.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use connect::mail::{Security, Settings, Smtp};
use serde::Deserialize;
use tempfile::TempDir;

/// A running server; it ends with this value.
pub struct Relay {
    process: Child,
    folder: TempDir,
    pub port: u16,
}

/// One letter as Python's e-mail package reads it.
#[derive(Debug, Deserialize)]
pub struct Arrived {
    pub envelope: Envelope,
    pub peer: (String, u16),
    pub encrypted: bool,
    pub user: Option<String>,
    pub headers: Vec<(String, String)>,
    pub people: std::collections::BTreeMap<String, Vec<(String, String)>>,
    pub structure: Vec<String>,
    pub defects: Vec<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<Enclosed>,
    pub sha256: String,
    pub is_ascii: bool,
    pub longest_line_bytes: usize,
    pub has_bare_line_ends: bool,
}

#[derive(Debug, Deserialize)]
pub struct Envelope {
    pub hello: String,
    pub from: String,
    pub to: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Enclosed {
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: usize,
    pub sha256: String,
}

impl Arrived {
    /// All values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// What every letter must be, whatever it holds.
    pub fn assert_well_formed(&self) {
        assert_eq!(self.defects, [""; 0]);
        assert!(self.is_ascii && !self.has_bare_line_ends, "{self:?}");
        assert!(self.longest_line_bytes <= 998, "{} bytes in a line", self.longest_line_bytes);
        assert_eq!(self.header("Auto-Submitted"), ["auto-generated"]);
        assert_eq!(self.header("X-Auto-Response-Suppress"), ["All"]);
        for once in ["From", "Subject", "Message-ID", "Date", "MIME-Version", "Content-Type"] {
            assert_eq!(self.header(once).len(), 1, "{once}: {:?}", self.headers);
        }
        let known = [
            "From",
            "Reply-To",
            "To",
            "Cc",
            "Subject",
            "Message-ID",
            "Date",
            "MIME-Version",
            "Content-Type",
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
        ];
        let strangers: Vec<_> = self.headers.iter().filter(|(name, _)| !known.contains(&name.as_str())).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    }
}

impl Relay {
    /// A plain one.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With further arguments for the script.
    pub fn start_with(arguments: &[&str]) -> Self {
        let python = std::env::var("QUITTANCE_TEST_PYTHON").unwrap_or_else(|_| {
            panic!("QUITTANCE_TEST_PYTHON must name a Python that has aiosmtpd; `cargo xtask test` sees to that")
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/smtpd.py");
        let folder = TempDir::new().unwrap();
        let mut command = Command::new(python);
        command.arg(script).arg(folder.path()).args(arguments).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("smtpd.py did not start: {line:?}"));
        Self { process, folder, port }
    }

    /// How to reach it.
    pub fn settings(&self) -> Settings {
        settings(self.port)
    }

    /// A sender to it.
    pub fn smtp(&self) -> Smtp {
        Smtp::new(self.settings()).unwrap()
    }

    /// All letters in order of arrival.
    pub fn arrived(&self) -> Vec<Arrived> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
        files.sort();
        files.iter().map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
    }

    /// The one letter that arrived.
    pub fn only_letter(&self) -> Arrived {
        let mut arrived = self.arrived();
        assert_eq!(arrived.len(), 1);
        arrived.remove(0)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Plain SMTP to a port of this machine.
pub fn settings(port: u16) -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port,
        login: None,
        security: Security::None,
        authority_pem: None,
        timeout_s: 10,
        hello_name: "billing.provider.example".to_owned(),
        connections: 4,
        return_path: None,
        signer: None,
    }
}
