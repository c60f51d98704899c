//! The menu of accounts, and which accounts count in what somebody owes.

use billing::account::Role;
use store::books::AccountStateRow;
use store::scope::AccountScope;

use super::Today;
use crate::paper::words;
use crate::sums::Sums;
use crate::web::pages::{AccountChoice, Accounts};

/// The accounts whose debts are this person's to pay: those where they may pay; all, where they may pay for none.
pub fn counted(scope: &AccountScope) -> AccountScope {
    let payable = scope.narrowed(|account| account.role.may_pay());
    if payable.accounts().is_empty() { scope.clone() } else { payable }
}

/// What accounts of a scope owe.
pub fn owed(scope: &AccountScope, states: &[AccountStateRow]) -> Sums {
    let of = |id| states.iter().find(|state| state.account_id == id).map_or(0, |state| state.balance_minor);
    scope.accounts().iter().map(|account| (of(account.account_id), account.currency)).collect()
}

/// The menu for a person with several accounts; `to` makes an address of an account's code, or of all.
pub fn menu(
    scope: &AccountScope,
    chosen: Option<&str>,
    states: &[AccountStateRow],
    today: &Today,
    to: impl Fn(Option<&str>) -> String,
) -> Option<Accounts> {
    if scope.accounts().len() < 2 {
        return None;
    }
    let all = format!("All {} accounts", words::count(scope.accounts().len()));
    let everything = AccountChoice {
        href: to(None),
        name: all.clone(),
        owed: owed(&counted(scope), states).written(today.currency),
        remark: String::new(),
        chosen: chosen.is_none(),
    };
    let each = scope.accounts().iter().map(|account| AccountChoice {
        href: to(Some(&account.code)),
        name: account.name.clone(),
        owed: owed(&scope.narrowed(|one| one.account_id == account.account_id), states).written(account.currency),
        remark: if account.role == Role::Viewer { "Look only".to_owned() } else { String::new() },
        chosen: chosen == Some(account.code.as_str()),
    });
    let mut choices: Vec<AccountChoice> = each.collect();
    // A name in quotation marks stands by its first letter.
    choices.sort_by_cached_key(|choice| choice.name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), ""));
    choices.insert(0, everything);
    let shown = choices.iter().find(|choice| choice.chosen).map_or(all, |choice| choice.name.clone());
    Some(Accounts { shown, choices })
}

/// The one account's name where no menu says it.
pub fn only_name(scope: &AccountScope) -> String {
    match scope.accounts() {
        [only] => only.name.clone(),
        _ => String::new(),
    }
}
