//! One-time codes: six digits, or ten letters and digits while an account is under attack.

use crate::keys::Keys;
use crate::random;

/// Crockford's alphabet: none of I, L, O, U, which look like 1, 0 and V.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SHORT: usize = 6;
const LONG: usize = 10;

/// A code. It has no `Debug` and no `Display`; only its MAC is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Six digits.
    pub fn short() -> Self {
        // Numbers that would favour some codes are drawn again.
        const END: u32 = u32::MAX - u32::MAX % 1_000_000;
        let number =
            std::iter::repeat_with(|| u32::from_le_bytes(random::bytes())).find(|number| *number < END).unwrap_or(0);
        Self(format!("{:06}", number % 1_000_000))
    }

    /// Ten characters, 50 bits.
    pub fn long() -> Self {
        let bytes: [u8; LONG] = random::bytes();
        Self(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).copied().map(char::from).collect())
    }

    /// What somebody typed: in any case, with blanks and dashes, with O for 0 and I or L for 1. Nothing where it can be
    /// neither kind of code.
    pub fn typed(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|character| !character.is_whitespace() && !matches!(character, '-' | '\u{2010}'..='\u{2015}'))
            .map(|character| match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let fits = match plain.len() {
            SHORT => plain.bytes().all(|byte| byte.is_ascii_digit()),
            LONG => plain.bytes().all(|byte| ALPHABET.contains(&byte)),
            _ => false,
        };
        fits.then_some(Self(plain))
    }

    /// As it is stored: good for this code of this browser alone.
    pub fn mac(&self, keys: &Keys, token_hash: &[u8; 32]) -> [u8; 32] {
        keys.mac("sign-in code", &[token_hash, self.0.as_bytes()])
    }

    /// For the mail.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Something to read out on the phone: `7Q4-K2M`. It opens nothing.
pub fn trace() -> String {
    let Code(text) = Code::long();
    let (front, back) = (text.get(..3).unwrap_or_default(), text.get(3..6).unwrap_or_default());
    format!("{front}-{back}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_however_they_are_typed() {
        for (typed, read) in [
            ("418027", "418027"),
            (" 418 027 ", "418027"),
            ("418-027", "418027"),
            ("4I8O27", "418027"),
            ("k7q4m-2xw9p", "K7Q4M2XW9P"),
            ("o7q4m 2xwlp", "07Q4M2XW1P"),
        ] {
            assert_eq!(Code::typed(typed).unwrap().reveal(), read);
        }
        for typed in ["", "41802", "4180277", "K7Q4M2XW9U", "K7Q4M2XW9", "K7Q4M2", "４１８０２７"] {
            assert!(Code::typed(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn made_codes_can_be_typed() {
        for _ in 0..500 {
            for code in [Code::short(), Code::long()] {
                assert!(Code::typed(code.reveal()).unwrap() == code);
            }
        }
        assert_eq!(trace().len(), 7);
    }

    #[test]
    fn a_code_is_good_for_one_browser() {
        let (keys, code) = (Keys::generate(), Code::short());
        assert_eq!(code.mac(&keys, &[1; 32]), code.mac(&keys, &[1; 32]));
        assert_ne!(code.mac(&keys, &[1; 32]), code.mac(&keys, &[2; 32]));
        assert_ne!(code.mac(&keys, &[1; 32]), code.mac(&Keys::generate(), &[1; 32]));
    }
}
