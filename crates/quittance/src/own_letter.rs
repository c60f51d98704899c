//! The HTML of a mail whose text the provider wrote: the same words, in paragraphs.

use askama::Template;
use store::provider::ProviderRow;

use crate::error::{Error, Result};
use crate::web::look::ink_accent;

#[derive(Template)]
#[template(path = "mail/own.html")]
struct Html<'a> {
    provider: &'a ProviderRow,
    accent: &'a str,
    title: &'a str,
    /// Their lines.
    paragraphs: Vec<Vec<Vec<Word<'a>>>>,
}

/// A piece of a line.
struct Word<'a> {
    text: &'a str,
    /// Whether it is an address of the portal.
    leads: bool,
}

/// The words of `text` as HTML. Addresses of the portal become links; nothing else in it is read as markup.
///
/// # Errors
/// `Internal` where the template is wrong: a bug.
pub fn html(provider: &ProviderRow, portal: &str, title: &str, text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n");
    let filled = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let paragraphs = filled.map(|paragraph| paragraph.lines().map(|line| words(line, portal)).collect()).collect();
    Html { provider, accent: &ink_accent(&provider.accent), title, paragraphs }.render().map_err(Error::internal)
}

fn words<'a>(line: &'a str, portal: &str) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    for word in line.split_inclusive(char::is_whitespace) {
        let begin = word.find(portal).unwrap_or(word.len());
        let (before, rest) = word.split_at(begin);
        let address = rest.trim_end().trim_end_matches(['.', ',', ';', ':', '?', ')', ']', '>', '"']);
        let leads = address.strip_prefix(portal).is_some_and(|path| path.is_empty() || path.starts_with('/'));
        let (address, rest) = rest.split_at(if leads { address.len() } else { 0 });
        words.extend([(before, false), (address, leads), (rest, false)].map(|(text, leads)| Word { text, leads }));
    }
    words.retain(|word| !word.text.is_empty());
    words
}
