//! Payment processors: they move money that we only write about.
//!
//! Every call that could move money carries a key of ours. Who asks again with the same key gets the same charge, and a
//! charge can be looked up by it: so an answer that got lost is found again, and nothing is charged twice.

mod decline;
pub mod sandbox;
mod signature;
pub mod stripe;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use sandbox::{Sandbox, SandboxSettings};
pub use stripe::{Stripe, StripeSettings};

/// The processors there are.
#[derive(Clone)]
pub enum Gateway {
    /// Stripe.
    Stripe(Stripe),
    /// Of the demo and the tests.
    Sandbox(Sandbox),
}

/// What a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MethodKind {
    /// A credit or debit card.
    Card,
    /// A bank account that is debited.
    Bank,
}

/// An amount as processors take it: minor units, and the ISO code in capitals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// More than 0.
    pub minor: i64,
    /// `USD`.
    pub currency: String,
}

/// Asks for a page of the processor's on which somebody pays, or leaves a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAsk {
    /// Names the deed: asked twice, there is one page.
    pub key: String,
    /// Our payment, or the account whose method it is to be; comes back with everything about it.
    pub reference: String,
    /// What is to be paid; nothing where only a method is left.
    pub amount: Option<Amount>,
    /// A card or a bank account.
    pub kind: MethodKind,
    /// Whether the method is kept for later charges.
    pub keep: Keep,
    /// The customer at the processor's, where there is one already.
    pub customer: Option<String>,
    /// For a new customer there, and for the receipt: name and e-mail address.
    pub payer: (String, String),
    /// What the visitor reads there: `Invoices INV-20299 and INV-20517`.
    pub words: String,
    /// Where the visitor comes back to after paying.
    pub done_url: String,
    /// Where they come back to if they don't.
    pub back_url: String,
}

/// Whether a method is kept after its first use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// It may be charged again, as its mandate says.
    ForLater,
    /// This once.
    Once,
}

/// A page of the processor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedPage {
    /// The processor's name of it.
    pub id: String,
    /// Where to send the visitor; on the processor's host.
    pub url: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// How far a page is.
#[expect(clippy::large_enum_variant, reason = "one of them is alive for a moment; a box would only be in the way")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageState {
    /// Nobody has finished it.
    Open,
    /// Somebody has: the charge, where something was to be paid, and the method, where it is kept.
    Done { charge: Option<Charge>, method: Option<Method> },
    /// It can't be used any more, and nothing was paid.
    Expired,
}

/// Asks for a charge of a kept method without its owner present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeAsk {
    /// Names the payment and the attempt.
    pub key: String,
    /// Our payment.
    pub reference: String,
    /// What to take.
    pub amount: Amount,
    /// The customer and the method, as the processor names them.
    pub customer: String,
    /// As the processor names it.
    pub method: String,
    /// What it is.
    pub kind: MethodKind,
    /// What stands on the statement of the card or account.
    pub words: String,
}

/// A charge as the processor knows it. What it says only ever grows: a later look holds what an earlier one held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The processor's name of it.
    pub id: String,
    /// The key it was asked with; empty where the processor doesn't give it back.
    pub key: String,
    /// Our payment; empty where it isn't ours.
    pub reference: String,
    /// Asked for.
    pub amount: Amount,
    /// Whether real money moved.
    pub live: bool,
    /// Where it stands.
    pub state: ChargeState,
    /// Given back so far, minor units.
    pub refunded_minor: i64,
    /// Of disputes, the newest.
    pub dispute: Option<Dispute>,
    /// What the processor keeps, minor units, where it is known.
    pub fee_minor: Option<i64>,
    /// What was charged.
    pub method: Option<Method>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Where a charge stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChargeState {
    /// The bank has it: a debit takes days.
    Processing,
    /// The money is ours.
    Settled,
    /// No money came, and none will by this attempt.
    Failed(Decline),
    /// It was taken back before anything moved.
    Canceled,
    /// The bank gave the money back after it was ours: `R10`.
    Returned(Decline),
}

/// Why no money came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// The processor's or the network's own code: `insufficient_funds`, `R01`.
    pub code: String,
    /// What it means for trying again.
    pub class: DeclineClass,
}

/// What a decline means for trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineClass {
    /// Later it may work: not enough money, the bank was busy.
    Soft,
    /// It never will: lost, stolen, closed, not allowed. No second attempt with this method.
    Hard,
    /// The owner must say yes on the bank's own page.
    Authentication,
    /// The bank says that the debit was not permitted: never again without a new mandate (R05, R07, R10, R29).
    NoPermission,
}

/// A payer's objection at their bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The processor's name of it.
    pub id: String,
    /// `fraudulent`, `product_not_received`, as the network says it.
    pub reason: String,
    /// What is disputed, minor units; the processor holds it back until the outcome.
    pub amount_minor: i64,
    /// How it stands.
    pub state: DisputeState,
    /// Until when evidence can be sent.
    pub due_at: Option<Timestamp>,
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// The money is held back.
    Open,
    /// It came back to us.
    Won,
    /// It is gone.
    Lost,
}

/// A kept or used method, as far as anybody may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// The processor's name of it; empty where it isn't kept.
    pub id: String,
    /// The customer it is kept with; empty where it isn't.
    pub customer: String,
    /// A card or an account.
    pub kind: MethodKind,
    /// `Visa`; of an account the bank's name.
    pub brand: String,
    /// Its last four digits.
    pub last4: String,
    /// The last day on which a card can be charged.
    pub expires_on: Option<Date>,
    /// Whether it may be charged: of an account, whether its owner has shown that it is theirs.
    pub is_verified: bool,
}

/// Asks for money to go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAsk {
    /// Names the deed.
    pub key: String,
    /// The processor's name of the charge.
    pub charge: String,
    /// How much.
    pub amount: Amount,
}

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The processor's name of it.
    pub id: String,
    /// The key it was asked with.
    pub key: String,
    /// The charge.
    pub charge: String,
    /// How much.
    pub amount: Amount,
    /// Where it stands.
    pub state: RefundState,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// On its way.
    Pending,
    /// It arrived, or will.
    Done,
    /// It came back to us.
    Failed,
}

/// What the processor sent to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// The processor's name of it.
    pub id: String,
    /// What arrives, after fees.
    pub amount: Amount,
    /// When.
    pub arrives_on: Date,
    /// Of what it is made.
    pub parts: Vec<PayoutPart>,
}

/// A part of a payout. `gross_minor - fee_minor` over all parts is the payout's amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutPart {
    /// What it is for.
    pub what: PayoutPartKind,
    /// The charge, where it is about one.
    pub charge: Option<String>,
    /// Our payment, where the processor tells it.
    pub reference: Option<String>,
    /// Minor units; negative where money went away: refunds, disputes.
    pub gross_minor: i64,
    /// What the processor kept of it.
    pub fee_minor: i64,
}

/// What a part of a payout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutPartKind {
    /// A charge that settled.
    Charge,
    /// Money that went back.
    Refund,
    /// A dispute or a bank's return took it, or its end gave it back.
    Dispute,
    /// A fee for nothing of the above, and what we don't know.
    Other,
}

/// Something that the processor tells by itself. The same one may come twice, late, and in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The processor's name of it: each is taken once.
    pub id: String,
    /// The processor's word for it: `charge.refunded`.
    pub kind: String,
    /// When it happened.
    pub made_at: Timestamp,
    /// Whether it is about real money.
    pub live: bool,
    /// What it says.
    pub what: News,
}

/// What an event says.
#[expect(clippy::large_enum_variant, reason = "one of them is alive for a moment; a box would only be in the way")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// This is how a charge stands. Of a failed attempt on a page as well, after which the visitor may try again.
    Charge(Charge),
    /// About a charge, whose state has to be asked for: the event doesn't hold it whole.
    AskCharge { charge: String, reference: String },
    /// A page was finished or ran out; to be asked for.
    Page { page: String, reference: String },
    /// This is how a refund stands.
    Refund(Refund),
    /// A method changed: a card was replaced or its expiry moved; an account was verified.
    Method(Method),
    /// Something about a method, whose state has to be asked for: its name there.
    AskMethod(String),
    /// A method can't be charged any more: its name there.
    MethodGone(String),
    /// A payout left, or failed to.
    Payout(String),
    /// Nothing that we act on; it is kept.
    Other,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The processor has not been asked; nothing happened. It may be asked again.
    #[error("the payment processor can't be reached: {0}")]
    Unreachable(String),
    /// It may have been done or not: only a look-up tells.
    #[error("the payment processor's answer did not reach us: {0}")]
    Unknown(String),
    /// The processor won't do it; nothing happened. Asking again the same changes nothing.
    #[error("the payment processor refused: {0}")]
    Refused(String),
}

/// Why a message that calls itself an event is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    /// Who sent it doesn't know the secret, or it is too old.
    #[error("the signature is wrong: {0}")]
    Signature(String),
    /// It can't be read.
    #[error("the event can't be read: {0}")]
    Unreadable(String),
    /// No secret is set, so nothing can be checked and nothing is taken.
    #[error("no secret for events is set")]
    NoSecret,
}

/// Passes a call on to whichever processor it is.
macro_rules! ask {
    ($self:ident . $call:ident ( $($argument:expr),* )) => {
        match $self {
            Self::Stripe(stripe) => stripe.$call($($argument),*).await,
            Self::Sandbox(sandbox) => sandbox.$call($($argument),*).await,
        }
    };
}

impl Gateway {
    /// `stripe` or `sandbox`: as it stands in addresses and in the database.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stripe(_) => "stripe",
            Self::Sandbox(_) => "sandbox",
        }
    }

    /// Whether real money moves.
    #[must_use]
    pub fn is_live(&self) -> bool {
        match self {
            Self::Stripe(stripe) => stripe.is_live(),
            Self::Sandbox(_) => false,
        }
    }

    /// Opens a page, or gives the one opened with the same key.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn open_page(&self, ask: &PageAsk) -> Result<HostedPage, Trouble> {
        ask!(self.open_page(ask))
    }

    /// How far a page is.
    ///
    /// # Errors
    /// `Trouble`; `Refused` where there is no such page.
    pub async fn page(&self, page: &str) -> Result<PageState, Trouble> {
        ask!(self.page(page))
    }

    /// Ends a page, so that nobody can pay on it any more; fine where it is over already.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn end_page(&self, page: &str) -> Result<(), Trouble> {
        ask!(self.end_page(page))
    }

    /// Charges a kept method, or gives the charge made with the same key. A decline is an answer.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn charge(&self, ask: &ChargeAsk) -> Result<Charge, Trouble> {
        ask!(self.charge(ask))
    }

    /// A charge by the processor's name of it.
    ///
    /// # Errors
    /// `Trouble`; `Refused` where there is none.
    pub async fn look_at(&self, charge: &str) -> Result<Charge, Trouble> {
        ask!(self.look_at(charge))
    }

    /// The charges of a payment of ours, oldest first; none: it was never asked for. Looked for from `since` on.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn find(&self, reference: &str, since: Timestamp) -> Result<Vec<Charge>, Trouble> {
        ask!(self.find(reference, since))
    }

    /// Sends money back.
    ///
    /// # Errors
    /// `Trouble`; `Refused` where it is more than is left.
    pub async fn refund(&self, ask: &RefundAsk) -> Result<Refund, Trouble> {
        ask!(self.refund(ask))
    }

    /// A method as it stands now.
    ///
    /// # Errors
    /// `Trouble`; `Refused` where there is none.
    pub async fn method(&self, method: &str) -> Result<Method, Trouble> {
        ask!(self.method(method))
    }

    /// The processor forgets a kept method; fine where it has already.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn forget_method(&self, method: &str) -> Result<(), Trouble> {
        ask!(self.forget_method(method))
    }

    /// Every charge made from an instant on, oldest first.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn charges(&self, since: Timestamp) -> Result<Vec<Charge>, Trouble> {
        ask!(self.charges(since))
    }

    /// The payouts that arrived from a day on, oldest first.
    ///
    /// # Errors
    /// `Trouble`.
    pub async fn payouts(&self, since: Date) -> Result<Vec<Payout>, Trouble> {
        ask!(self.payouts(since))
    }

    /// The event of a message that was taken before: its signature was right then.
    ///
    /// # Errors
    /// `Unreadable`.
    pub fn read_kept(&self, body: &[u8]) -> Result<Event, BadEvent> {
        match self {
            Self::Stripe(_) => Stripe::read_kept(body),
            Self::Sandbox(_) => Sandbox::read_kept(body),
        }
    }

    /// The event of a message, if its signature is right.
    ///
    /// # Errors
    /// `BadEvent`.
    pub fn read_event(&self, body: &[u8], signature: &str, now: Timestamp) -> Result<Event, BadEvent> {
        match self {
            Self::Stripe(stripe) => stripe.read_event(body, signature, now),
            Self::Sandbox(sandbox) => sandbox.read_event(body, signature, now),
        }
    }
}
