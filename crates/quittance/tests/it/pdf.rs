//! The words of a PDF of ours, as a reader finds them: what its pages show, through the maps of their fonts.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

/// An object: its dictionary, and its stream unpacked.
struct Object {
    dictionary: String,
    stream: Vec<u8>,
}

type Objects = BTreeMap<u32, Object>;

/// What glyphs of a font mean.
type Glyphs = BTreeMap<u16, String>;

/// Everything that is shown, page after page, a blank after each piece.
pub fn text(pdf: &[u8]) -> String {
    let objects = objects(pdf);
    let pages = objects.values().filter(|object| object.dictionary.contains("/Type/Page/"));
    let shown: String = pages.map(|page| page_text(page, &objects)).collect();
    assert!(!shown.trim().is_empty(), "a PDF without words");
    shown
}

fn objects(pdf: &[u8]) -> Objects {
    let mut found = Objects::new();
    for at in places(pdf, b" 0 obj\n") {
        let digits = pdf[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&pdf[at - digits..at]).unwrap().parse().unwrap();
        let body = &pdf[at + 7..];
        let body = &body[..places(body, b"endobj").next().unwrap()];
        let (dictionary, packed) = match places(body, b"stream\n").next() {
            Some(begin) => (&body[..begin], &body[begin + 7..]),
            None => (body, &body[..0]),
        };
        let mut stream = Vec::new();
        // What isn't packed, or is a font, has no words.
        let _ = ZlibDecoder::new(packed).read_to_end(&mut stream);
        found.insert(number, Object { dictionary: String::from_utf8_lossy(dictionary).into_owned(), stream });
    }
    found
}

fn places<'a>(bytes: &'a [u8], mark: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(mark.len()).enumerate().filter(move |(_, window)| *window == mark).map(|(at, _)| at)
}

/// The object that a key of a dictionary refers to.
fn referred<'a>(dictionary: &str, key: &str, objects: &'a Objects) -> &'a Object {
    let number = dictionary.split(key).nth(1).unwrap().trim_start().split(' ').next().unwrap();
    &objects[&number.parse().unwrap()]
}

fn page_text(page: &Object, objects: &Objects) -> String {
    let resources = &referred(&page.dictionary, "/Resources", objects).dictionary;
    let fonts = resources.split("/Font<<").nth(1).unwrap().split(">>").next().unwrap();
    let fonts = fonts.split('/').filter(|font| !font.is_empty()).map(|font| {
        let (name, _) = font.split_once(' ').unwrap();
        let font = referred(&format!("/{font}"), &format!("/{name}"), objects);
        (name.to_owned(), glyphs(&referred(&font.dictionary, "/ToUnicode", objects).stream))
    });
    shown(&referred(&page.dictionary, "/Contents", objects).stream, &fonts.collect())
}

/// The map of a font: lines like `<0001> <0057>`.
fn glyphs(map: &[u8]) -> Glyphs {
    let map = String::from_utf8_lossy(map);
    let lines = map.split("beginbfchar").skip(1).flat_map(|part| part.split("endbfchar").next().unwrap().lines());
    let pairs = lines.filter_map(|line| line.trim().strip_prefix('<')?.strip_suffix('>')?.split_once("> <"));
    let units = |hex: &str| -> Vec<u16> {
        (0..hex.len() / 4).map(|at| u16::from_str_radix(&hex[at * 4..at * 4 + 4], 16).unwrap()).collect()
    };
    pairs.map(|(glyph, means)| (units(glyph)[0], String::from_utf16(&units(means)).unwrap())).collect()
}

/// What a page's instructions show.
fn shown(content: &[u8], fonts: &BTreeMap<String, Glyphs>) -> String {
    let (mut words, mut font, mut strings) = (String::new(), String::new(), Vec::new());
    let mut at = 0;
    while at < content.len() {
        match content[at] {
            b'(' => strings.extend(string(content, &mut at)),
            b'/' | b'A'..=b'Z' | b'a'..=b'z' => {
                let token = token(content, &mut at);
                match token.strip_prefix('/') {
                    Some(name) if fonts.contains_key(name) => font = name.to_owned(),
                    Some(_) => {}
                    None if matches!(token.as_str(), "Tj" | "TJ") => {
                        for glyph in strings.chunks_exact(2) {
                            words.push_str(&fonts[&font][&u16::from_be_bytes([glyph[0], glyph[1]])]);
                        }
                        strings.clear();
                    }
                    None if token == "ET" => words.push(' '),
                    None => strings.clear(),
                }
            }
            b'<' if content.get(at + 1) != Some(&b'<') && content[at - 1] != b'<' => {
                let hex: String =
                    content[at + 1..].iter().take_while(|byte| **byte != b'>').map(|byte| char::from(*byte)).collect();
                at += hex.len() + 2;
                strings.extend(
                    (0..hex.len() / 2).map(|place| u8::from_str_radix(&hex[place * 2..place * 2 + 2], 16).unwrap()),
                );
            }
            _ => at += 1,
        }
    }
    words
}

/// A name or an operator.
fn token(content: &[u8], at: &mut usize) -> String {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"()<>[]/".contains(byte);
    let length = 1 + content[*at + 1..].iter().take_while(|byte| !ends(byte)).count();
    let token = String::from_utf8_lossy(&content[*at..*at + length]).into_owned();
    *at += length;
    token
}

/// A string in parentheses, with its escapes.
fn string(content: &[u8], at: &mut usize) -> Vec<u8> {
    let (mut bytes, mut depth) = (Vec::new(), 0);
    loop {
        let byte = content[*at];
        *at += 1;
        match byte {
            b'(' if depth == 0 => depth = 1,
            b')' if depth == 1 => return bytes,
            b'\\' => {
                let escaped = content[*at];
                let digits = content[*at..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                *at += digits.max(1);
                bytes.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    _ if digits > 0 => {
                        let octal = std::str::from_utf8(&content[*at - digits..*at]).unwrap();
                        u8::try_from(u32::from_str_radix(octal, 8).unwrap()).unwrap()
                    }
                    other => other,
                });
            }
            byte => {
                depth += i32::from(byte == b'(') - i32::from(byte == b')');
                bytes.push(byte);
            }
        }
    }
}
