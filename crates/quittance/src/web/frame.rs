//! The frame around pages: provider, demo banner, addresses of style and script.

use std::sync::Arc;
use std::sync::OnceLock;

use crate::app::App;
use crate::web::pages::{Demo, Frame, Visitor};
use crate::web::record::Trace;

/// What the outermost layer knows of a request, for whoever makes a page of it.
#[derive(Clone)]
pub struct Asked {
    /// The CSP nonce of the answer.
    pub nonce: String,
    /// What to read out on the phone.
    pub(super) trace: Trace,
    /// Filled once somebody finds out who is signed in; error pages name them as well.
    pub(super) known: Arc<OnceLock<Known>>,
}

/// Who is signed in.
#[derive(Clone)]
pub struct Known {
    pub(super) visitor: Visitor,
    pub(super) session_hash: [u8; 32],
}

/// A frame without visitor, form token and nonce.
pub fn bare_frame(app: &App) -> Frame {
    let look = app.assets.look(&app.provider());
    Frame {
        provider: Arc::clone(&look.provider),
        css: look.css.href.clone(),
        js: look.js.href.clone(),
        icon: look.icon.clone(),
        demo: app.sandbox.then(|| demo(app)),
        ..Frame::default()
    }
}

fn demo(app: &App) -> Demo {
    let today = app.today().strftime("%A, %B %-d, %Y");
    let mailbox = if app.demo_mailbox().is_some() { "/demo/mailbox" } else { "" };
    Demo { sentence: format!("Everything here is invented, and it is {today}."), mailbox: mailbox.to_owned() }
}
