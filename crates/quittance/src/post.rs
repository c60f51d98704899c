//! Mails that must not rest in the database, codes above all: a short queue in memory, and whether mail works at all.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connect::mail::{Accepted, Address, Letter, Mailer, Refusal};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc};

use crate::app::{App, Inner};

/// How many letters may wait.
const QUEUE: usize = 256;
/// How many are on their way at once; the relay takes four connections of ours.
const AT_ONCE: usize = 4;
/// The waits before a letter is tried again. Later than that the person has asked for another code.
const RETRIES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(15)];
/// How often to look whether all is sent, at the end.
const LOOK: Duration = Duration::from_millis(20);
/// How often a silent mail server is asked whether it is back.
const PROBE: Duration = Duration::from_secs(30);
/// After this a server that didn't answer is asked once more before it counts as silent.
const SECOND_LOOK: Duration = Duration::from_secs(3);
/// How long its answer counts while nobody doubts it.
const ANSWER_COUNTS: Duration = Duration::from_secs(300);
/// How far back the code of a letter may have been asked for.
const NOTED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// A letter that waits.
struct Queued {
    letter: Letter,
    is_for_nobody: bool,
}

/// The queue and the state of mail.
pub struct Post {
    letters: mpsc::Sender<Queued>,
    waiting: Mutex<Option<mpsc::Receiver<Queued>>>,
    under_way: AtomicUsize,
    down_since: Mutex<Option<Timestamp>>,
    doubt: Notify,
    alarmed: AtomicBool,
}

impl Default for Post {
    fn default() -> Self {
        let (letters, waiting) = mpsc::channel(QUEUE);
        Self {
            letters,
            waiting: Mutex::new(Some(waiting)),
            under_way: AtomicUsize::new(0),
            down_since: Mutex::default(),
            doubt: Notify::new(),
            alarmed: AtomicBool::new(false),
        }
    }
}

impl Post {
    /// Since when the mail server doesn't answer; nothing while it does.
    pub fn down_since(&self) -> Option<Timestamp> {
        *self.down_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more letter can wait.
    pub fn has_room(&self) -> bool {
        self.letters.capacity() > 0
    }

    /// Queues a letter to its only recipient. A full queue drops it, with a word in the log.
    pub fn send(&self, letter: Letter) {
        self.queue(Queued { letter, is_for_nobody: false });
    }

    /// Queues a letter that goes nowhere. Whoever watches how long answers take can't tell it from one that is sent: the
    /// same is made and written after the answer.
    pub fn pretend(&self, letter: Letter) {
        self.queue(Queued { letter, is_for_nobody: true });
    }

    fn queue(&self, queued: Queued) {
        if self.letters.try_send(queued).is_err() {
            tracing::error!("a letter was dropped: too many wait");
        }
    }

    /// Waits until no letter waits and none is under way.
    pub async fn is_settled(&self) {
        while self.letters.capacity() < QUEUE || self.under_way.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Sets the alarm on or off; true where that is news.
    pub fn set_alarm(&self, on: bool) -> bool {
        self.alarmed.swap(on, Ordering::Relaxed) != on
    }

    /// Learns from a letter of the outbox: one that was taken proves that mail works; one that reached nobody has the server
    /// asked. A server that puts off a run's letters says nothing of a code.
    pub fn hear(&self, outcome: &Result<Accepted, Refusal>, now: Timestamp) {
        match outcome {
            Ok(_) => self.note(Ok(()), now),
            Err(Refusal::Unreachable(_)) => self.doubt.notify_one(),
            Err(_) => {}
        }
    }

    fn note(&self, outcome: Result<(), &Refusal>, now: Timestamp) {
        let mut down_since = self.down_since.lock().unwrap_or_else(PoisonError::into_inner);
        match (outcome, *down_since) {
            (Ok(()), Some(since)) => {
                tracing::info!(%since, "mail works again");
                *down_since = None;
            }
            (Err(refusal), None) => {
                tracing::warn!(%refusal, "mail is down");
                *down_since = Some(now);
            }
            _ => {}
        }
    }
}

impl Inner {
    /// Whether letters can't be sent now: no mail server is set, or it doesn't answer.
    pub fn mail_is_down(&self) -> bool {
        self.mailer.is_none() || self.post.down_since().is_some()
    }
}

/// Sends what is queued and watches the mail server; never ends. One for each process: a second one returns at once.
pub async fn work(app: App) {
    let waiting = app.post.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (Some(mut waiting), Some(mailer)) = (waiting, app.mailer.clone()) else { return };
    let letters = futures_util::stream::poll_fn(move |context| waiting.poll_recv(context));
    let sending = letters.for_each_concurrent(AT_ONCE, |queued| send(app.clone(), mailer.clone(), queued));
    tokio::join!(sending, watch(&app, &mailer));
}

async fn send(app: App, mailer: Mailer, Queued { letter, is_for_nobody }: Queued) {
    app.post.under_way.fetch_add(1, Ordering::SeqCst);
    let words = if is_for_nobody { composed(&letter) } else { send_patiently(&app, &mailer, &letter).await };
    note(&app, &letter, words).await;
    app.post.under_way.fetch_sub(1, Ordering::SeqCst);
}

/// Writes a letter out as the mailer does, and leaves it at that.
fn composed(letter: &Letter) -> String {
    match letter.mime() {
        Ok(_) => "made, and not sent: the address is nobody's".to_owned(),
        Err(refusal) => refusal.to_string(),
    }
}

/// Writes down what became of a code's letter, for whoever helps on the phone.
async fn note(app: &App, letter: &Letter, words: String) {
    let Some(trace) = trace_of(letter) else { return };
    let since = app.clock.real().saturating_sub(NOTED_FOR).unwrap_or(Timestamp::MIN);
    if let Err(error) = app.store.write(move |tx| tx.note_code_mail(&trace, &words, since)).await {
        tracing::warn!(%error, "what became of a letter could not be noted");
    }
}

/// The trace number in the Message-ID of a code's letter.
fn trace_of(letter: &Letter) -> Option<String> {
    let trace = letter.message_id.strip_prefix("sign-in.")?.split('.').next()?;
    (trace != "alarm").then(|| trace.to_owned())
}

/// Sends a letter, a few times if need be; gives what the mail server said last.
async fn send_patiently(app: &App, mailer: &Mailer, letter: &Letter) -> String {
    let Some(recipient) = letter.to.first() else { return String::new() };
    for wait in RETRIES {
        match attempt(app, mailer, letter, recipient).await {
            Outcome::Done(words) => return words,
            Outcome::Again(_) => tokio::time::sleep(wait).await,
        }
    }
    match attempt(app, mailer, letter, recipient).await {
        Outcome::Done(words) => words,
        Outcome::Again(words) => {
            tracing::warn!(message_id = letter.message_id, "a letter was given up");
            format!("given up: {words}")
        }
    }
}

enum Outcome {
    Done(String),
    Again(String),
}

async fn attempt(app: &Inner, mailer: &Mailer, letter: &Letter, recipient: &Address) -> Outcome {
    match mailer.send(letter, recipient).await {
        Ok(accepted) => {
            app.metrics.mailed("accepted");
            tracing::info!(message_id = letter.message_id, "a letter was accepted");
            app.post.note(Ok(()), app.clock.real());
            Outcome::Done(format!("accepted: {}", accepted.text))
        }
        Err(refusal) => {
            tracing::warn!(%refusal, message_id = letter.message_id, "a letter was not accepted");
            if let Refusal::Unreachable(_) = refusal {
                app.post.note(Err(&refusal), app.clock.real());
            } else {
                // It may be about this letter alone; the probe tells.
                app.post.doubt.notify_one();
            }
            // After `Unknown` the letter may have arrived: sending it again is harmless, its Message-ID is the same.
            let may_pass = refusal.may_pass_later();
            app.metrics.mailed(if may_pass { "postponed" } else { "refused" });
            if may_pass { Outcome::Again(refusal.to_string()) } else { Outcome::Done(refusal.to_string()) }
        }
    }
}

/// Asks the mail server at the start, whenever a letter failed, every 30 seconds while it is silent, and every few
/// minutes in any case: whoever asks for the first code of the morning should not be the one to find out.
async fn watch(app: &Inner, mailer: &Mailer) {
    loop {
        let mut answer = mailer.probe().await;
        if answer.is_err() && app.post.down_since().is_none() {
            // One connection may fail: a code would have been tried again, too.
            tokio::time::sleep(SECOND_LOOK).await;
            answer = mailer.probe().await;
        }
        app.post.note(answer.as_ref().copied(), app.clock.real());
        if app.post.down_since().is_some() {
            tokio::time::sleep(PROBE).await;
        } else {
            let _doubt_or_time = tokio::time::timeout(ANSWER_COUNTS, app.post.doubt.notified()).await;
        }
    }
}
