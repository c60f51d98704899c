//! The world typst sees: our templates and one data file, in memory. It refuses every other file, package and the date of today.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts;

/// The path under which the templates read the paper's data.
const DATA: &str = "/paper.json";

/// The first one is the main file. Their paths are constant, because typst keeps every path it ever saw.
const TEMPLATES: [(&str, &str); 7] = [
    ("/invoice.typ", include_str!("../templates/invoice.typ")),
    ("/parts.typ", include_str!("../templates/parts.typ")),
    ("/head.typ", include_str!("../templates/head.typ")),
    ("/stub.typ", include_str!("../templates/stub.typ")),
    ("/recurring.typ", include_str!("../templates/recurring.typ")),
    ("/biweekly.typ", include_str!("../templates/biweekly.typ")),
    ("/plain.typ", include_str!("../templates/plain.typ")),
];

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Parsed once per process.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    TEMPLATES.iter().filter_map(|(path, text)| Some(Source::new(file_id(path)?, (*text).to_owned()))).collect()
});

static DATA_ID: LazyLock<Option<FileId>> = LazyLock::new(|| file_id(DATA));

static MAIN_ID: LazyLock<FileId> = LazyLock::new(|| match SOURCES.first() {
    Some(main) => main.id(),
    None => Source::detached("").id(),
});

fn file_id(path: &str) -> Option<FileId> {
    VirtualPath::new(path).ok().map(|path| RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document's world.
pub struct PaperWorld {
    data: Bytes,
}

impl PaperWorld {
    /// A world in which the templates find this JSON as their data.
    pub fn new(json: String) -> Self {
        Self { data: Bytes::from_string(json) }
    }
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts::book()
    }

    fn main(&self) -> FileId {
        *MAIN_ID
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SOURCES.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if *DATA_ID == Some(id) { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
