//! The pages of Auto Pay, from what was read.

use billing::autopay::{Method, Rule};
use store::autopay::{RuleRow, RuleState, Side};
use store::scope::ScopedAccount;
use store::{RuleVersionId, Tx};

use super::draft::Draft;
use super::shown::{form, pauses_of, preview, rule_line, texts};
use crate::app::App;
use crate::autopay::{mandates, said, sight::Sight};
use crate::config::SetBy;
use crate::web::answer::Problem;
use crate::web::pages::autopay::{AutoPayAgreePage, AutoPayPage, AutoPayPreviewPage, Permission, Preview, RuleLine};
use crate::web::pages::{Choice, Deed, Link};
use crate::web::portal::shown::Today;
use crate::web::session::SignedIn;

/// What the pages read of an account.
pub struct Seen {
    pub account: ScopedAccount,
    pub sight: Sight,
    /// Code and name.
    pub agreements: Vec<(String, String)>,
    pub today: Today,
    /// As the permission names it.
    pub provider: String,
}

impl Seen {
    /// Reads it.
    pub async fn read(app: &App, me: &SignedIn, account: ScopedAccount) -> Result<Self, Problem> {
        let (id, day, zone) = (account.account_id, app.today(), app.zone());
        let read = app.store.read(move |tx: &mut Tx| {
            let sight = Sight::read(tx, id, (day, &zone))?;
            Ok::<_, store::Error>((sight, tx.agreement_names(id)?))
        });
        let (sight, agreements) = read.await?;
        let today = me.today(app);
        Ok(Self { account, sight, agreements, today, provider: app.provider().legal_name.clone() })
    }

    /// A proposal of the account that waits for it.
    pub fn proposal(&self, version: RuleVersionId) -> Option<&RuleRow> {
        let waits = |row: &&RuleRow| row.version_id == version && row.waits_for == Some(Side::Customer);
        self.sight.versions.iter().find(waits)
    }

    fn methods(&self) -> &[Method] {
        &self.sight.autopay.methods
    }

    fn text(&self, rule: &Rule) -> Result<String, String> {
        mandates::text(rule, self.methods(), (&self.account.name, &self.provider)).map_err(|error| error.to_string())
    }

    /// What a rule would do.
    fn preview(&self, rule: &Rule, draft: Option<(&Draft, &str)>) -> Preview {
        let replaces = draft.and_then(|(draft, _)| draft.replaced());
        let agreed = self.sight.as_agreed(rule.clone(), replaces);
        preview(&self.sight.preview(&agreed), rule, (&self.today, Side::Customer), draft)
    }
}

impl Draft {
    /// What nothing was chosen for: the rule in force that is to be changed, else everything on the due date.
    pub fn filled(self, seen: &Seen) -> Self {
        if !self.scope.is_empty() {
            return Self { account: seen.account.code.clone(), ..self };
        }
        let open = |row: &&RuleRow| matches!(row.state, RuleState::InForce | RuleState::Proposed);
        let asked = self.replaced();
        let known = seen.sight.versions.iter().filter(open).find(|row| asked.is_none_or(|rule| rule == row.rule_id));
        let code = seen.account.code.as_str();
        let (yes, agreed) = (self.yes, self.agreed);
        let filled = match known {
            // Who changes a rule goes on with what it would have taken.
            Some(row) => Self { open: "due".to_owned(), ..Self::of_rule(&row.rule, (code, Some(row.rule_id))) },
            None => Self::of_rule(&Rule::everything(seen.account.currency), (code, None)),
        };
        Self { yes, agreed, ..filled }
    }
}

/// `GET /autopay`
pub fn page(app: &App, me: &SignedIn, seen: &Seen, draft: Draft, error: &str) -> AutoPayPage {
    let may = seen.account.role.may_pay();
    let is_ours = app.config.autopay.set_by == SetBy::Staff;
    let provider = app.provider();
    let rule = draft.rule(seen.account.currency);
    let text = rule.as_ref().map_err(String::clone).and_then(|rule| seen.text(rule));
    let shows_form = may && !is_ours && app.gateway.is_some();
    let instead = match (app.gateway.is_some(), is_ours) {
        (false, _) => "Nothing can be charged here; the invoice says how to pay.",
        (true, true) => "We set up Auto Pay with you: which invoices, when, and up to how much. Call or write.",
        (true, false) if !may => "You see what holds. Who pays for this account changes it.",
        _ => "",
    };
    let wrong = text.as_ref().err().cloned().unwrap_or_default();
    let shown = if error == wrong { String::new() } else { error.to_owned() };
    AutoPayPage {
        frame: me.frame(app),
        error: shown,
        account_name: seen.account.name.clone(),
        accounts: accounts(me, seen),
        rules: rules(seen, may),
        another: another(seen, &draft).filter(|_| shows_form),
        title: if draft.replaces.is_empty() { "A rule" } else { "Your new rule" }.to_owned(),
        preview: rule.as_ref().map(|rule| seen.preview(rule, Some((&draft, "/autopay")))).unwrap_or_default(),
        permission: text.ok().filter(|_| shows_form).map(|text| permission(app, seen, &draft, text)),
        form: shows_form.then(|| form(&draft, seen.methods(), &seen.agreements, ("/autopay", &wrong, Side::Customer))),
        steps: steps(app),
        texts: texts(&seen.sight.mandates, &seen.today, &format!("/autopay/{}", seen.account.code)),
        instead: instead.to_owned(),
        reach: format!("{} · {}", provider.phone, provider.email),
    }
}

/// To an empty form, where the one on the page changes a rule.
fn another(seen: &Seen, draft: &Draft) -> Option<Link> {
    let empty = Draft::of_rule(&Rule::everything(seen.account.currency), (&seen.account.code, None));
    (!draft.replaces.is_empty()).then(|| Link::new(empty.href("/autopay"), "Add another rule beside it"))
}

fn accounts(me: &SignedIn, seen: &Seen) -> Vec<Choice> {
    let all = me.scope.accounts();
    if all.len() < 2 {
        return Vec::new();
    }
    let choice = |account: &ScopedAccount| Choice {
        value: format!("/autopay?account={}", account.code),
        text: account.name.clone(),
        count: String::new(),
        chosen: account.account_id == seen.account.account_id,
    };
    all.iter().map(choice).collect()
}

/// What holds and what waits, with what can be done about it.
fn rules(seen: &Seen, may: bool) -> Vec<RuleLine> {
    let open = seen.sight.versions.iter().filter(|row| matches!(row.state, RuleState::InForce | RuleState::Proposed));
    open.map(|row| {
        let pauses = pauses_of(&seen.sight.autopay.rules, row);
        let line = rule_line(row, seen.methods(), pauses, &seen.today);
        if may { with_deeds(line, seen, row) } else { line }
    })
    .collect()
}

fn with_deeds(line: RuleLine, seen: &Seen, row: &RuleRow) -> RuleLine {
    let code = &seen.account.code;
    let deed = |what: &str, text: &str| {
        Some(Deed { action: format!("/autopay/{code}/{}/{what}", i64::from(row.version_id)), text: text.to_owned() })
    };
    let is_paused = pauses_of(&seen.sight.autopay.rules, row).iter().any(|pause| pause.covers(seen.today.day));
    match (row.state, row.waits_for) {
        (RuleState::InForce, _) => RuleLine {
            change: Some(Link::new(
                format!("/autopay?account={code}&replaces={}", i64::from(row.rule_id)),
                "Change it",
            )),
            pause: deed("pause", "Pause").filter(|_| !is_paused),
            resume: deed("resumption", "Go on").filter(|_| is_paused),
            end: deed("end", "End it"),
            ..line
        },
        (_, Some(Side::Customer)) => RuleLine {
            since: line.since.replace("it waits for the customer", "it waits for you"),
            look: Some(Link::new(format!("/autopay/{code}/{}", i64::from(row.version_id)), "Read and agree")),
            end: deed("end", "Turn it down"),
            ..line
        },
        _ => RuleLine { end: deed("end", "Take it back"), ..line },
    }
}

fn permission(app: &App, seen: &Seen, draft: &Draft, text: String) -> Permission {
    let alone = app.config.autopay.set_by == SetBy::Customer;
    let newest = seen.sight.mandates.iter().find(|row| row.ended_at.is_none());
    let number = seen.sight.mandates.first().map_or(1, |row| row.version + 1);
    let replaced = newest.filter(|_| !draft.replaces.is_empty());
    let note = match replaced {
        Some(row) => format!("Text {number}. It replaces text {} when it starts.", row.version),
        None => format!("Text {number}."),
    };
    let (deed, after) = if alone {
        ("Start this rule", "It starts today. Nothing is charged before the notice that you chose.")
    } else {
        ("Propose this rule", "Nothing is charged by proposing. Today’s rule goes on until the new one starts.")
    };
    Permission {
        fields: draft.fields(),
        text,
        note,
        yes: format!("I have read this and may agree to it for {}", seen.account.name),
        deed: Deed { action: "/autopay".to_owned(), text: deed.to_owned() },
        after: after.to_owned(),
    }
}

fn steps(app: &App) -> Vec<(String, String)> {
    let provider = app.provider();
    let step = |words: &str, hint: String| (words.to_owned(), hint);
    if app.config.autopay.set_by == SetBy::Customer {
        return vec![
            step("You start it. We may ask you for a fresh code.", String::new()),
            step("You get the rule and the text by mail.", String::new()),
        ];
    }
    vec![
        step("You propose. We may ask you for a fresh code.", String::new()),
        step(
            &format!("{} looks at it with you, within one business day.", provider.name),
            format!("{} · {}", provider.phone, provider.email),
        ),
        step("It starts, and you both get the rule and the text by mail.", String::new()),
    ]
}

/// `GET /autopay/preview`
pub fn alone(app: &App, me: &SignedIn, seen: &Seen, draft: Draft) -> AutoPayPreviewPage {
    let rule = draft.rule(seen.account.currency);
    AutoPayPreviewPage {
        frame: me.frame(app),
        sentence: rule.as_ref().map(|rule| said(rule, seen.methods())).unwrap_or_default(),
        preview: rule.as_ref().map(|rule| seen.preview(rule, Some((&draft, "/autopay/preview")))).unwrap_or_default(),
        back: Link::new(draft.href("/autopay"), "Back to the rule"),
        error: rule.err().unwrap_or_default(),
    }
}

/// `GET /autopay/{account}/{version}`
pub fn agree(app: &App, me: &SignedIn, (seen, row): (&Seen, &RuleRow), error: &str) -> AutoPayAgreePage {
    let line = rule_line(row, seen.methods(), &[], &seen.today);
    let may = seen.account.role.may_pay();
    let text = seen.text(&row.rule);
    let wrong = text.as_ref().err().cloned().unwrap_or_default();
    let agreed = seen.sight.as_it_stands(row);
    let permission = text.ok().filter(|_| may).map(|text| Permission {
        fields: Vec::new(),
        text,
        note: String::new(),
        yes: format!("I have read this and may agree to it for {}", seen.account.name),
        deed: Deed {
            action: format!("/autopay/{}/{}/agreement", seen.account.code, i64::from(row.version_id)),
            text: "Agree and start it".to_owned(),
        },
        after: "It starts today. Nothing is charged before we have told you of it.".to_owned(),
    });
    AutoPayAgreePage {
        frame: me.frame(app),
        error: if error.is_empty() { wrong } else { error.to_owned() },
        account_name: seen.account.name.clone(),
        rule: RuleLine { since: format!("Prepared for you by {}", row.proposed_name), ..line },
        preview: preview(&seen.sight.preview(&agreed), &row.rule, (&seen.today, Side::Customer), None),
        permission,
    }
}
