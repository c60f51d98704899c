//! The way to a relay, step by step, for somebody who wants to know where it ends.

use std::time::Duration;

use tokio::{net::TcpStream, time::timeout};

use super::{
    Refusal, Settings, Unusable,
    pool::Pool,
    settings::{Route, Security},
};

/// How far the way went.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Whether the port answers at all.
    pub reached: Result<(), String>,
    /// Whether the relay greets, encrypts, shows a certificate we trust and lets us sign in.
    pub welcomed: Option<Result<(), Stop>>,
}

/// Where it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Its certificate is not one that we trust, or names another host.
    Certificate(String),
    /// It offers no encryption.
    Plain(String),
    /// It doesn't let us sign in.
    Login(String),
    /// It offers no way of signing in that we know.
    NoLogin(String),
    /// Something else.
    Other(String),
}

/// Goes the way of a letter up to its sender, and sends nothing.
pub async fn walk(settings: Settings) -> Result<Walk, Unusable> {
    let (host, port) = (settings.host.clone(), settings.port);
    let patience = Duration::from_secs(u64::from(settings.timeout_s));
    let pool = Pool::new(Route::new(settings)?);
    let reached = match timeout(patience, TcpStream::connect((host.as_str(), port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} seconds", patience.as_secs())),
    };
    if reached.is_err() {
        return Ok(Walk { reached, welcomed: None });
    }
    let welcomed = match pool.lease().await {
        Ok(lease) => {
            lease.end().await;
            Ok(())
        }
        Err(refusal) => Err(stop(&refusal, pool.route.security)),
    };
    Ok(Walk { reached, welcomed: Some(welcomed) })
}

fn stop(refusal: &Refusal, security: Security) -> Stop {
    let text = refusal.to_string();
    let says = |words: &str| text.to_ascii_lowercase().contains(words);
    match refusal {
        Refusal::Temporary { code: 530 | 534 | 535 | 538, .. } => Stop::Login(text),
        _ if says("certificate") => Stop::Certificate(text),
        _ if says("starttls is not supported") => Stop::Plain(text),
        _ if says("no compatible authentication") => Stop::NoLogin(text),
        _ if security == Security::Tls && (says("invalidcontenttype") || says("corrupt message")) => Stop::Plain(text),
        _ => Stop::Other(text),
    }
}
