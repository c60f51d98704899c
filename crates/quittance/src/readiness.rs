//! What is down at present.

use serde::Serialize;

use crate::app::App;

/// Whether pages can be read, and what doesn't work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether pages can be read.
    pub ready: bool,
    /// Of [`PARTS`] those that don't work.
    pub down: Vec<&'static str>,
}

/// All that can be down: the database; its disk, or whatever else keeps it from being written; mail; rendering; Microsoft.
pub const PARTS: [&str; 5] = ["database", "disk", "mail", "renderer", "microsoft"];

/// Asks the database; of the others it is known.
pub async fn readiness(app: &App) -> Readiness {
    let instance = app.store.read(|tx| tx.instance()).await;
    let ready = matches!(instance, Ok(Some(_)));
    let microsoft = app.microsoft.as_ref().is_some_and(connect::identity::Entra::is_down);
    let is_down = [!ready, ready && is_writing_down(app).await, app.mail_is_down(), app.renderer.is_down(), microsoft];
    let down = PARTS.into_iter().zip(is_down).filter_map(|(part, is_down)| is_down.then_some(part)).collect();
    Readiness { ready, down }
}

/// Trouble with writing is tried once more: perhaps nobody has written since it passed.
async fn is_writing_down(app: &App) -> bool {
    app.store.health().writing.is_some() && {
        let _ = app.hold_node().await;
        app.store.health().writing.is_some()
    }
}
