//! The frame around the gallery's pages: an invented provider and two of its customers' people.

use std::sync::Arc;

use quittance::web::{
    look,
    pages::{Demo, Frame, Provider, Visitor},
};

/// The accent of the invented provider.
pub const ACCENT: &str = "#0f6b6b";

/// A page for somebody who is not signed in.
pub fn outside() -> Frame {
    let provider = Provider {
        name: "West Prairie Technology".into(),
        legal_name: "West Prairie Technology, Inc.".into(),
        address: "1200 Main Avenue, Suite 4, Willmar, MN 56201".into(),
        phone: "320-555-0150".into(),
        email: "billing@westprairie.example".into(),
        website: "https://www.westprairie.example".into(),
        hours: "Monday to Friday 7:00 am to 6:00 pm Central; emergencies at any hour".into(),
        logo: String::new(),
    };
    Frame {
        icon: look::icon(ACCENT, &provider),
        provider: Arc::new(provider),
        css: "portal.css".into(),
        js: "portal.js".into(),
        csrf: "k3Yp0w".into(),
        ..Frame::default()
    }
}

/// A page for the admin of one account.
pub fn khadra() -> Frame {
    let visitor = Visitor { name: "Khadra Moua".into(), detail: "Northfield Grain & Supply".into(), is_staff: false };
    Frame { visitor: Some(visitor), ..outside() }
}

/// A page for the bookkeeper of six accounts.
pub fn marit() -> Frame {
    let visitor =
        Visitor { name: "Marit Solberg".into(), detail: "marit@solbergbookkeeping.example".into(), is_staff: false };
    Frame { visitor: Some(visitor), ..outside() }
}

/// The same page in a demo.
pub fn demo(frame: Frame) -> Frame {
    let demo = Demo {
        sentence: "Everything here is invented, and it is Friday, November 6, 2026.".into(),
        mailbox: "/demo/mailbox".into(),
    };
    Frame { demo: Some(demo), ..frame }
}
