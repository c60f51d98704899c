//! The provider's accent and what is made from it: the stylesheet, the favicon, the sign-in button for other sites.

use crate::web::pages::Provider;

const CSS: &str = concat!(
    include_str!("../../assets/portal.css"),
    include_str!("../../assets/questions.css"),
    include_str!("../../assets/office.css")
);
const SCRIPT: &str = include_str!("../../assets/portal.js");
/// The accent the stylesheet has by itself.
const OWN_ACCENT: Rgb = Rgb(0x0f, 0x6b, 0x6b);
const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);
const BLACK: Rgb = Rgb(0, 0, 0);
/// Page colour of the dark look; the same as in the stylesheet.
const DARK_PAPER: Rgb = Rgb(0x10, 0x16, 0x15);

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rgb(u8, u8, u8);

impl Rgb {
    /// Reads `#0f6b6b` or `#0ff`; `None` for anything else.
    fn parse(hex: &str) -> Option<Self> {
        let digits = hex.trim().strip_prefix('#')?;
        let doubled: String = match digits.len() {
            3 => digits.chars().flat_map(|c| [c, c]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let channel = |at: usize| u8::from_str_radix(doubled.get(at..at + 2)?, 16).ok();
        Some(Self(channel(0)?, channel(2)?, channel(4)?))
    }

    fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// This colour with `percent` of another in it.
    fn mixed(self, other: Self, percent: u32) -> Self {
        let percent = percent.min(100);
        let mix = |a: u8, b: u8| {
            let sum = u32::from(a) * (100 - percent) + u32::from(b) * percent;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast as WCAG 2 defines it, from 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The first mixture with `toward` that has the contrast against `paper`; itself when it has it already.
    fn until(self, toward: Self, paper: Self, contrast: f64) -> Self {
        let steps = (0..=100).map(|percent| self.mixed(toward, percent));
        steps.into_iter().find(|shade| shade.contrast(paper) >= contrast).unwrap_or(toward)
    }
}

/// The stylesheet of the portal with the provider's accent (`#rrggbb`) in it; an accent that is no colour keeps the portal's own.
pub fn stylesheet(accent: &str) -> String {
    let css = squeezed(CSS);
    match Rgb::parse(accent) {
        None | Some(OWN_ACCENT) => css,
        Some(accent) => css + &accent_tokens(accent),
    }
}

/// The accent as text or a button has it on white: darkened until white on it is read. Pages in the light have the same.
pub fn ink_accent(accent: &str) -> String {
    Rgb::parse(accent).unwrap_or(OWN_ACCENT).until(BLACK, WHITE, 4.5).hex()
}

/// The script of the portal.
pub fn script() -> &'static str {
    SCRIPT
}

/// Later rules of a layer win, so these tokens replace the stylesheet's own.
fn accent_tokens(accent: Rgb) -> String {
    let light = accent.until(BLACK, WHITE, 4.5);
    let dark = accent.until(WHITE, DARK_PAPER, 7.0);
    let tokens = |accent: Rgb, press: Rgb, on: Rgb, wash: Rgb| {
        format!(
            ":root{{--accent:{};--accent-press:{};--on-accent:{};--wash:{}}}",
            accent.hex(),
            press.hex(),
            on.hex(),
            wash.hex()
        )
    };
    let on_dark = dark.mixed(BLACK, 84);
    format!(
        "@layer tokens{{{}@media(prefers-color-scheme:dark){{{}}}}}",
        tokens(light, light.mixed(BLACK, 22), WHITE, WHITE.mixed(light, 9)),
        tokens(dark, dark.mixed(WHITE, 25), on_dark, DARK_PAPER.mixed(dark, 15)),
    )
}

/// CSS without comments and without blanks nobody needs. The stylesheet holds no string with a comment or a double blank in it.
fn squeezed(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .collect::<Vec<_>>()
        .join("\n")
        .replace(" {", "{")
        .replace(": ", ":")
        .replace(";\n}", "}")
        .replace(";\n", ";")
        .replace("{\n", "{")
}

/// A favicon as a `data:` address: the provider's first initial on the accent. It costs no request.
pub fn icon(accent: &str, provider: &Provider) -> String {
    let accent = ink_accent(accent);
    let initial = provider.initials().chars().find(char::is_ascii_alphanumeric).map(String::from).unwrap_or_default();
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='6' fill='%23{}'/%3E%3Ctext x='16' y='23' font-family='sans-serif' font-size='20' font-weight='700' text-anchor='middle' fill='%23fff'%3E{initial}%3C/text%3E%3C/svg%3E",
        accent.trim_start_matches('#')
    )
}

/// The sign-in button as HTML that stands on its own on any site. The address must be the configured one: it is not escaped.
pub fn button_snippet(accent: &str, sign_in_url: &str) -> String {
    let accent = ink_accent(accent);
    format!(
        "<a href=\"{sign_in_url}\"\n   style=\"display:inline-block;padding:12px 24px;border-radius:6px;\n   background:{accent};color:#fff;font:500 16px/24px system-ui,sans-serif;\n   text-decoration:none\">Login to My Billing Portal</a>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_that_is_dark_enough_stays() {
        assert!(accent_tokens(Rgb(0x1f, 0x4e, 0x9a)).contains("--accent:#1f4e9a"));
    }

    #[test]
    fn every_accent_is_readable_in_both_looks() {
        for accent in
            ["#ffe600", "#ffffff", "#000000", "#7f7f7f", "#e4002b", "#00ff00"].iter().filter_map(|hex| Rgb::parse(hex))
        {
            let light = accent.until(BLACK, WHITE, 4.5);
            assert!(light.contrast(WHITE) >= 4.5, "{}", accent.hex());
            let dark = accent.until(WHITE, DARK_PAPER, 7.0);
            assert!(
                dark.contrast(DARK_PAPER) >= 4.5 && dark.contrast(dark.mixed(BLACK, 84)) >= 4.5,
                "{}",
                accent.hex()
            );
        }
    }

    #[test]
    fn what_is_no_colour_changes_nothing() {
        assert_eq!(stylesheet("teal"), stylesheet("#0f6b6b"));
        assert_eq!(stylesheet("#12"), stylesheet(""));
    }

    #[test]
    fn squeezing_keeps_what_matters() {
        assert_eq!(squeezed("/* a */ a > b {\n  color: red;\n}\n"), "a > b{color:red}");
    }
}
