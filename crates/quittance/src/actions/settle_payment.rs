//! The one way in which a payment learns what became of it: by the direct answer, by an event, by a look-up, in any order and any
//! number of times. What the books don't say yet is booked in the same transaction.

mod book;
mod words;

use billing::payment::{Known, Money, Objection, PaymentState};
use connect::gateway::{Charge, ChargeState, Decline, DisputeState, Method};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::notice::NoticeRow;
use store::payment::{GatewayEventRow, GatewayPaymentRow, PaymentExceptionRow};
use store::{ExceptionId, MethodId, PaymentId, Tx};

use crate::actions::add_method::{Left, keep_new};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::gateway::{class_here, said};
use crate::outbox::notices::{Stamp, notice, stamp};
use book::Books;

/// What there is to learn.
#[expect(clippy::large_enum_variant, reason = "one of them is alive for a moment; a box would only be in the way")]
#[derive(Clone, Debug)]
pub enum News {
    /// How the charge stands. On a page a failed one is not the end: the payer may try again.
    Charge(Charge),
    /// The page is over, and nobody paid on it.
    PageOver,
    /// No answer came; it is asked for then, in real time.
    Unknown { next_at: Timestamp },
    /// The processor was not asked, or wouldn't: nothing moved.
    NotAsked { why: String },
    /// Nothing new; it is asked for again then.
    NothingYet { next_at: Timestamp },
}

/// Everything that is made before the transaction, which may run again.
pub struct Desk {
    app: App,
    method_id: MethodId,
    misfit: Slip,
    /// What the payer is told, and staff.
    told: [Stamp; 2],
    /// What its bookings take their ids from.
    ids: Vec<i64>,
    by: Actor,
    today: Date,
    now: Timestamp,
    real: Timestamp,
}

/// The ids of something that doesn't fit, and of what staff are told of it.
#[derive(Clone, Copy)]
struct Slip {
    exception_id: ExceptionId,
    told: Stamp,
}

impl Slip {
    fn of(app: &App) -> Self {
        Self { exception_id: app.ids.mint(), told: stamp(app) }
    }
}

impl Desk {
    /// For one thing that doesn't fit.
    pub fn of(app: &App) -> Self {
        Self {
            app: app.clone(),
            method_id: app.ids.mint(),
            misfit: Slip::of(app),
            told: [stamp(app), stamp(app)],
            ids: Vec::new(),
            by: Actor::program(app),
            today: app.today(),
            now: app.clock.now(),
            real: app.clock.real(),
        }
    }

    /// For one payment's news.
    async fn for_news(app: &App, payment: PaymentId) -> Result<Self> {
        let parts = app.store.read(move |tx| tx.payment_parts(payment)).await?;
        Ok(Self { ids: app.ids.many(book::ids_for(parts.len())), ..Self::of(app) })
    }
}

/// A payment learns something, once however often it is told.
///
/// # Errors
/// Those of the database.
pub async fn settle_payment(app: &App, payment: PaymentId, news: News) -> Result<()> {
    let desk = Desk::for_news(app, payment).await?;
    app.store.write(move |tx| settle(tx, &desk, payment, &news)).await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

/// The same, with the event that brought it: both stand, or neither.
///
/// # Errors
/// Those of the database.
pub async fn settle_by_event(app: &App, payment: PaymentId, news: News, event: GatewayEventRow) -> Result<()> {
    let desk = Desk::for_news(app, payment).await?;
    let written = app.store.write(move |tx| {
        if tx.insert_or_skip(std::slice::from_ref(&event))? == 0 {
            return Ok(());
        }
        settle(tx, &desk, payment, &news)
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

fn settle(tx: &mut Tx, desk: &Desk, id: PaymentId, news: &News) -> Result<()> {
    let payment = tx.lock_payment(id)?.ok_or(Error::NotFound)?;
    match news {
        News::Charge(charge) => match misfit(&payment, charge) {
            Some(words) => except(tx, desk, &payment, charge, words),
            None => learn(tx, desk, payment, charge),
        },
        News::Unknown { next_at } if payment.state == PaymentState::Asked => {
            tx.replace(&[GatewayPaymentRow { state: PaymentState::Unknown, next_at: *next_at, ..payment }])?;
            Ok(())
        }
        News::Unknown { next_at } | News::NothingYet { next_at } => {
            Ok(tx.replace(&[GatewayPaymentRow { next_at: *next_at, lease_until: Timestamp::UNIX_EPOCH, ..payment }])?)
        }
        News::PageOver if payment.known() == Known::NOTHING && payment.state.is_under_way() => {
            over(tx, payment, PaymentState::Canceled, desk.now)
        }
        News::NotAsked { why } if payment.known() == Known::NOTHING && payment.state.is_under_way() => {
            let decline_class = Some(store::payment::DeclineClass::Soft);
            let payment = GatewayPaymentRow { decline: Some(why.clone()), decline_class, ..payment };
            over(tx, payment, PaymentState::Failed, desk.now)
        }
        News::PageOver | News::NotAsked { .. } => Ok(()),
    }
}

fn over(tx: &mut Tx, payment: GatewayPaymentRow, state: PaymentState, now: Timestamp) -> Result<()> {
    tx.let_go(payment.payment_id)?;
    Ok(tx.replace(&[GatewayPaymentRow {
        state,
        ended_at: Some(now),
        lease_until: Timestamp::UNIX_EPOCH,
        ..payment
    }])?)
}

/// Why a charge is not what the payment asked for; nothing where it is.
fn misfit(payment: &GatewayPaymentRow, charge: &Charge) -> Option<String> {
    let asked = (payment.amount_minor, payment.currency.code());
    let charged = (charge.amount.minor, charge.amount.currency.as_str());
    if charge.reference != payment.number {
        return Some(format!("the charge {} names {:?}, not this payment", charge.id, charge.reference));
    }
    if asked != charged {
        let (own, there) = (said(asked.0, asked.1), said(charged.0, charged.1));
        return Some(format!("{own} was asked for, the charge {} says {there}", charge.id));
    }
    if charge.live != payment.live {
        let (one, other) = if charge.live { ("real", "test") } else { ("test", "real") };
        return Some(format!("the charge {} moved {one} money, the payment is in {other} mode", charge.id));
    }
    match &payment.charge {
        // An attempt that failed is followed by another one under another name.
        Some(known) if *known != charge.id && payment.known().came() && !is_failed(charge) => {
            Some(format!("{known} has paid it already, and now {} has as well", charge.id))
        }
        _ => None,
    }
}

fn is_failed(charge: &Charge) -> bool {
    matches!(charge.state, ChargeState::Failed(_) | ChargeState::Canceled | ChargeState::Processing)
}

fn except(tx: &mut Tx, desk: &Desk, payment: &GatewayPaymentRow, charge: &Charge, words: String) -> Result<()> {
    tracing::warn!(payment = payment.number, charge = charge.id, "a charge doesn't fit its payment");
    let key = format!("{} {} {words}", payment.gateway.as_str(), charge.id);
    Ok(exception(tx, desk, Some(payment.payment_id), (key, words))?)
}

/// Writes down for staff what doesn't fit, once.
///
/// # Errors
/// Those of the database.
pub fn exception(
    tx: &mut Tx,
    desk: &Desk,
    payment_id: Option<PaymentId>,
    (key, words): (String, String),
) -> Result<(), store::Error> {
    write_down(tx, desk.misfit, payment_id, (key, words))
}

fn write_down(
    tx: &mut Tx,
    slip: Slip,
    payment_id: Option<PaymentId>,
    (key, words): (String, String),
) -> Result<(), store::Error> {
    let row = PaymentExceptionRow {
        exception_id: slip.exception_id,
        key,
        payment_id,
        words,
        made_at: slip.told.1,
        resolved_by: None,
        resolved_at: None,
        resolution: None,
    };
    if tx.insert_or_skip(std::slice::from_ref(&row))? == 1 {
        tx.tell_staff(&staff_notice(slip.told, &row))?;
    }
    Ok(())
}

/// What staff are told of something that doesn't fit.
fn staff_notice(stamp: Stamp, row: &PaymentExceptionRow) -> NoticeRow {
    let subject = "A payment needs a person".to_owned();
    let body = format!("{}\n\nNothing was booked for it. `quittance payments exceptions` lists what waits.", row.words);
    notice(stamp, format!("exception {}", row.key), (subject, body))
}

/// What a charge says, in the words of the rules.
fn known(charge: &Charge) -> Known {
    let (money, returned) = match &charge.state {
        ChargeState::Processing => (Money::Processing, false),
        ChargeState::Settled => (Money::Came, false),
        ChargeState::Failed(_) | ChargeState::Canceled => (Money::Failed, false),
        ChargeState::Returned(_) => (Money::Came, true),
    };
    let objection = match charge.dispute.as_ref().map(|dispute| dispute.state) {
        None => Objection::Never,
        Some(DisputeState::Open) => Objection::Open,
        Some(DisputeState::Won) => Objection::Won,
        Some(DisputeState::Lost) => Objection::Lost,
    };
    Known { money, returned, objection, refunded: charge.refunded_minor.clamp(0, charge.amount.minor) }
}

/// Whether an earlier attempt on a page is told of late: it failed, or hadn't ended, and says nothing about the attempt that is under
/// way or has paid.
fn is_stale(payment: &GatewayPaymentRow, charge: &Charge) -> bool {
    let is_other = payment.charge.as_ref().is_some_and(|known| *known != charge.id);
    let news = known(charge).money;
    is_other
        && match payment.money {
            Money::Processing => news == Money::Failed,
            Money::Came => matches!(news, Money::Failed | Money::Processing),
            Money::Nothing | Money::Failed => false,
        }
}

fn learn(tx: &mut Tx, desk: &Desk, mut payment: GatewayPaymentRow, charge: &Charge) -> Result<()> {
    if is_stale(&payment, charge) {
        return Ok(());
    }
    // On a page the payer tries again; only the page's own end is one.
    let is_page_open = payment.page.is_some() && payment.money == Money::Nothing && payment.state.is_under_way();
    let news = match known(charge) {
        Known { money: Money::Failed, .. } if is_page_open => Known::NOTHING,
        news => news,
    };
    let (before, after) = (payment.known(), payment.known().join(news));
    payment.lease_until = Timestamp::UNIX_EPOCH;
    payment.next_at = later(desk.real, payment.looks);
    if payment.charge.is_none() || news.came() || news.money == Money::Processing {
        payment.charge = Some(charge.id.clone());
    }
    // Why no money came counts until it comes; why it went back counts after that.
    match &charge.state {
        ChargeState::Failed(decline) if !after.came() => decline_by(&mut payment, Some(decline)),
        ChargeState::Returned(decline) => decline_by(&mut payment, Some(decline)),
        ChargeState::Settled if !after.returned => decline_by(&mut payment, None),
        _ => {}
    }
    if let Some(method) = &charge.method {
        keep_method(tx, desk, &mut payment, method)?;
    }
    let was = payment.state;
    if let Some(state) = after.state() {
        payment.state = state;
    }
    let mut books = Books::of(desk);
    for deed in after.unbooked(before) {
        books.book(tx, (&payment, charge), deed)?;
    }
    payment.learn(after);
    if after.came() && payment.settled_at.is_none() {
        payment.settled_at = Some(desk.now);
    }
    if !payment.state.is_under_way() {
        tx.let_go(payment.payment_id)?;
        payment.ended_at = payment.ended_at.or(Some(desk.now));
    }
    tx.replace(std::slice::from_ref(&payment))?;
    if payment.state != was {
        book::tell(tx, desk, &payment)?;
    }
    Ok(())
}

fn decline_by(payment: &mut GatewayPaymentRow, decline: Option<&Decline>) {
    payment.decline = decline.map(|decline| decline.code.clone());
    payment.decline_class = decline.map(|decline| class_here(decline.class));
}

/// Looks become rarer: seconds at first, hours for what takes days.
pub fn later(now: Timestamp, looks: i64) -> Timestamp {
    let seconds = 5_i64.saturating_mul(1_i64 << looks.clamp(0, 10));
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// A method that is to be kept is kept, once; of one that isn't, only its words.
fn keep_method(tx: &mut Tx, desk: &Desk, payment: &mut GatewayPaymentRow, method: &Method) -> Result<()> {
    if payment.method_words.is_empty() {
        payment.method_words = format!("{} {}", method.brand, method.last4);
    }
    if !payment.keep || payment.method_id.is_some() || method.id.is_empty() {
        return Ok(());
    }
    let known = tx.methods_by_token(payment.gateway, &method.id)?;
    let id = match known.iter().find(|row| row.account_id == payment.account_id) {
        Some(row) => row.method_id,
        None => {
            let (account, gateway, live, by) = (payment.account_id, payment.gateway, payment.live, payment.person_id);
            let left = Left { account, gateway, live, by, at: desk.now };
            keep_new(tx, (desk.method_id, method), left, &desk.by)?.method_id
        }
    };
    payment.method_id = Some(id);
    Ok(())
}
