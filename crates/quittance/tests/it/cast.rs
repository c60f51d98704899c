//! The cast: Acme with Alice who pays and Bob who reads; Globex with Carol, the stranger; Initech, a former customer,
//! with Ines; the provider, where Dana sits at the desk.

use billing::Currency;
use billing::account::{AccountStatus, Role, Routing};
use jiff::Timestamp;
use store::account::{AccountRow, ContactRow, PersonRow};
use store::instance::InstanceRow;
use store::provider::ProviderRow;
use store::{AccountId, PersonId, Store};

pub const ALICE: &str = "alice@acme.example";
pub const BOB: &str = "bob@acme.example";
pub const CAROL: &str = "carol@globex.example";
pub const INES: &str = "ines@initech.example";
pub const NOBODY: &str = "nobody@elsewhere.example";
pub const DESK: &str = "dana@provider.example";

pub async fn move_in(store: &Store, now: Timestamp, sandbox: bool) {
    let write = store.write(move |tx| {
        tx.insert_instance(InstanceRow {
            one: 1,
            instance_id: vec![7; 16],
            made_at: now,
            sandbox,
            clock_offset_us: 0,
            held_at: None,
            held_because: None,
        })?;
        tx.insert_provider(provider(now))?;
        tx.insert(&[
            account(1, "C-1", "Acme Milling", AccountStatus::Active),
            account(2, "C-2", "Globex Dental", AccountStatus::Active),
            account(3, "C-3", "Initech Repair", AccountStatus::Former),
        ])?;
        let people = [(1, ALICE), (2, BOB), (3, CAROL), (4, INES)];
        tx.insert(&people.map(|(id, email)| PersonRow { person_id: PersonId::from(id), email: email.to_owned() }))?;
        tx.insert(&[
            contact((1, 1), "Alice@Acme.example", "Alice Archer", Role::Payer),
            contact((1, 2), BOB, "Bob Brown", Role::Viewer),
            contact((2, 3), CAROL, "Carol Clay", Role::Admin),
            contact((3, 4), INES, "Ines Ito", Role::Admin),
        ])
    });
    write.await.unwrap();
}

fn account(id: i64, code: &str, name: &str, status: AccountStatus) -> AccountRow {
    AccountRow {
        account_id: AccountId::from(id),
        code: code.to_owned(),
        name: name.to_owned(),
        address_1: "1 Main Street".to_owned(),
        address_2: None,
        city: "Willmar".to_owned(),
        region: "MN".to_owned(),
        postal_code: "56201".to_owned(),
        country: "US".to_owned(),
        currency: Currency::from_code("USD").unwrap(),
        recurring_terms_days: 30,
        tax_region: "MN".to_owned(),
        tax_exempt: false,
        exempt_until: None,
        exemption_certificate: None,
        po_number: None,
        formats: None,
        status,
    }
}

fn contact((account, person): (i64, i64), email: &str, name: &str, role: Role) -> ContactRow {
    ContactRow {
        account_id: AccountId::from(account),
        person_id: PersonId::from(person),
        email: email.to_owned(),
        name: name.to_owned(),
        phone: None,
        role,
        recurring_mail: Routing::No,
        biweekly_mail: Routing::No,
    }
}

fn provider(now: Timestamp) -> ProviderRow {
    ProviderRow {
        version: 1,
        made_at: now,
        name: "Prairie <IT>".to_owned(),
        legal_name: "Prairie IT, Inc.".to_owned(),
        address: "1200 Main Avenue".to_owned(),
        city: "Willmar".to_owned(),
        region: "MN".to_owned(),
        postal_code: "56201".to_owned(),
        country: "US".to_owned(),
        phone: "320-555-0150".to_owned(),
        email: DESK.to_owned(),
        website: String::new(),
        timezone: "America/Chicago".to_owned(),
        currency: Currency::from_code("USD").unwrap(),
        invoice_number_prefix: "INV-".to_owned(),
        invoice_number_start: 1,
        billing_starts_on: "2026-01-01".parse().unwrap(),
        biweekly_anchor_on: "2026-01-02".parse().unwrap(),
        biweekly_terms_days: 30,
        support_hours: "Monday to Friday 7 to 6".to_owned(),
        accent: "#1f4e9a".to_owned(),
        tagline: None,
        tax_id: None,
        remit_to: None,
        recurring_note: None,
        biweekly_note: None,
        portal_url: crate::world::BASE.to_owned(),
        schedule: billing::schedule::Settings::default(),
        receivables: billing::Receivables::default(),
        work: billing::hours::WorkTerms::default(),
        tax: billing::tax::TaxTerms::default(),
    }
}
