//! Who works for the invented provider, one of each rights, so that what needs two people can be tried; and what waits for them.

use billing::staff::Rights;
use store::account::PersonRow;
use store::request::RequestKind;
use store::staff::StaffRow;

use crate::actions::ask_staff::{Asking, ask_staff};
use crate::actions::settle_payment::{Desk, exception};
use crate::app::App;
use crate::audit::Actor;
use crate::error::Result;

/// Name, address, rights.
const STAFF: &[(&str, &str, Rights)] = &[
    ("Astrid Lund", "astrid.lund@gitchigami.example", Rights::Admin),
    ("Mateo Reyes", "mateo.reyes@gitchigami.example", Rights::Billing),
    ("June Hakala", "june.hakala@gitchigami.example", Rights::Read),
];

/// Takes them on, and gives them something to do.
///
/// # Errors
/// Those of the database, and of the request.
pub async fn open_office(app: &App) -> Result<()> {
    take_on_staff(app).await?;
    let asking = Asking {
        company: "Two Pines Vet".to_owned(),
        name: "Solveig Berg".to_owned(),
        email: "solveig.berg@twopinesvet.example".to_owned(),
        phone: "218-555-0177".to_owned(),
        words: "Rune has left us. I pay the bills now.".to_owned(),
        ..Asking::default()
    };
    let somebody = Actor { name: "somebody".to_owned(), network: "203.0.113.0/24".to_owned(), ..Actor::program(app) };
    ask_staff(app, (RequestKind::BillingContact, asking), None, &somebody).await?;
    let (desk, words) = (Desk::of(app), "the charge ch_5f21c0 of $58.00 is none of ours");
    let key = format!("stray {words}");
    Ok(app.store.write(move |tx| exception(tx, &desk, None, (key.clone(), words.to_owned()))).await?)
}

/// As if each had come in by their link.
async fn take_on_staff(app: &App) -> Result<()> {
    let at = app.clock.real();
    let rows: Vec<_> = STAFF.iter().map(|staff| (app.ids.mint(), staff)).collect();
    let written = app.store.write(move |tx| {
        for (person_id, (name, email, rights)) in rows.iter().copied() {
            tx.insert(&[PersonRow { person_id, email: (*email).to_owned() }])?;
            let name = (*name).to_owned();
            tx.insert(&[StaffRow { person_id, name, rights: *rights, made_at: at, joined_at: Some(at) }])?;
        }
        Ok::<_, store::Error>(())
    });
    Ok(written.await?)
}
