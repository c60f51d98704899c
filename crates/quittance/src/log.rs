//! The log: lines for people or JSON for machines, on standard error, without anybody's address.

use std::io::{IsTerminal, Write, stderr};
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// Begins to log what `filter` lets through (`RUST_LOG` says otherwise).
pub fn start(filter: &str, format: Format) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(filter));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(|| Masked(stderr()));
    match format {
        Format::Text => log.with_ansi(stderr().is_terminal()).init(),
        Format::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
}

/// From now on a panic is a line of the log like others: where it happened, and its words only where they are a constant
/// of the program. Words made at run time may hold what people sent.
pub fn catch_panics() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload().downcast_ref::<&str>().copied().unwrap_or("");
        tracing::error!(place, words, "a panic");
    }));
}

/// Writes everything but e-mail addresses: mail servers like to repeat them in what they refuse.
struct Masked<W>(W);

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.contains(&b'@') {
            self.0.write_all(masked(&String::from_utf8_lossy(bytes)).as_bytes())?;
        } else {
            self.0.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// The text with `[address]` in the place of every e-mail address, the ids of our own messages left as they are.
fn masked(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at);
        let start = before.rfind(|c: char| !is_of_address(c)).map_or(0, |place| {
            place + before.get(place..).and_then(|end| end.chars().next()).map_or(1, char::len_utf8)
        });
        let end =
            after.char_indices().skip(1).find(|(_, c)| !is_of_address(*c)).map_or(after.len(), |(place, _)| place);
        let (kept, name) = before.split_at(start);
        let (host, next) = after.split_at(end);
        result.push_str(kept);
        if kept.trim_end_matches(['"', ':', '=', ' ']).ends_with("message_id") {
            result.push_str(name);
            result.push_str(host);
        } else {
            result.push_str("[address]");
        }
        rest = next;
    }
    result.push_str(rest);
    result
}

fn is_of_address(c: char) -> bool {
    c.is_alphanumeric() || "._%+-!#$&'*/?^`{|}~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn addresses_are_masked() {
        let cases = [
            ("550 <alice@acme.example>: no such mailbox", "550 <[address]>: no such mailbox"),
            ("alice.archer+x@acme.example", "[address]"),
            ("to=\"bob@acme.example\" and jörg@näher.example.", "to=\"[address]\" and [address]"),
            ("message_id=\"invoice.INV-1.7@provider.example\"", "message_id=\"invoice.INV-1.7@provider.example\""),
            (
                "{\"message_id\":\"code.7@p.example\",\"to\":\"a@b\"}",
                "{\"message_id\":\"code.7@p.example\",\"to\":\"[address]\"}",
            ),
            ("nothing here", "nothing here"),
        ];
        for (text, expected) in cases {
            assert_eq!(masked(text), expected);
        }
    }
}
