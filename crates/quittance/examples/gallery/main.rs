//! Writes every page in every state, with invented data, as static HTML: `target/debug/examples/gallery FOLDER [ACCENT]`,
//! once `cargo build --workspace --example gallery` has built it.
//! `e2e/look.mjs` photographs it and looks for barriers.

mod autopay;
mod credits;
mod frame;
mod invoice;
mod invoices;
mod payments;
mod people;
mod profile;
mod questions;
mod rest;
mod sign_in;
mod taxes;
mod work;

use std::path::{Path, PathBuf};

use askama::Template;
use quittance::web::look;

/// Where the pages go.
struct Gallery {
    folder: PathBuf,
}

impl Gallery {
    /// Writes one page under its name.
    fn hang(&self, name: &str, page: &impl Template) -> std::io::Result<()> {
        let html = page.render().map_err(std::io::Error::other)?;
        std::fs::write(self.folder.join(name).with_extension("html"), html)
    }
}

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| std::io::Error::other("say which folder to write to"))?;
    let accent = std::env::args().nth(2).unwrap_or_else(|| frame::ACCENT.to_owned());
    let gallery = Gallery { folder: Path::new(&folder).to_path_buf() };
    std::fs::create_dir_all(&gallery.folder)?;
    std::fs::write(gallery.folder.join("portal.css"), look::stylesheet(&accent))?;
    std::fs::write(gallery.folder.join("portal.js"), look::script())?;
    sign_in::hang(&gallery)?;
    invoices::hang(&gallery)?;
    invoice::hang(&gallery)?;
    taxes::hang(&gallery)?;
    work::hang(&gallery)?;
    credits::hang(&gallery)?;
    people::hang(&gallery)?;
    payments::hang(&gallery)?;
    profile::hang(&gallery)?;
    autopay::hang(&gallery)?;
    questions::hang(&gallery)?;
    rest::hang(&gallery)
}
