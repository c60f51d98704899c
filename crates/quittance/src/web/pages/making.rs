//! The answer while documents are being made, and where too many are asked for at once, or nobody knows which.

use askama::Template;

use super::Frame;

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The document of this invoice.
    One(String),
    /// Some of the documents of an archive.
    Several {
        /// Those that are still to be made.
        missing: usize,
        /// All of the archive.
        all: usize,
    },
    /// Nothing: more were asked for than an archive holds, which is so many.
    TooMany(i64),
    /// Nothing: part of the address could not be read.
    Misread,
}

/// `202` of `/invoices/{number}.pdf` and `/invoices.zip`: the browser looks again by itself.
#[derive(Template)]
#[template(path = "making.html")]
pub struct MakingPage {
    /// What stands around it.
    pub frame: Frame,
    /// What is waited for.
    pub waiting: Waiting,
    /// Where to look again.
    pub href: String,
}

impl MakingPage {
    /// The heading.
    pub fn title(&self) -> String {
        match &self.waiting {
            Waiting::One(number) => format!("{number} is being made"),
            Waiting::Several { .. } => "Some PDFs are still being made".to_owned(),
            Waiting::TooMany(_) => "Too many for one download".to_owned(),
            Waiting::Misread => "Part of this address could not be read".to_owned(),
        }
    }

    /// What happens and what to do.
    pub fn text(&self) -> String {
        match &self.waiting {
            Waiting::One(_) => "The PDF takes less than a minute. This page looks again by itself.".to_owned(),
            Waiting::Several { missing, all } => {
                format!("{missing} of {all} are not ready. They go first now, and the download begins by itself.")
            }
            Waiting::TooMany(most) => {
                format!(
                    "One download holds at most {most} PDFs. Choose a later month, one stream or one account, and download the rest after it."
                )
            }
            Waiting::Misread => "No file was made: it would hold more than was asked for.".to_owned(),
        }
    }
}
