//! Text from outside, made printable: every character stays itself, what the typeface lacks becomes a box,
//! what is invisible goes, and long words get places where a line may break.

use serde::Serialize;

use crate::fonts;

/// Stands where a character has no glyph; PDF/A and PDF/UA refuse a file with a missing one.
const BOX: char = '\u{25A1}';

/// What stays together in a word that is too long for its column, in the breadths of [`breadth`].
const PIECE: usize = 3;

/// The text as it will be printed: line breaks kept as `\n`, a tab as a space, control and invisible characters dropped,
/// and a box for each character that Inter lacks. The same text gives the same result everywhere.
#[must_use]
pub fn covered(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' '..='~' => printed.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => printed.push('\n'),
            '\t' => printed.push(' '),
            _ if c.is_control() || is_invisible(c) => {}
            _ if is_private(c) || !fonts::shows(c) => printed.push(BOX),
            _ => printed.push(c),
        }
    }
    printed
}

/// Marks that have no shape of their own: joiners, direction overrides (which could reorder an amount), variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The private areas: Inter keeps alternate shapes there, and PDF/A refuses text that refers to them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Text for the template: one string, or lines of pieces between which a line may break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Printed {
    Plain(String),
    Lines(Vec<Line>),
}

/// One line of [`Printed`] text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Line {
    Plain(String),
    Pieces(Vec<String>),
}

impl Printed {
    /// Text that keeps its line breaks; words broader than `word` may break inside.
    pub fn block(text: &str, word: usize) -> Self {
        let text = covered(text);
        let lines: Vec<Line> = text.trim_end().split('\n').map(|line| Line::of(line, word)).collect();
        match lines.as_slice() {
            [Line::Plain(only)] => Self::Plain(only.clone()),
            _ => Self::Lines(lines),
        }
    }

    /// Text of one line: its line breaks become spaces; words broader than `word` may break inside.
    pub fn line(text: &str, word: usize) -> Self {
        match Line::of(&one_line(text), word) {
            Line::Plain(only) => Self::Plain(only),
            pieces @ Line::Pieces(_) => Self::Lines(vec![pieces]),
        }
    }
}

impl Line {
    fn of(line: &str, word: usize) -> Self {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let (mut run, mut room) = (0_usize, word);
        for c in line.chars() {
            run = run.saturating_add(breadth(c));
            if c == ' ' {
                (run, room) = (0, word);
            } else if run > room {
                pieces.push(std::mem::take(&mut piece));
                (run, room) = (breadth(c), PIECE);
            }
            piece.push(c);
        }
        if pieces.is_empty() {
            return Self::Plain(piece);
        }
        pieces.push(piece);
        Self::Pieces(pieces)
    }
}

/// How broad a character is at most, where 1 is a figure or a usual small letter, about 0.6 em.
fn breadth(c: char) -> usize {
    let is_usual = c.is_ascii_lowercase() || c.is_ascii_digit() || " .,:;!'()[]/|-".contains(c);
    if is_usual && c != 'm' && c != 'w' { 1 } else { 2 }
}

/// The text as one printable line.
pub fn one_line(text: &str) -> String {
    covered(text.trim()).replace('\n', " ")
}

/// One printable line of at most `limit` characters, for places that cannot grow, such as the footer.
pub fn clipped(text: &str, limit: usize) -> String {
    let line = one_line(text);
    if line.chars().count() <= limit {
        return line;
    }
    line.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_what_it_is() {
        for text in ["#read(\"/etc/passwd\")", "*bold* $x$ _y_ `z` <script>", "Peña & Søn – 5 °C", "=1+1"] {
            assert_eq!(covered(text), text);
        }
    }

    #[test]
    fn what_has_no_glyph_becomes_a_box_and_what_is_invisible_goes() {
        assert_eq!(covered("ok \u{1F468}\u{200D}\u{1F469} 日本"), "ok □□ □□");
        assert_eq!(covered("a\u{0}b\u{7}c\u{202E}d\u{FEFF}e\tf"), "abcde f");
        assert_eq!(covered("one\r\ntwo\rthree\u{2028}four"), "one\ntwo\nthree\nfour");
        assert_eq!(covered("\u{E000}\u{FFFE}"), "□□");
    }

    #[test]
    fn a_long_word_may_break_and_loses_nothing() {
        let word = "x".repeat(100);
        let Printed::Lines(lines) = Printed::block(&word, 20) else { panic!("not broken") };
        let [Line::Pieces(pieces)] = lines.as_slice() else { panic!("one line") };
        assert_eq!(pieces.concat(), word);
        assert!(pieces.iter().skip(1).all(|p| p.len() <= PIECE));
        assert_eq!(Printed::block("short words only", 20), Printed::Plain("short words only".to_owned()));
    }

    #[test]
    fn broad_letters_break_sooner() {
        assert_eq!(Printed::line("abcdef", 6), Printed::Plain("abcdef".to_owned()));
        let pieces = ["WWW", "W", "W"].map(str::to_owned).to_vec();
        assert_eq!(Printed::line("WWWWW", 6), Printed::Lines(vec![Line::Pieces(pieces)]));
    }

    #[test]
    fn places_that_cannot_grow_are_clipped() {
        assert_eq!(clipped("Northfield Grain", 10), "Northfiel…");
        assert_eq!(clipped("a\nb", 10), "a b");
    }
}
