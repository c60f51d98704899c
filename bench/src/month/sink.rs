//! A mail server that takes everything and keeps nothing, so that what is measured is the sender.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Result;

/// The server; it listens until the program ends.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    letters: Arc<AtomicUsize>,
}

impl Sink {
    /// Listens on a free port.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, letters) = (listener.local_addr()?, Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&letters);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let letters = Arc::clone(&counted);
                // Whoever hangs up has said all there was to say.
                std::thread::spawn(move || converse(stream, &letters).is_ok());
            }
        });
        Ok(Self { address, letters })
    }

    /// How many letters came.
    pub fn letters(&self) -> usize {
        self.letters.load(Ordering::SeqCst)
    }
}

fn converse(stream: TcpStream, letters: &AtomicUsize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut lines = BufReader::with_capacity(1 << 16, stream);
    answers.write_all(b"220 sink.example ESMTP\r\n")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_slice() {
            b"EHLO" => b"250-sink.example\r\n250 8BITMIME\r\n",
            b"DATA" => {
                answers.write_all(b"354 go on\r\n")?;
                read_letter(&mut lines, &mut line)?;
                letters.fetch_add(1, Ordering::SeqCst);
                b"250 taken\r\n"
            }
            b"QUIT" => return answers.write_all(b"221 bye\r\n"),
            _ => b"250 fine\r\n",
        };
        answers.write_all(answer)?;
    }
}

/// To the line with nothing but a dot.
fn read_letter(lines: &mut BufReader<TcpStream>, line: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        line.clear();
        if lines.read_until(b'\n', line)? == 0 || line.as_slice() == b".\r\n" {
            return Ok(());
        }
    }
}
