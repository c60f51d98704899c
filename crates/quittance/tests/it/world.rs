//! An instance of a test's own: database, mailbox, a clock that moves, and browsers that press buttons.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use billing::staff::Rights;
use connect::mail::{Mailbox, Mailer, Received};
use jiff::SignedDuration;
use quittance::actions::deliver_mail::deliver_mail;
use quittance::actions::verify_books::verify_books;
use quittance::app::{App, Parts};
use quittance::clock::Clock;
use quittance::config::{Config, Processor};
use quittance::keys::Keys;
use quittance::random::Token;
use quittance::renderer::Renderer;
use store::account::PersonRow;
use store::audit::AuditKind;
use store::session::{Proof, SessionRow};
use store::staff::StaffRow;
use store::testing::{Database, TestDatabase};
use tokio::task::JoinHandle;

use crate::browser::Browser;
use crate::cast;

/// The address of the portal in tests.
pub const BASE: &str = "https://billing.provider.example";
pub const HOST: &str = "billing.provider.example";

/// Runs each story on both databases.
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::world::World::on(store::testing::Database::Sqlite).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::world::World::on(store::testing::Database::Postgres).await).await;
            })+
        }
    };
}

/// The same for stories in which somebody pays.
macro_rules! paying_stories {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::world::World::paying(store::testing::Database::Sqlite).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::world::World::paying(store::testing::Database::Postgres).await).await;
            })+
        }
    };
}

/// What a world may be besides the usual.
#[derive(Clone, Copy, Default)]
pub struct Wishes {
    pub sandbox: bool,
    pub without_mailer: bool,
    /// A sandbox with its processor.
    pub pays: bool,
}

pub struct World {
    pub app: App,
    pub mailbox: Mailbox,
    router: Router,
    post: JoinHandle<()>,
    read_to: Cell<u64>,
    _database: TestDatabase,
}

impl Drop for World {
    fn drop(&mut self) {
        self.post.abort();
    }
}

impl World {
    /// The cast, signed out.
    pub async fn on(database: Database) -> World {
        World::with(database, Wishes::default()).await
    }

    /// A sandbox in which things can be paid.
    pub async fn paying(database: Database) -> World {
        World::with(database, Wishes { pays: true, ..Wishes::default() }).await
    }

    pub async fn with(database: Database, wishes: Wishes) -> World {
        World::set_up(database, wishes, Config::default()).await
    }

    /// With settings of the story's own.
    pub async fn set_up(database: Database, wishes: Wishes, config: Config) -> World {
        let database = TestDatabase::on(database).await;
        let clock = Clock::new(0);
        cast::move_in(database.store(), clock.real(), wishes.sandbox || wishes.pays).await;
        let mailbox = Mailbox::keeping_attachments();
        let mut config = Config { base_url: BASE.to_owned(), ..config };
        if wishes.pays {
            config.payments.processor = Processor::Sandbox;
        }
        let mailer = (!wishes.without_mailer).then(|| Mailer::Mailbox(mailbox.clone()));
        let parts = Parts {
            store: database.store().clone(),
            clock,
            keys: Keys::generate(),
            config,
            mailer,
            renderer: renderer(),
            gateway: None,
        };
        let app = App::new(parts).await.unwrap();
        let post = tokio::spawn(quittance::post::work(app.clone()));
        World {
            router: quittance::web::router(app.clone()),
            app,
            mailbox,
            post,
            read_to: Cell::new(0),
            _database: database,
        }
    }

    /// The same instance in another process, with another mailer.
    pub async fn again(&self, mailer: Mailer) -> App {
        let (store, config) = (self.app.store.clone(), self.app.config.clone());
        let parts = Parts {
            store,
            clock: Clock::new(0),
            keys: Keys::generate(),
            config,
            mailer: Some(mailer),
            renderer: renderer(),
            gateway: self.app.gateway.clone(),
        };
        App::new(parts).await.unwrap()
    }

    /// A new browser at 198.51.100.7, without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A browser that somebody has signed in with.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        browser.asks(email).await;
        let code = self.code_for(email).await;
        let answer = browser.types(&code).await;
        assert_eq!((answer.status, answer.location()), (303, "/invoices"), "{}", answer.text());
        browser
    }

    /// A browser of a new member of staff, who came in with this proof.
    pub async fn staff(&self, name: &str, rights: Rights, proof: Proof) -> Browser {
        let (email, name) = (format!("{name}@provider.example"), name.to_owned());
        let (person_id, session_id, token, now) =
            (self.app.ids.mint(), self.app.ids.mint(), Token::new(), self.app.clock.real());
        let token_hash = token.hash();
        let written = self.app.store.write(move |tx| {
            tx.insert(&[PersonRow { person_id, email: email.clone() }])?;
            let joined_at = Some(now);
            tx.insert(&[StaffRow { person_id, name: name.clone(), rights, made_at: now, joined_at }])?;
            tx.insert_session(SessionRow {
                token_hash,
                session_id,
                person_id,
                made_at: now,
                seen_at: now,
                expires_at: now + SignedDuration::from_hours(24),
                ended_at: None,
                agent: "Firefox on Windows".to_owned(),
                network: "198.51.100.0/24".to_owned(),
                proof,
                proved_at: now,
            })
        });
        written.await.unwrap();
        let mut browser = self.browser();
        browser.cookies.insert("__Host-session".to_owned(), token.reveal());
        browser
    }

    /// Who a notice with these words in its subject was mailed to, in their order.
    pub async fn told(&self, subject: &str) -> Vec<String> {
        deliver_mail(&self.app, |_| ()).await.unwrap();
        let all = self.mailbox.received();
        let mut told: Vec<String> = all
            .iter()
            .filter(|letter| letter.subject.contains(subject))
            .map(|letter| letter.recipient.email().to_owned())
            .collect();
        told.sort();
        told
    }

    /// Whether the audit log is one chain; the kinds of its rows in their order.
    pub async fn log(&self) -> Vec<AuditKind> {
        let verdicts = verify_books(&self.app).await.unwrap();
        let chain = verdicts.iter().find(|verdict| verdict.id == "I10").unwrap();
        assert_eq!(chain.broken, [""; 0]);
        let rows = self.app.store.read(|tx| tx.audit_from(0, 10_000)).await.unwrap();
        rows.into_iter().map(|row| row.kind).collect()
    }

    /// Lets real time pass, for codes, sessions and limits.
    pub fn passes(&self, span: SignedDuration) {
        self.app.clock.pass_for_tests(i64::try_from(span.as_micros()).unwrap());
    }

    /// The letters to an address, once there are `count` of them; the newest first.
    pub async fn letters(&self, email: &str, count: usize) -> Vec<Arc<Received>> {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            let letters = self.mailbox.received_by(email);
            if letters.len() >= count {
                assert_eq!(letters.len(), count, "letters to {email}");
                return letters;
            }
            assert!(Instant::now() < patience, "{} of {count} letters to {email}", letters.len());
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// The newest code mailed to an address, once a letter more than before is there.
    pub async fn code_for(&self, email: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            let known = self.mailbox.received_by(email).into_iter().find(|letter| is_code(&letter.subject));
            // Read once: the next code is another letter.
            if let Some(letter) = known.filter(|letter| self.is_unread(letter)) {
                return letter.subject.split(' ').next().unwrap().to_owned();
            }
            assert!(Instant::now() < patience, "no code for {email}");
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    fn is_unread(&self, letter: &Received) -> bool {
        let read = self.read_to.get();
        self.read_to.set(letter.number.max(read));
        letter.number > read
    }
}

/// Whether a subject begins with a code; people get other letters, too.
fn is_code(subject: &str) -> bool {
    let word = subject.split(' ').next().unwrap_or_default();
    let is_short = word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    is_short || (word.len() >= 10 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()))
}

/// Documents are made by the program itself, as in production.
fn renderer() -> Renderer {
    Renderer::new(env!("CARGO_BIN_EXE_quittance").into(), 1)
}
