//! Questions about invoices: where one stands after what was said, and what a dispute keeps from being asked for.

use std::collections::BTreeMap;

use crate::account::Role;
use crate::words::words;

words! {
    /// Who says something.
    pub enum Side {
        /// The account's people.
        Customer = "customer",
        /// The provider's.
        Staff = "staff",
    }
}

words! {
    /// Where a question stands.
    pub enum QuestionState {
        /// The provider is to answer.
        Asked = "asked",
        /// The customer is to say whether that answers it.
        Answered = "answered",
        /// Over.
        Settled = "settled",
    }
}

words! {
    /// What a message does.
    pub enum Said {
        /// Begins a question.
        Asked = "asked",
        /// Begins a dispute: an amount is held.
        Disputed = "disputed",
        /// The customer goes on.
        Replied = "replied",
        /// Staff answer; what is held stays held.
        Answered = "answered",
        /// Staff answer, and nothing is held any more.
        Released = "released",
        /// A credit note takes back what is held, or a part of it.
        Credited = "credited",
        /// It is over.
        Settled = "settled",
    }
}

/// Where a question stands, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who is to say something next.
    pub state: QuestionState,
    /// Minor units that nobody asks for while it lasts; 0 where it is no dispute.
    pub held: i64,
}

/// Why something can't be said. The text may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// It is over.
    #[error("This question is settled. Ask a new one where something is left.")]
    Settled,
    /// It never held anything, or doesn't any more.
    #[error("This question holds no amount. Answer it without ending a hold.")]
    NothingHeld,
    /// Nothing of it is open, or it cost nothing.
    #[error("Nothing of this can be held: it cost nothing, or nothing of it is open. Ask a question instead.")]
    NothingToHold,
    /// Less than something, or more than there is to hold.
    #[error("Hold more than nothing, and at most what this costs and is still open.")]
    WrongAmount,
}

impl Standing {
    /// How a question begins; `held` is 0 where it isn't a dispute.
    #[must_use]
    pub const fn first(held: i64) -> Self {
        Self { state: QuestionState::Asked, held }
    }

    /// Where it stands after a message.
    ///
    /// # Errors
    /// `Settled` where it is over, `NothingHeld` where staff end a hold that there is none of.
    pub const fn after(self, said: Said) -> Result<Self, QuestionError> {
        let Self { state, held } = self;
        match (state, said) {
            (QuestionState::Settled, _) => Err(QuestionError::Settled),
            (_, Said::Asked | Said::Disputed | Said::Replied) => Ok(Self { state: QuestionState::Asked, held }),
            (_, Said::Answered) => Ok(Self { state: QuestionState::Answered, held }),
            (_, Said::Released) if held == 0 => Err(QuestionError::NothingHeld),
            (_, Said::Released) => Ok(Self { state: QuestionState::Answered, held: 0 }),
            (_, Said::Credited | Said::Settled) => Ok(Self { state: QuestionState::Settled, held: 0 }),
        }
    }

    /// Where a dispute stands once so many minor units of what it is about were credited: it is over when nothing is
    /// held any more.
    #[must_use]
    pub const fn credited(self, minor: i64) -> Self {
        let held = self.held.saturating_sub(minor);
        if held <= 0 { Self { state: QuestionState::Settled, held: 0 } } else { Self { state: self.state, held } }
    }
}

/// Whether a person says of a question that it is answered: the account's admins, and whoever asked. Who may not pay doesn't
/// end what is held.
#[must_use]
pub fn may_settle<P: PartialEq>(role: Role, (person, asked_by): (P, P), held: i64) -> bool {
    role == Role::Admin || (person == asked_by && (role.may_pay() || held == 0))
}

/// The most that a dispute can hold, minor units: what its line costs with tax, or all of the invoice where it names no
/// line, but not more than is open and not held yet. 0 where nothing can be held.
#[must_use]
pub fn holdable(line: Option<i64>, open: i64, held: i64) -> i64 {
    let free = open.saturating_sub(held);
    line.unwrap_or(free).min(free).max(0)
}

/// The amount that a dispute holds: what was wanted, or all that it can.
///
/// # Errors
/// `NothingToHold` and `WrongAmount`.
pub fn hold(wanted: Option<i64>, most: i64) -> Result<i64, QuestionError> {
    match wanted {
        _ if most <= 0 => Err(QuestionError::NothingToHold),
        None => Ok(most),
        Some(minor) if minor > 0 && minor <= most => Ok(minor),
        Some(_) => Err(QuestionError::WrongAmount),
    }
}

/// What a credit note takes of each dispute, minor units. `disputes` say what they hold and of which line, none of them of
/// all the invoice; `lines` are the credited lines with what is taken of each, tax included; `total` is all of the note.
/// Disputes of a line get what is taken of it, the earlier one first; those of all the invoice what is left then.
#[must_use]
pub fn taken_by_credit(disputes: &[(Option<i64>, i64)], lines: &[(i64, i64)], total: i64) -> Vec<i64> {
    let mut left_of: BTreeMap<i64, i64> = lines.iter().copied().collect();
    let mut left = total;
    let mut taken = vec![0; disputes.len()];
    let (whole, of_lines): (Vec<_>, Vec<_>) = taken.iter_mut().zip(disputes).partition(|(_, (line, _))| line.is_none());
    for (part, (line, held)) in of_lines.into_iter().chain(whole) {
        let mut own = line.map(|line| left_of.entry(line).or_default());
        *part = own.as_deref().copied().unwrap_or(left).min(left).min(*held).max(0);
        left = left.saturating_sub(*part);
        if let Some(own) = own.as_mut() {
            **own = own.saturating_sub(*part);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_outlasts_an_answer_but_not_its_end() {
        let disputed = Standing::first(7_250);
        let answered = disputed.after(Said::Answered).unwrap();
        assert_eq!(answered, Standing { state: QuestionState::Answered, held: 7_250 });
        let again = answered.after(Said::Replied).unwrap();
        assert_eq!(again, disputed);
        let released = again.after(Said::Released).unwrap();
        assert_eq!(released, Standing { state: QuestionState::Answered, held: 0 });
        assert_eq!(released.after(Said::Released), Err(QuestionError::NothingHeld));
        let settled = disputed.after(Said::Settled).unwrap();
        assert_eq!(settled, Standing { state: QuestionState::Settled, held: 0 });
        for said in Said::ALL {
            assert_eq!(settled.after(*said), Err(QuestionError::Settled));
        }
    }

    #[test]
    fn an_admin_settles_everything_and_who_only_looks_ends_no_hold() {
        for (role, asked_by, held, may) in [
            (Role::Admin, 2, 100, true),
            (Role::Payer, 2, 0, false),
            (Role::Payer, 1, 100, true),
            (Role::Viewer, 1, 0, true),
            (Role::Viewer, 1, 100, false),
        ] {
            assert_eq!(may_settle(role, (1, asked_by), held), may, "{role} {asked_by} {held}");
        }
    }

    #[test]
    fn a_credit_lowers_the_hold_until_nothing_is_left() {
        let disputed = Standing::first(7_250);
        assert_eq!(disputed.credited(3_000), Standing { held: 4_250, ..disputed });
        assert_eq!(disputed.credited(7_250).state, QuestionState::Settled);
        assert_eq!(disputed.credited(9_000).held, 0);
    }

    #[test]
    fn a_credit_goes_to_its_lines_first() {
        let disputes = [(None, 1_000), (Some(2), 500), (Some(2), 400), (Some(3), 100)];
        assert_eq!(taken_by_credit(&disputes, &[(2, 700)], 700), [0, 500, 200, 0]);
        assert_eq!(taken_by_credit(&disputes, &[(1, 600), (2, 700)], 1_300), [600, 500, 200, 0]);
        assert_eq!(taken_by_credit(&disputes, &[], 0), [0; 4]);
        assert_eq!(taken_by_credit(&disputes, &[(2, -50), (3, 150)], 100), [0, 0, 0, 100]);
        assert!(taken_by_credit(&[], &[(2, 700)], 700).is_empty());
    }

    #[test]
    fn never_more_is_held_than_is_open() {
        assert_eq!(holdable(Some(7_250), 316_373, 0), 7_250);
        assert_eq!(holdable(Some(7_250), 5_000, 0), 5_000);
        assert_eq!(holdable(None, 5_000, 1_000), 4_000);
        assert_eq!(holdable(Some(-500), 5_000, 0), 0);
        assert_eq!(holdable(Some(500), 5_000, 5_000), 0);
        assert_eq!(hold(None, 4_000), Ok(4_000));
        assert_eq!(hold(Some(1), 4_000), Ok(1));
        assert_eq!(hold(Some(4_001), 4_000), Err(QuestionError::WrongAmount));
        assert_eq!(hold(Some(0), 4_000), Err(QuestionError::WrongAmount));
        assert_eq!(hold(Some(1), 0), Err(QuestionError::NothingToHold));
    }
}
