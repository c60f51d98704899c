//! Text that must stand on one line: names, subjects, answers of a server.

/// `text` on one line of at most `max` characters: control characters and characters that reorder text become
/// spaces, runs of white space become one space, and what is too long ends in an ellipsis.
pub fn one_line(text: &str, max: usize) -> String {
    let spaced: String = text.chars().map(|c| if moves_text(c) { ' ' } else { c }).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    // "=?" opens an encoded word (RFC 2047): a reader would decode what somebody typed as plain text.
    let plain = words.replace("=?", "= ?");
    if plain.chars().count() <= max {
        return plain;
    }
    plain.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

fn moves_text(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn line_breaks_and_controls_become_one_space() {
        assert_eq!(one_line(" a\r\nBcc: b\0\t c\u{7f}\u{85}", 80), "a Bcc: b c");
        assert_eq!(one_line("pdf.\u{202E}exe\u{2028}x", 80), "pdf. exe x");
    }

    #[test]
    fn typed_encoded_words_stay_text() {
        assert_eq!(one_line("=?utf-8?q?=0D=0A?=", 80), "= ?utf-8?q?=0D=0A?=");
        assert_eq!(one_line("==??", 80), "== ??");
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(one_line("ÄÖÜß", 4), "ÄÖÜß");
        assert_eq!(one_line("ÄÖÜßé", 4), "ÄÖÜ…");
    }
}
