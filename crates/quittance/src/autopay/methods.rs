//! An account's methods as Auto Pay sees them.

use std::collections::BTreeMap;

use billing::autopay::{Method, MethodKind, MethodTrouble};
use jiff::Timestamp;
use store::autopay::ReplacedRow;
use store::method::{self, MethodRow, MethodState};
use store::payment::DeclineClass;
use store::{AccountId, MethodId, Tx};

use super::facts::refusal;

/// The methods, and since when each may be charged.
pub struct Kept {
    pub methods: Vec<Method>,
    permitted: BTreeMap<MethodId, Timestamp>,
}

impl Kept {
    /// Whether its owner gave permission to charge a method after an instant.
    pub fn is_permitted_since(&self, method: MethodId, at: Timestamp) -> bool {
        self.permitted.get(&method).is_some_and(|permitted_at| at < *permitted_at)
    }
}

/// The methods of an account that can be chosen for a rule.
///
/// # Errors
/// Those of the database.
pub fn methods(tx: &mut Tx, account: AccountId) -> Result<Vec<Method>, store::Error> {
    Ok(kept(tx, account)?.methods)
}

/// The methods with their permissions.
pub fn kept(tx: &mut Tx, account: AccountId) -> Result<Kept, store::Error> {
    let (rows, replaced) = (tx.methods(account)?, tx.replaced_methods(account)?);
    let mut permitted: BTreeMap<MethodId, Timestamp> = BTreeMap::new();
    for mandate in tx.mandates(account)? {
        let newest = permitted.entry(mandate.method_id).or_insert(mandate.accepted_at);
        *newest = mandate.accepted_at.max(*newest);
    }
    let kept = Kept { methods: Vec::new(), permitted };
    let mut refused: BTreeMap<MethodId, MethodTrouble> = BTreeMap::new();
    for row in tx.refusals(account)? {
        // A new permission makes up for the want of one; what is lost or closed stays so until another method takes its place.
        let is_settled =
            row.decline_class == DeclineClass::NoPermission && kept.is_permitted_since(row.method_id, row.ended_at);
        if !is_settled {
            refused.insert(row.method_id, MethodTrouble::Refused(refusal(row.decline_class)));
        }
    }
    let trouble = |row: &MethodRow| match row.state {
        MethodState::Unverified => Some(MethodTrouble::Unverified),
        _ => refused.get(&row.method_id).copied(),
    };
    let methods = rows.iter().map(|row| Method { trouble: trouble(row), ..method(row, &replaced) }).collect();
    Ok(Kept { methods, ..kept })
}

fn method(row: &MethodRow, replaced: &[ReplacedRow]) -> Method {
    Method {
        id: row.method_id.into(),
        kind: match row.kind {
            method::MethodKind::Card => MethodKind::Card,
            method::MethodKind::Bank => MethodKind::Bank,
        },
        label: row.words(),
        took_place_of: before(row.method_id, replaced),
        is_default: row.is_default,
        expires_on: row.expires_on,
        trouble: None,
    }
}

/// All that a method has taken the place of, one after the other.
fn before(method: MethodId, replaced: &[ReplacedRow]) -> Vec<i64> {
    let mut found: Vec<MethodId> = Vec::new();
    let mut newest = vec![method];
    while let Some(next) = newest.pop() {
        let own = replaced.iter().filter(|row| row.replaced_by == next && !found.contains(&row.method_id));
        let own: Vec<MethodId> = own.map(|row| row.method_id).collect();
        found.extend(&own);
        newest.extend(own);
    }
    found.into_iter().map(i64::from).collect()
}
