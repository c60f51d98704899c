//! What an address asks for: filters and places. What can't be read counts as not asked, and the page says so.

use billing::{Month, Stream};
use jiff::civil::Date;
use store::portal::{ListFilter, Place, Show, WorkPlace};
use store::scope::AccountScope;

use crate::web::form::storable;
use crate::web::pages::{Link, Notice, NoticeKind};

/// Searches longer than this find nothing that exists.
const LONGEST_SEARCH: usize = 200;

/// The pairs of a query string, decoded; empty values are left out, as a form sends them for what isn't filled in.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pairs: Vec<(String, String)>,
    is_misread: bool,
}

impl Asked {
    /// Reads the part of an address behind `?`.
    pub fn new(query: Option<&str>) -> Self {
        let read: Result<Vec<(String, String)>, _> = serde_urlencoded::from_str(query.unwrap_or_default());
        let is_misread = read.is_err();
        let mut pairs = read.unwrap_or_default();
        pairs.iter_mut().for_each(|(_, value)| *value = storable(value));
        pairs.retain(|(_, value)| !value.is_empty());
        Self { pairs, is_misread }
    }

    /// All values of a name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// The last value of a name, as it stands there.
    fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a name if `read` understands it; else it counts as not asked, and is remembered as misread.
    pub fn value<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?.to_owned();
        let value = read(&text);
        self.is_misread |= value.is_none();
        value
    }

    /// Whether something could not be read.
    pub fn is_misread(&self) -> bool {
        self.is_misread
    }

    /// What was searched.
    fn words(&mut self) -> String {
        let words = self.text("q").unwrap_or_default().trim().to_owned();
        self.is_misread |= words.len() > LONGEST_SEARCH;
        if words.len() > LONGEST_SEARCH { String::new() } else { words }
    }

    /// The one account that is asked for. One that isn't in the scope is like one that doesn't exist.
    pub fn account(&mut self, scope: &AccountScope) -> Option<String> {
        self.value("account", |code| {
            scope.accounts().iter().find(|account| account.code == code).map(|account| account.code.clone())
        })
    }
}

/// What of the list of invoices is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Code of the one account, for people with several.
    pub account: Option<String>,
    /// Group, stream, period.
    pub filter: ListFilter,
    /// What is searched, or empty.
    pub words: String,
    /// Behind which invoice the page begins.
    pub after: Option<Place>,
    /// Part of the address could not be read.
    pub is_misread: bool,
}

impl ListQuery {
    /// Reads the part of an address behind `?`.
    pub fn read(query: Option<&str>, scope: &AccountScope) -> Self {
        let mut asked = Asked::new(query);
        let filter = ListFilter {
            show: asked.value("show", show).unwrap_or_default(),
            stream: asked.value("stream", |text| text.parse::<Stream>().ok()),
            since: asked.value("since", month),
        };
        Self {
            account: asked.account(scope),
            filter,
            words: asked.words(),
            after: asked.value("after", |text| text.parse().ok()),
            is_misread: asked.is_misread,
        }
    }

    /// The address that asks for the same from the beginning: `/invoices` or one of its files.
    pub fn href(&self, path: &str) -> String {
        let show = match self.filter.show {
            Show::All => "",
            Show::Open => "open",
            Show::Paid => "paid",
        };
        let since = self.filter.since.map(|month| month.to_string()).unwrap_or_default();
        let pairs = [
            ("account", self.account.as_deref().unwrap_or_default()),
            ("show", show),
            ("stream", self.filter.stream.map_or("", Stream::as_str)),
            ("since", &since),
            ("q", &self.words),
        ];
        href(path, &pairs)
    }

    /// The address of the page behind a place.
    pub fn next_href(&self, after: Place) -> String {
        let first = self.href("/invoices");
        let sign = if first.contains('?') { '&' } else { '?' };
        format!("{first}{sign}after={after}")
    }

    /// The same with another group shown.
    pub fn showing(&self, show: Show) -> Self {
        Self { filter: ListFilter { show, ..self.filter }, ..self.clone() }
    }

    /// What the search looks for: amounts are stored without their sign, so `$3,163.73` looks for `3,163.73`.
    pub fn needle(&self) -> &str {
        match self.words.strip_prefix(['$', '€', '£']) {
            Some(amount) if amount.starts_with(|c: char| c.is_ascii_digit()) => amount,
            _ => &self.words,
        }
    }

    /// The accounts that are asked for.
    pub fn scope(&self, scope: &AccountScope) -> AccountScope {
        chosen(self.account.as_deref(), scope)
    }
}

/// What of the list of work is asked for.
#[derive(Clone, Debug, Default)]
pub struct WorkQuery {
    /// Code of the one account, for people with several.
    pub account: Option<String>,
    /// Only this month.
    pub month: Option<Month>,
    /// What is searched, or empty.
    pub words: String,
    /// Behind which piece of work the page begins.
    pub after: Option<WorkPlace>,
    /// Part of the address could not be read.
    pub is_misread: bool,
}

impl WorkQuery {
    /// Reads the part of an address behind `?`.
    pub fn read(query: Option<&str>, scope: &AccountScope) -> Self {
        let mut asked = Asked::new(query);
        Self {
            account: asked.account(scope),
            month: asked.value("month", month),
            words: asked.words(),
            after: asked.value("after", |text| text.parse().ok()),
            is_misread: asked.is_misread,
        }
    }

    /// The address that asks for the same from the beginning, or behind a place.
    pub fn href(&self, after: Option<WorkPlace>) -> String {
        let month = self.month.map(|month| month.to_string()).unwrap_or_default();
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let account = self.account.as_deref().unwrap_or_default();
        href("/work", &[("account", account), ("month", &month), ("q", &self.words), ("after", &after)])
    }

    /// The accounts that are asked for.
    pub fn scope(&self, scope: &AccountScope) -> AccountScope {
        chosen(self.account.as_deref(), scope)
    }
}

/// What a page says when part of its address could not be read. `all` leads to the page without filters.
pub fn misread(all: &str) -> Notice {
    Notice {
        kind: NoticeKind::Neutral,
        first: "Part of this address could not be read.".to_owned(),
        rest: "That part was left out.".to_owned(),
        link: Some(Link::new(all, "Start from the whole list")),
    }
}

fn chosen(account: Option<&str>, scope: &AccountScope) -> AccountScope {
    account.and_then(|code| scope.only(code)).unwrap_or_else(|| scope.clone())
}

fn show(text: &str) -> Option<Show> {
    match text {
        "open" => Some(Show::Open),
        "paid" => Some(Show::Paid),
        "all" => Some(Show::All),
        _ => None,
    }
}

/// A month that dates can be counted with: years of four digits.
fn month(text: &str) -> Option<Month> {
    let month: Month = text.parse().ok()?;
    let is_usual = (1900..=9000).contains(&month.first().year());
    (is_usual && month.first() > Date::ZERO).then_some(month)
}

/// A path with those pairs that have a value.
pub fn href(path: &str, pairs: &[(&str, &str)]) -> String {
    let filled: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(filled) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}
