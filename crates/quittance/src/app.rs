//! What every deed has at hand: the store, the clock, ids, keys, mail and settings.

use std::sync::{Arc, RwLock};

use connect::gateway::Gateway;
use connect::identity::Entra;
use connect::mail::{Mailbox, Mailer, Pace};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::Store;
use store::account::AccountFormats;
use store::provider::ProviderRow;

use crate::clock::Clock;
use crate::config::Config;
use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::formats::Formats;
use crate::gateway::gateway;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::node::{self, Node};
use crate::passkeys::Passkeys;
use crate::post::Post;
use crate::random::Ids;
use crate::renderer::Renderer;
use crate::wake::Wake;
use crate::web::assets::Assets;

/// One instance at work. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

/// The parts, reached through `App`'s dereference.
pub struct Inner {
    /// The database.
    pub store: Store,
    /// Real and business time.
    pub clock: Clock,
    /// Makes ids.
    pub ids: Ids,
    /// This process's number in those ids.
    pub node: Node,
    /// Secrets kept outside the database.
    pub keys: Keys,
    /// `quittance.toml`.
    pub config: Config,
    /// Where mail goes; nothing where no server is set.
    pub mailer: Option<Mailer>,
    /// How quickly mail goes to one receiving server.
    pub pace: Pace,
    /// Makes documents.
    pub renderer: Renderer,
    /// Whether this is a sandbox.
    pub sandbox: bool,
    /// When the instance was made, in real time.
    pub made_at: Timestamp,
    /// Tells waiting workers that there is something to do.
    pub wake: Wake,
    /// What is counted, for whoever watches.
    pub metrics: Metrics,
    /// Whether this process is ending.
    pub ending: Ending,
    /// Codes on their way, and whether mail works.
    pub post: Post,
    /// The second door, where the provider has registered the portal.
    pub microsoft: Option<Entra>,
    /// Who moves money, where the provider has a processor.
    pub gateway: Option<Gateway>,
    /// Passkeys, where the portal has a host name.
    pub passkeys: Option<Passkeys>,
    /// Stylesheet, script and favicon as the provider's accent makes them.
    pub assets: Assets,
    /// One at a time moves the clock.
    pub moving: tokio::sync::Mutex<()>,
    provider: RwLock<Arc<ProviderRow>>,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// What an `App` is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Clock,
    pub keys: Keys,
    pub config: Config,
    pub mailer: Option<Mailer>,
    pub renderer: Renderer,
    /// A processor that is there already; nothing: the one that the settings name.
    pub gateway: Option<Gateway>,
}

impl App {
    /// Puts the parts together; the instance and its provider are read from the store, and a number for ids is leased.
    ///
    /// # Errors
    /// `Refused` where the database holds no instance yet.
    pub async fn new(parts: Parts) -> Result<Self> {
        let read = parts.store.read(|tx| Ok::<_, store::Error>((tx.instance()?, tx.provider()?))).await?;
        let (Some(instance), Some(provider)) = read else {
            return Err(Error::refused("this database holds no instance yet. Run `quittance init` first"));
        };
        parts.clock.set_offset(instance.clock_offset_us);
        let passkeys = Passkeys::of(&parts.config, &provider.name)?;
        let microsoft = parts.config.microsoft()?;
        let zone = TimeZone::get(&provider.timezone).unwrap_or(TimeZone::UTC);
        let own = gateway(&parts.config, instance.sandbox, (&parts.clock, zone), &parts.keys)?;
        let gateway = parts.gateway.or(own);
        let app = Self {
            inner: Arc::new(Inner {
                ids: Ids::new(parts.clock.clone()),
                node: Node::default(),
                store: parts.store,
                clock: parts.clock,
                keys: parts.keys,
                pace: Pace::new(parts.config.mail.per_minute),
                config: parts.config,
                mailer: parts.mailer,
                renderer: parts.renderer,
                sandbox: instance.sandbox,
                made_at: instance.made_at,
                wake: Wake::default(),
                metrics: Metrics::default(),
                ending: Ending::default(),
                post: Post::default(),
                microsoft,
                gateway,
                passkeys,
                assets: Assets::default(),
                moving: tokio::sync::Mutex::default(),
                provider: RwLock::new(Arc::new(provider)),
            }),
        };
        node::hold(&app.inner).await;
        tokio::spawn(node::keep(Arc::downgrade(&app.inner)));
        Ok(app)
    }
}

impl Inner {
    /// The provider's profile as last read.
    pub fn provider(&self) -> Arc<ProviderRow> {
        Arc::clone(&self.provider.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Reads the profile and the business clock again: another process may have changed them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn refresh(&self) -> Result<()> {
        let (instance, provider) =
            self.store.read(|tx| Ok::<_, store::Error>((tx.instance()?, tx.provider()?))).await?;
        if let Some(instance) = instance {
            // Not back: who moves the clock may have written since this was read.
            self.clock.set_offset(instance.clock_offset_us.max(self.clock.offset()));
        }
        if let Some(provider) = provider {
            *self.provider.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(provider);
        }
        Ok(())
    }

    /// Makes sure that documents issued from now on lead to the portal's present address.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keep_portal_url(&self) -> Result<()> {
        let provider = self.provider();
        if provider.portal_url == self.config.base_url {
            return Ok(());
        }
        let mut row = ProviderRow::clone(&provider);
        row.version += 1;
        row.made_at = self.clock.now();
        row.portal_url.clone_from(&self.config.base_url);
        let written = self.store.write(move |tx| tx.insert_provider(row.clone())).await;
        // Another process may have written the same version at the same moment.
        if let Err(error) = written
            && !matches!(error, store::Error::Conflict { .. })
        {
            return Err(error.into());
        }
        self.refresh().await
    }

    /// Why the instance neither issues nor mails, where it doesn't: another copy of it may have done so.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn held_because(&self) -> Result<Option<String>> {
        Ok(self.store.read(|tx| tx.instance()).await?.and_then(|instance| instance.held_because))
    }

    /// Refuses what would be done twice.
    ///
    /// # Errors
    /// `Refused` where the instance is held.
    pub async fn may_act(&self) -> Result<()> {
        match self.held_because().await? {
            None => Ok(()),
            Some(because) => Err(Error::Refused(format!(
                "this instance is held because {because}: it neither issues nor mails until `quittance resume`"
            ))),
        }
    }

    /// The mailbox of a demo: a sandbox whose mail stays in memory. Nobody else has one.
    pub fn demo_mailbox(&self) -> Option<&Mailbox> {
        match &self.mailer {
            Some(Mailer::Mailbox(mailbox)) if self.sandbox => Some(mailbox),
            _ => None,
        }
    }

    /// The provider's zone.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.provider().timezone).unwrap_or(TimeZone::UTC)
    }

    /// How an account's papers and mails are written.
    pub fn formats(&self, chosen: Option<AccountFormats>) -> Formats {
        Formats::of(&self.provider(), chosen)
    }

    /// Today, in the provider's zone and business time.
    pub fn today(&self) -> Date {
        self.clock.today(&self.zone())
    }
}
