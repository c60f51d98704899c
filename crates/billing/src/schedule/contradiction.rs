//! Settings that can't be meant together, each with the sentence that explains it.

use jiff::civil::Date;

use super::{Review, Schedule, StreamSettings, Window};
use crate::calendar::shift;
use crate::run::{RunKey, Stream};

/// Windows and releases are tried on the runs of so many days, which hold every constellation of weekends.
const TRIED_DAYS: i32 = 3 * 366;
/// No span of the settings is longer.
const LONGEST_DAYS: u32 = 90;

/// Why settings can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A key of the other stream.
    #[error("[{stream}] {key} means nothing there: {belongs}")]
    Misplaced {
        /// Where it stands.
        stream: Stream,
        /// The key.
        key: &'static str,
        /// Where it would belong.
        belongs: &'static str,
    },
    /// A number out of its range.
    #[error("[{stream}] {key} = {value} can't be used: it must be from {least} to {most}")]
    OutOfRange {
        /// Whose setting.
        stream: Stream,
        /// The key.
        key: &'static str,
        /// As it was given.
        value: i64,
        /// The least that is possible.
        least: i64,
        /// The most.
        most: i64,
    },
    /// `release` and its days belong together.
    #[error("[{stream}] review = \"release\" and release_after_days belong together: set both, or neither")]
    Release {
        /// Whose setting.
        stream: Stream,
    },
    /// The window closes before it opens.
    #[error(
        "[{stream}] the delivery window opens {after} days after issue and closes {within} days after it: \
         deliver_within_days must be at least deliver_after_days"
    )]
    WindowEndsBeforeItOpens {
        /// Whose setting.
        stream: Stream,
        /// `deliver_after_days`.
        after: u32,
        /// `deliver_within_days`.
        within: u32,
    },
    /// A window in which nobody works.
    #[error(
        "[{stream}] the window of {run}, {} to {}, holds no business day: make deliver_within_days larger, or correct the holidays",
        window.from_on, window.last_on
    )]
    NoBusinessDay {
        /// Whose setting.
        stream: Stream,
        /// The first run that this happens to.
        run: RunKey,
        /// Its window.
        window: Window,
    },
    /// Nothing could be mailed in its window, because the run comes after it.
    #[error(
        "[{stream}] {run} would be made on {run_on}, after the last day of its delivery window, {last_on}: \
         make run_day earlier, issue_day later, or deliver_within_days larger"
    )]
    RunAfterWindow {
        /// Whose setting.
        stream: Stream,
        /// The run.
        run: RunKey,
        /// When it would be made.
        run_on: Date,
        /// The last day on which its invoices may be mailed.
        last_on: Date,
    },
    /// Drafts that approve themselves too late to be mailed in time.
    #[error(
        "[{stream}] the drafts of {run} would approve themselves on {release_on}, after the last day of their delivery window, \
         {last_on}: make release_after_days smaller or deliver_within_days larger"
    )]
    ReleaseAfterWindow {
        /// Whose setting.
        stream: Stream,
        /// The first run that this happens to.
        run: RunKey,
        /// When its drafts would approve themselves.
        release_on: Date,
        /// The last day on which its invoices may be mailed.
        last_on: Date,
    },
}

impl Contradiction {
    /// Whose settings it is about.
    #[must_use]
    pub const fn stream(&self) -> Stream {
        match *self {
            Self::Misplaced { stream, .. }
            | Self::OutOfRange { stream, .. }
            | Self::Release { stream }
            | Self::WindowEndsBeforeItOpens { stream, .. }
            | Self::NoBusinessDay { stream, .. }
            | Self::RunAfterWindow { stream, .. }
            | Self::ReleaseAfterWindow { stream, .. } => stream,
        }
    }
}

impl Schedule {
    /// Whether the settings can be meant, looking at the runs around every holiday and at those of three years at least.
    ///
    /// # Errors
    /// The first contradiction; its sentence says what to change.
    pub fn check(&self) -> Result<(), Contradiction> {
        let (from, until) = self.tried();
        for stream in Stream::ALL.iter().copied() {
            let settings = self.of(stream);
            misplaced(stream, settings)?;
            ranges(stream, settings)?;
            if (settings.review == Review::Release) != (settings.release_after_days > 0) {
                return Err(Contradiction::Release { stream });
            }
            let (after, within) = (settings.deliver_after_days, settings.deliver_within_days);
            if within < after {
                return Err(Contradiction::WindowEndsBeforeItOpens { stream, after, within });
            }
        }
        self.runs_between(from, until).into_iter().try_for_each(|run| self.check_run(run))
    }

    /// From which day to which runs are tried.
    fn tried(&self) -> (Date, Date) {
        let holidays = &self.settings.holidays;
        let from = holidays.first().map_or(self.biweekly_anchor_on, |first| shift(first, -62));
        let from = from.max(self.billing_starts_on);
        let until = shift(from, TRIED_DAYS);
        (from, holidays.last().map_or(until, |last| until.max(shift(last, 62))))
    }

    fn check_run(&self, run: RunKey) -> Result<(), Contradiction> {
        let (stream, run_on, issue_on) = (run.stream(), self.run_on(run), self.issue_on(run));
        let window = self.window(stream, issue_on);
        let last_on = window.last_on;
        if self.settings.holidays.from(window.from_on) > last_on {
            return Err(Contradiction::NoBusinessDay { stream, run, window });
        }
        if run_on > last_on {
            return Err(Contradiction::RunAfterWindow { stream, run, run_on, last_on });
        }
        match self.release_on(run) {
            Some(release_on) if release_on > last_on => {
                Err(Contradiction::ReleaseAfterWindow { stream, run, release_on, last_on })
            }
            _ => Ok(()),
        }
    }
}

fn misplaced(stream: Stream, settings: &StreamSettings) -> Result<(), Contradiction> {
    let month = "agreements are billed once a month; run_day and issue_day belong to [recurring]";
    let grid = "the recurring stream is monthly; cadence belongs to [biweekly]";
    let (key, belongs) = match stream {
        Stream::Biweekly if settings.run_day.is_some() => ("run_day", month),
        Stream::Biweekly if settings.issue_day.is_some() => ("issue_day", month),
        Stream::Recurring if settings.cadence.is_some() => ("cadence", grid),
        _ => return Ok(()),
    };
    Err(Contradiction::Misplaced { stream, key, belongs })
}

fn ranges(stream: Stream, settings: &StreamSettings) -> Result<(), Contradiction> {
    let days = [("run_day", settings.run_day), ("issue_day", settings.issue_day)];
    let days = days.into_iter().filter_map(|(key, day)| Some((key, i64::from(day?), 1, 28)));
    let spans = [
        ("release_after_days", settings.release_after_days),
        ("deliver_after_days", settings.deliver_after_days),
        ("deliver_within_days", settings.deliver_within_days),
        ("min_days_to_due", settings.min_days_to_due),
    ];
    let spans = spans.into_iter().map(|(key, days)| (key, i64::from(days), 0, i64::from(LONGEST_DAYS)));
    for (key, value, least, most) in days.chain(spans) {
        if !(least..=most).contains(&value) {
            return Err(Contradiction::OutOfRange { stream, key, value, least, most });
        }
    }
    Ok(())
}
