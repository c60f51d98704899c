//! No text that people write can break a document: neither the typesetting nor the two standards.

use documents::{covered, render, render_plain};

use crate::papers::{biweekly, permission, recurring, saying};

const HOSTILE: [&str; 18] = [
    "",
    "   ",
    "#read(\"/etc/passwd\")",
    "#import \"@preview/x:1.0.0\": *",
    "*bold* _em_ $x^2$ `raw` <script>alert(1)</script> \\ @ref <label>",
    "= Heading\n- item\n/ term: x // comment /* more",
    "#panic() #{while true {}} ] } ) [ { (",
    "line one\nline two\r\n\r\nline four\ttab",
    "שלום עולם",
    "مرحبا بالعالم",
    "日本語のテキスト",
    "😀 👨\u{200D}👩\u{200D}👧 ❤\u{FE0F} 🇺🇸",
    "a\u{0}b\u{7}\u{1B}[31m\u{7F}\u{202E}gpj.exe\u{2066}\u{FEFF}",
    "Z\u{335}\u{321}\u{31B}a\u{300}\u{301}\u{302}\u{336}lgo e\u{301} ﬁ ffi -> <= (c) 3x4",
    "\u{E000}\u{F8FF}\u{FFFE}\u{FFFF}\u{10FFFF}",
    "\u{AD}\u{200B}\u{2028}\u{2029}\u{85}\u{A0}\u{3000}",
    "=HYPERLINK(\"https://evil.example\")",
    "½ ⅔ № ™ © ∞ ≠ → ■ ● 𝔘 ẞ Ǆ İ",
];

#[test]
fn every_text_goes_everywhere() {
    for text in HOSTILE {
        for paper in [biweekly(), recurring()] {
            let rendered = render(&saying(paper, text));
            assert!(rendered.is_ok(), "{text:?}: {rendered:?}");
        }
        let rendered = render_plain(&permission(text));
        assert!(rendered.is_ok(), "{text:?}: {rendered:?}");
    }
}

#[test]
fn an_agreed_text_runs_over_pages() {
    assert_eq!(render_plain(&permission("You may.")).unwrap().pages, 1);
    assert_eq!(render_plain(&permission(&"You may charge us. ".repeat(600))).unwrap().pages, 3);
}

#[test]
fn every_character_inter_has_passes_both_standards() {
    let shown: Vec<String> =
        (1..0x2_0000_u32).filter_map(char::from_u32).map(String::from).filter(|c| covered(c) == *c).collect();
    assert!(shown.len() > 2_000, "{}", shown.len());
    let mut paper = biweekly();
    paper.notes = Some(shown.chunks(60).map(<[String]>::concat).collect::<Vec<_>>().join("\n"));
    assert!(render(&paper).unwrap().pages > 2);
}

#[test]
fn ten_thousand_characters_without_a_space_run_over_lines() {
    for text in ["x".repeat(10_000), "—".repeat(10_000), "\u{301}".repeat(1_000)] {
        let mut paper = biweekly();
        paper.notes = Some(text.clone());
        paper.tickets.first_mut().unwrap().entries.first_mut().unwrap().notes = text;
        assert!(render(&paper).is_ok());
    }
}
