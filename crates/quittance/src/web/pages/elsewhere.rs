//! A page that leads to another site by itself.

use askama::Template;

use super::Frame;

/// The answer of `POST /sign-in/microsoft`.
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub struct ElsewherePage {
    /// What stands around it.
    pub frame: Frame,
    /// The address of the other site.
    pub address: String,
}
