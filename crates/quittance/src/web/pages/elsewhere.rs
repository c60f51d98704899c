//! A page that leads to another site by itself.

use askama::Template;

use super::Frame;

/// The answer of a button that leads to another site: a form can't be redirected there, the policy allows no foreign targets.
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub struct ElsewherePage {
    /// What stands around it.
    pub frame: Frame,
    /// The address of the other site.
    pub address: String,
    /// `On to Microsoft`.
    pub title: &'static str,
    /// `You sign in there, and come back here.`
    pub lead: &'static str,
    /// `Continue to Microsoft`.
    pub button: &'static str,
}

impl ElsewherePage {
    /// To the page on which somebody signs in.
    pub fn to_microsoft(frame: Frame, address: String) -> Self {
        let (title, lead) = ("On to Microsoft", "You sign in there, and come back here.");
        Self { frame, address, title, lead, button: "Continue to Microsoft" }
    }

    /// To the page on which somebody pays.
    pub fn to_processor(frame: Frame, address: String) -> Self {
        let (title, lead) = ("On to our payment company", "You enter your card or account there, and come back here.");
        Self { frame, address, title, lead, button: "Continue" }
    }
}
