//! The typeface: five static weights of Inter, embedded, and the question which characters it can show.
//! No font of the machine is ever used, so that the same paper gives the same bytes everywhere.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

static FILES: [&[u8]; 5] = [
    include_bytes!("../fonts/Inter-Light.otf"),
    include_bytes!("../fonts/Inter-Regular.otf"),
    include_bytes!("../fonts/Inter-Medium.otf"),
    include_bytes!("../fonts/Inter-SemiBold.otf"),
    include_bytes!("../fonts/Inter-Bold.otf"),
];

static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| Font::new(Bytes::new(*file), 0)).collect());

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// What typst chooses from.
pub fn book() -> &'static LazyHash<FontBook> {
    &BOOK
}

/// The font typst asked for by its place in [`book`].
pub fn font(index: usize) -> Option<Font> {
    FONTS.get(index).cloned()
}

/// Whether every weight has a glyph for the character; the weights do not always agree.
pub fn shows(c: char) -> bool {
    FONTS.iter().all(|font| font.info().coverage.contains(u32::from(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_weights_load_and_cover_what_the_templates_write() {
        assert_eq!(FONTS.len(), FILES.len());
        for c in "–−→·…□$€£".chars() {
            assert!(shows(c), "{c}");
        }
        assert!(!shows('😀'));
    }
}
