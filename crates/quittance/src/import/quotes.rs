//! Quotes where RFC 4180 has none. The CSV reader takes such a field as well as it can and alters its text without a
//! word, so the bytes are looked through beside it.

use std::collections::VecDeque;

const QUOTE: u8 = b'"';
/// Faults that nobody has asked about yet: a file that has more is refused for these.
const REMEMBERED: usize = 1_000;

/// What is wrong with a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Text follows the quote that closes its field: `"Replaced 24" monitor"`.
    Closes,
    /// It stands in a field that doesn't begin with one: `24" monitor`.
    Bare,
    /// Nothing closes it.
    Open,
}

/// A quote that stands where none may; places are bytes from the beginning of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misplaced {
    pub fault: Fault,
    /// Where it stands.
    pub at: usize,
    /// Where its field was opened, or the same.
    pub opened_at: usize,
}

#[derive(Clone, Copy)]
enum State {
    Outside,
    /// In a field that was opened there.
    Inside(usize),
    /// The last byte was a quote in such a field; the next one says which.
    Closing(usize),
}

/// Looks through a file in the pieces in which it is read.
pub struct Quotes {
    state: State,
    /// Bytes seen so far.
    seen: usize,
    /// The last of them.
    last: u8,
    misplaced: VecDeque<Misplaced>,
}

impl Quotes {
    /// At the beginning of a file.
    pub fn none() -> Self {
        Self { state: State::Outside, seen: 0, last: b'\n', misplaced: VecDeque::new() }
    }

    /// The next bytes of the file. Only quotes and the bytes beside them are looked at.
    pub fn see(&mut self, bytes: &[u8]) {
        let mut place = 0;
        while let Some((first, _)) = bytes.get(place..).and_then(<[u8]>::split_first) {
            if let State::Closing(opened_at) = self.state {
                self.state = self.after_quote(*first, opened_at, self.seen + place);
                self.last = *first;
                place += 1;
                continue;
            }
            let rest = bytes.get(place..).unwrap_or_default();
            let Some(until) = rest.iter().position(|byte| *byte == QUOTE) else {
                self.last = rest.last().copied().unwrap_or(self.last);
                break;
            };
            let before = until.checked_sub(1).and_then(|before| rest.get(before)).copied().unwrap_or(self.last);
            self.state = self.at_quote(before, self.seen + place + until);
            self.last = QUOTE;
            place += until + 1;
        }
        self.seen += bytes.len();
    }

    /// The file has ended.
    pub fn end(&mut self) {
        if let State::Inside(opened_at) = self.state {
            self.tell(Misplaced { fault: Fault::Open, at: opened_at, opened_at });
        }
        self.state = State::Outside;
    }

    /// The first misplaced quote before a place; records are asked about in their order.
    pub fn misplaced_before(&mut self, place: usize) -> Option<Misplaced> {
        let mut first = None;
        while let Some(next) = self.misplaced.front().copied().filter(|next| next.at < place) {
            self.misplaced.pop_front();
            first = first.or(Some(next));
        }
        first
    }

    /// What a quote at a place does, with the byte before it.
    fn at_quote(&mut self, before: u8, at: usize) -> State {
        // A byte-order mark stands before the first field.
        let begins_field = matches!(before, b',' | b'\r' | b'\n') || (at == 3 && before == 0xbf);
        match self.state {
            State::Inside(opened_at) | State::Closing(opened_at) => State::Closing(opened_at),
            State::Outside if begins_field => State::Inside(at),
            State::Outside => {
                self.tell(Misplaced { fault: Fault::Bare, at, opened_at: at });
                State::Outside
            }
        }
    }

    /// What the byte behind a quote in a quoted field makes of it; the reader goes on the same way.
    fn after_quote(&mut self, next: u8, opened_at: usize, at: usize) -> State {
        match next {
            QUOTE => State::Inside(opened_at),
            b',' | b'\r' | b'\n' => State::Outside,
            _ => {
                self.tell(Misplaced { fault: Fault::Closes, at: at.saturating_sub(1), opened_at });
                State::Outside
            }
        }
    }

    fn tell(&mut self, misplaced: Misplaced) {
        if self.misplaced.len() < REMEMBERED {
            self.misplaced.push_back(misplaced);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Misplaced, Quotes};

    /// What is wrong, where, and where its field was opened.
    type Told = (Fault, usize, usize);

    /// What is told of a file, read in pieces of so many bytes.
    fn told(text: &str, piece: usize) -> Vec<Told> {
        let mut quotes = Quotes::none();
        text.as_bytes().chunks(piece).for_each(|bytes| quotes.see(bytes));
        quotes.end();
        let all = std::iter::from_fn(|| {
            let next = quotes.misplaced.front().copied()?;
            quotes.misplaced_before(next.at + 1)
        });
        all.map(|Misplaced { fault, at, opened_at }| (fault, at, opened_at)).collect()
    }

    #[test]
    fn quotes_are_misplaced_where_no_field_begins_or_ends() {
        let fine = "\u{feff}\"a\",b,\"\"\r\n\"one \"\"two\"\"\",\"\"\"\",\"line\nline\"\nlast,\"one\"";
        let cases: [(&str, Vec<Told>); 7] = [
            (fine, Vec::new()),
            ("a,\"24\" screen\"\n", vec![(Fault::Closes, 5, 2), (Fault::Bare, 13, 13)]),
            ("24\" screen,b\n", vec![(Fault::Bare, 2, 2)]),
            ("a, \"b\"\n", vec![(Fault::Bare, 3, 3), (Fault::Bare, 5, 5)]),
            ("a,\"b\nc,d\n", vec![(Fault::Open, 2, 2)]),
            ("a,\"b\nc,\"d\"\n", vec![(Fault::Closes, 7, 2), (Fault::Bare, 9, 9)]),
            ("a,\"b\" \n\"c\",d\n", vec![(Fault::Closes, 4, 2)]),
        ];
        for (text, expected) in cases {
            for piece in 1..=text.len() {
                assert_eq!(told(text, piece), expected, "{text:?} in pieces of {piece}");
            }
        }
    }
}
