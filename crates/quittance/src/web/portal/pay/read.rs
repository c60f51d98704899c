//! What the page of a payment is made of.

use std::collections::BTreeMap;

use billing::Currency;
use billing::autopay::{Method, Rule};
use billing::invoice::InvoiceStatus;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::autopay::RuleState;
use store::method::MethodRow;
use store::payment::HolderRow;
use store::portal::{ListFilter, ListedRow, Show};
use store::scope::AccountScope;
use store::{AccountId, Error, InvoiceId, Tx};

use super::MOST;
use super::draft::Draft;
use crate::actions::start_payment::With;
use crate::autopay::mandates;
use crate::web::portal::autopay::outlook::Outlook;

/// Whose documents can be paid on the page.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Those of the accounts that somebody may pay for.
    Scope(AccountScope),
    /// One document, by the link of its mail.
    One(AccountId, InvoiceId),
}

/// A document to pay.
#[derive(Clone, Debug)]
pub struct Row {
    /// As the list shows it.
    pub listed: ListedRow,
    /// Its account's name.
    pub account: String,
    /// What is open after the account's credit, minor units.
    pub net: i64,
    /// What is in dispute of it, minor units; at most `net`.
    pub held: i64,
}

impl Row {
    /// Whether credit pays all of it.
    pub fn is_covered(&self) -> bool {
        self.net == 0
    }

    /// What is to be paid where nothing else is said: what isn't in dispute; all of it where all of it is.
    pub fn asked_for(&self) -> i64 {
        if self.held < self.net { self.net.saturating_sub(self.held) } else { self.net }
    }
}

/// An account that may pay ahead.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// Whose credit it becomes.
    pub account: AccountId,
    /// Its code and name.
    pub code: String,
    pub name: String,
    pub currency: Currency,
}

/// An account without a rule of Auto Pay that has something to charge: it may have one from now on.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Whose rule it would be.
    pub account: AccountId,
    /// The account's name, as the permission has it.
    pub name: String,
    /// Everything on the due date.
    pub rule: Rule,
    /// What it would charge.
    pub methods: Vec<Method>,
}

impl Offer {
    /// The permission that the customer reads; nothing where no method plays the part.
    pub fn text(&self, provider: &str) -> Option<String> {
        mandates::text(&self.rule, &self.methods, (&self.name, provider)).ok()
    }
}

/// Everything the page says.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Whose later invoices may be left to Auto Pay.
    pub offer: Option<Offer>,
    /// What can be paid now, by due date; of what credit pays as a whole `net` is 0.
    pub rows: Vec<Row>,
    /// Who may pay ahead on this page: the one account it is about.
    pub ahead: Option<Ahead>,
    /// Chosen ones that a payment under way holds.
    pub held: Vec<(String, HolderRow)>,
    /// What is in dispute as a whole and nobody has named.
    pub disputed: Vec<Row>,
    /// Planned payments that give way.
    pub planned: Vec<(String, HolderRow)>,
    /// Credit that is used first, by account: name, minor units.
    pub credit: Vec<(ListedRow, i64)>,
    /// The kept methods of the accounts.
    pub methods: Vec<MethodRow>,
    /// What else of these accounts is open: minor units.
    pub still_owed: i64,
    /// What Auto Pay would take on which day: paying it here takes its place.
    pub autopay: Vec<(String, Date)>,
    /// How many accounts the visitor has.
    pub accounts: usize,
}

impl Read {
    /// The values of the field `method`.
    pub fn values(&self) -> impl Iterator<Item = String> {
        let kept = self.methods.iter().map(value);
        kept.chain(["card".to_owned(), "bank".to_owned()])
    }

    /// The one that is chosen at first: the account's default, any other that is kept, a new card.
    pub fn first_value(&self) -> String {
        let default = self.methods.iter().find(|method| method.is_default).or(self.methods.first());
        default.map_or_else(|| "card".to_owned(), value)
    }

    /// The kept method of a value.
    pub fn kept(&self, text: &str) -> Option<With> {
        let method = self.methods.iter().find(|method| value(method) == text)?;
        Some(With::Kept(method.account_id, method.method_id))
    }
}

/// A kept method in the field.
pub fn value(method: &MethodRow) -> String {
    i64::from(method.method_id).to_string()
}

/// Reads what the page says about what is asked for; without numbers all that is open.
///
/// # Errors
/// Those of the database.
pub fn read(tx: &mut Tx, whose: &Whose, draft: &Draft, (today, zone): (Date, &TimeZone)) -> Result<Read, Error> {
    let chosen = chosen(tx, whose, draft)?;
    let mut accounts: Vec<AccountId> = chosen.iter().map(|row| row.account_id).collect();
    accounts.sort();
    accounts.dedup();
    let ahead = ahead(whose, draft, &accounts);
    accounts.extend(ahead.filter(|account| !accounts.contains(account)));
    let mut read = Read { accounts: accounts.len(), ..Read::default() };
    let (mut credit, mut holders) = (BTreeMap::new(), Vec::new());
    let mut owed = 0;
    for account in &accounts {
        let state = tx.account_states(&[*account])?.into_iter().next();
        credit.insert(*account, state.as_ref().map_or(0, |state| state.credit_minor));
        owed += state.map_or(0, |state| state.balance_minor);
        holders.append(&mut tx.holders(*account)?);
    }
    let names: BTreeMap<AccountId, String> =
        tx.accounts_of(&accounts)?.into_iter().map(|account| (account.account_id, account.name)).collect();
    for listed in chosen {
        let of = |row: &&HolderRow| (row.account_id, row.document_id) == (listed.account_id, listed.invoice_id);
        let holder = holders.iter().find(|row| of(row) && row.state.is_under_way());
        if let Some(holder) = holder {
            read.held.push((listed.number.clone(), holder.clone()));
            continue;
        }
        read.planned.extend(holders.iter().filter(of).map(|holder| (listed.number.clone(), holder.clone())));
        let dispute = tx.held_by_dispute(listed.account_id, listed.invoice_id)?.min(listed.balance_minor);
        // All that is in dispute stays out, unless somebody names it.
        let is_named = !draft.items.is_empty() || matches!(whose, Whose::One(..));
        let is_left_out = dispute == listed.balance_minor && !is_named;
        let left = credit.entry(listed.account_id).or_default();
        let used = if is_left_out { 0 } else { (*left).min(listed.balance_minor) };
        *left -= used;
        owed -= listed.balance_minor;
        if used > 0 {
            read.credit.push((listed.clone(), used));
        }
        let net = listed.balance_minor - used;
        let held = dispute.min(net);
        let account = names.get(&listed.account_id).cloned().unwrap_or_default();
        let row = Row { listed, account, net, held };
        if is_left_out {
            read.disputed.push(row);
        } else {
            read.rows.push(row);
        }
    }
    read.still_owed = owed.max(0);
    // Where nothing can be paid, only who asks for it pays ahead.
    if let Some(account) = ahead.filter(|_| !read.rows.is_empty() || !draft.ahead_for.is_empty())
        && let Some(row) = tx.accounts_of(&[account])?.into_iter().next()
    {
        let rules = tx.autopay_rules(account)?;
        if rules.iter().all(|rule| !matches!(rule.state, RuleState::InForce | RuleState::Proposed)) {
            let (name, rule) = (row.name.clone(), Rule::everything(row.currency));
            read.offer = Some(Offer { account, name, rule, methods: crate::autopay::methods(tx, account)? });
        }
        read.ahead = Some(Ahead { account, code: row.code, name: row.name, currency: row.currency });
    }
    if let Whose::Scope(scope) = whose {
        read.accounts = scope.accounts().len();
        let own = scope.narrowed(|account| accounts.contains(&account.account_id));
        let outlook = Outlook::read(tx, &own, (today, zone))?;
        let charged = |row: &Row| {
            Some((row.listed.number.clone(), outlook.charged_on(row.listed.account_id, row.listed.invoice_id)?))
        };
        read.autopay = read.rows.iter().filter_map(charged).collect();
        read.methods = tx.scoped_methods(&own)?.into_iter().filter(|method| method.is_usable(today)).collect();
    }
    Ok(read)
}

/// The account that may pay ahead: the one that is asked for, else the only one whose documents are paid. Whoever has a link alone
/// pays its document.
fn ahead(whose: &Whose, draft: &Draft, accounts: &[AccountId]) -> Option<AccountId> {
    let Whose::Scope(scope) = whose else { return None };
    let named = scope.accounts().iter().find(|account| account.code == draft.ahead_for);
    match (named, accounts) {
        (Some(account), _) => Some(account.account_id),
        (None, [only]) if draft.ahead_for.is_empty() => Some(*only),
        _ => None,
    }
}

fn chosen(tx: &mut Tx, whose: &Whose, draft: &Draft) -> Result<Vec<ListedRow>, Error> {
    let mut rows = match whose {
        Whose::One(account, document) => tx.listed(*account, *document)?.into_iter().collect(),
        Whose::Scope(_) if draft.items.is_empty() && !draft.ahead_for.is_empty() => Vec::new(),
        Whose::Scope(scope) if draft.items.is_empty() => {
            let filter = ListFilter { show: Show::Open, ..ListFilter::default() };
            tx.invoice_page(scope, &filter, None, MOST)?.rows
        }
        Whose::Scope(scope) => {
            let mut rows: Vec<ListedRow> = Vec::new();
            for (number, _) in &draft.items {
                if let Some((account, document)) = tx.scoped_listed(scope, number)? {
                    rows.extend(tx.listed(account.account_id, document)?);
                }
            }
            rows
        }
    };
    rows.retain(|row| row.status == InvoiceStatus::Open);
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(row.invoice_id));
    Ok(rows)
}
