//! Auto Pay: a rule with its preview and permission, in its states; and the same at the provider's desk.

use quittance::web::pages::autopay::{
    AutoPayAgreePage, AutoPayPage, AutoPayPreviewPage, OfficeAutoPayPage, OfficeAutoPayRulePage, OfficeRule,
    Permission, PermissionText, Preview, PreviewGroup, PreviewLine, RuleForm, RuleLine,
};
use quittance::web::pages::{Choice, Deed, Frame, Link, Visitor};

use crate::{
    Gallery,
    frame::{khadra, marit, outside},
};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("autopay", &page(khadra()))?;
    let several = vec![account("Northfield Grain & Supply", true), account("Prairie Dental", false)];
    gallery.hang("autopay-accounts", &AutoPayPage { accounts: several, ..page(marit()) })?;
    let error = "The limit for a month is below the limit for one invoice. Raise the one or lower the other.";
    let wrong = AutoPayPage {
        form: Some(RuleForm { error: error.into(), ..form("/autopay") }),
        permission: None,
        preview: Preview::default(),
        ..page(khadra())
    };
    gallery.hang("autopay-wrong", &wrong)?;
    let instead = "We set up Auto Pay with you: which invoices, when, and up to how much. Call or write.";
    let ours = AutoPayPage { form: None, permission: None, instead: instead.into(), ..page(khadra()) };
    gallery.hang("autopay-staff", &ours)?;
    let alone = AutoPayPreviewPage {
        frame: khadra(),
        sentence: SENTENCE.into(),
        preview: preview(),
        back: Link::new("/autopay", "Back to the rule"),
        error: String::new(),
    };
    gallery.hang("autopay-preview", &alone)?;
    let agree = AutoPayAgreePage {
        frame: khadra(),
        error: String::new(),
        account_name: NAME.into(),
        rule: RuleLine {
            since: "Prepared for you by erik@westprairie.example".into(),
            sentence: SENTENCE.into(),
            ..RuleLine::default()
        },
        preview: preview(),
        permission: Some(Permission { deed: deed("Agree and start it"), note: String::new(), ..permission() }),
    };
    gallery.hang("autopay-agree", &agree)?;
    office(gallery)
}

const NAME: &str = "Northfield Grain & Supply, Inc.";
const SENTENCE: &str = "We charge every invoice, recurring and bi-weekly to Visa 4242 on its due date, up to $4,000.00 an invoice and \
                        $7,500.00 a month.";
const TEXT: &str = "Northfield Grain & Supply, Inc. permits West Prairie Technology, Inc. to charge Visa 4242 for its recurring and \
                    bi-weekly invoices on their due dates, at most $4,000.00 for one invoice and $7,500.00 in one calendar month. We \
                    write to you at least 3 days before each charge. You can skip a charge, pause or end this permission here at any \
                    time before the day of the charge.";

fn deed(text: &str) -> Deed {
    Deed { action: "/autopay".into(), text: text.into() }
}

fn account(name: &str, chosen: bool) -> Choice {
    choice("/autopay?account=C-1000", name, chosen)
}

fn choice(value: &str, text: &str, chosen: bool) -> Choice {
    Choice { value: value.into(), text: text.into(), count: String::new(), chosen }
}

fn page(frame: Frame) -> AutoPayPage {
    let held = RuleLine {
        since: "In force since Jul 28".into(),
        sentence: "We charge every recurring invoice to Visa 4242 on its due date, without a limit.".into(),
        change: Some(Link::new("/autopay", "Change it")),
        pause: Some(deed("Pause")),
        end: Some(deed("End it")),
        ..RuleLine::default()
    };
    let step = |words: &str, hint: &str| (words.to_owned(), hint.to_owned());
    AutoPayPage {
        frame,
        error: String::new(),
        account_name: NAME.into(),
        accounts: Vec::new(),
        rules: vec![held],
        another: Some(Link::new("/autopay", "Add another rule beside it")),
        form: Some(form("/autopay")),
        title: "Your new rule".into(),
        preview: preview(),
        permission: Some(permission()),
        steps: vec![
            step("You propose. We may ask you for a fresh code.", ""),
            step(
                "West Prairie Technology looks at it with you, within one business day.",
                "320-555-0150 · billing@westprairie.example",
            ),
            step("It starts, and you both get the rule and the text by mail.", ""),
        ],
        texts: texts("/autopay/C-1000"),
        instead: String::new(),
        reach: "320-555-0150 · billing@westprairie.example".into(),
    }
}

fn texts(place: &str) -> Vec<PermissionText> {
    let text = |version: u8, day: &str, end: &str| PermissionText {
        title: format!("Text {version} of {day}"),
        by: "Agreed to by khadra@northfieldgrain.example".into(),
        end: end.into(),
        text: TEXT.into(),
        file: format!("{place}/mandates/{version}.pdf"),
    };
    let replaced = "Ended on Oct 2, 2026: Another method took the place of the one it names.";
    vec![text(2, "Oct 2, 2026", ""), text(1, "Jul 28, 2026", replaced)]
}

fn form(action: &str) -> RuleForm {
    RuleForm {
        action: action.into(),
        account: "C-1000".into(),
        scopes: vec![
            choice("everything", "recurring and bi-weekly invoices", true),
            choice("recurring", "recurring invoices", false),
            choice("agreements", "invoices for chosen agreements", false),
        ],
        agreements: vec![choice("AG-1000-1", "AG-1000-1 Managed IT, core", false)],
        methods: vec![choice("default", "Visa 4242, used first", true), choice("7", "Checking 6789", false)],
        backups: vec![choice("", "Nothing else", true), choice("7", "Checking 6789", false)],
        whens: vec![
            choice("due", "on the due date", true),
            choice("before_due", "some days before the due date", false),
        ],
        per_invoice: "4000.00".into(),
        per_month: "7500.00".into(),
        notice: "3".into(),
        left_out: "None".into(),
        opens: vec![
            choice("leave", "Leave them to me", false),
            choice("due", "Take those that fall due after it starts", true),
        ],
        ..RuleForm::default()
    }
}

fn permission() -> Permission {
    Permission {
        fields: vec![("scope".into(), "everything".into())],
        text: TEXT.into(),
        note: "Text 2. It replaces text 1 when it starts.".into(),
        yes: format!("I have read this and may agree to it for {NAME}"),
        deed: deed("Propose this rule"),
        after: "Nothing is charged by proposing. Today’s rule goes on until the new one starts.".into(),
    }
}

fn line(number: &str, words: &str, amount: &str, is_charged: bool) -> PreviewLine {
    PreviewLine {
        number: number.into(),
        words: words.into(),
        amount: amount.into(),
        is_charged,
        ..PreviewLine::default()
    }
}

fn preview() -> Preview {
    let overdue = PreviewLine {
        help: "A new rule takes only what falls due after it starts.".into(),
        link: Some(Link::new("/pay?number=INV-20299", "Pay it now")),
        ..line("INV-20299", " would not: it is already overdue.", "3,163.73", false)
    };
    let above = PreviewLine {
        help: "With it, October comes to $10,960.16.".into(),
        ..line("INV-20345", " would not: above your $7,500.00 a month.", "3,896.10", false)
    };
    let group =
        |title: &str, sum: &str, lines: Vec<PreviewLine>| PreviewGroup { title: title.into(), sum: sum.into(), lines };
    Preview {
        words: "Of nine invoices, seven would have been charged and two left to you.".into(),
        wider: Some((
            "With $11,000.00 a month no limit would leave any.".into(),
            Link::new("/autopay?per_month=11000.00", "Set $11,000.00 a month"),
        )),
        groups: vec![
            group(
                "Next",
                "$3,908.90",
                vec![
                    line("INV-20517", " would be charged on Dec 1.", "3,908.90", true),
                    line("INV-20480", " would not: you pay it yourself on Nov 20.", "165.00", false),
                    line("INV-20435", " would not: your payment is on its way.", "72.50", false),
                    overdue,
                ],
            ),
            group(
                "October, replayed",
                "$7,064.06",
                vec![
                    line("INV-20197", " would have been charged on Oct 1.", "3,882.33", true),
                    line("INV-20251", " would have been charged on Oct 4.", "18.00", true),
                    line("INV-20299", " would have been charged on Oct 18.", "3,163.73", true),
                    above,
                ],
            ),
            group(
                "September, replayed",
                "$412.50",
                vec![
                    line("INV-20117", " would have been charged on Sep 6.", "247.50", true),
                    line("INV-20158", " would have been charged on Sep 20.", "165.00", true),
                ],
            ),
        ],
    }
}

fn erik() -> Frame {
    let visitor = Visitor { name: "Erik Lund".into(), detail: "Staff".into(), is_staff: true };
    Frame { visitor: Some(visitor), ..outside() }
}

fn office(gallery: &Gallery) -> std::io::Result<()> {
    let rule = |since: &str| RuleLine { since: since.into(), sentence: SENTENCE.into(), ..RuleLine::default() };
    let one = |state: &str, since: &str| OfficeRule {
        account: "C-1000 Northfield Grain & Supply".into(),
        href: "/office/autopay/C-1000/7".into(),
        state: state.into(),
        rule: rule(since),
    };
    let groups = vec![
        (
            "Waits for us".to_owned(),
            vec![one("Look at it", "Proposed by khadra@northfieldgrain.example on Nov 6; it waits for us")],
        ),
        ("Waits for customers".to_owned(), Vec::new()),
        ("In force".to_owned(), vec![one("", "In force since Jul 28")]),
    ];
    gallery.hang("office-autopay", &OfficeAutoPayPage { frame: erik(), groups })?;
    let proposed = OfficeAutoPayRulePage {
        frame: erik(),
        error: String::new(),
        account_name: "C-1000 Northfield Grain & Supply".into(),
        rule: RuleLine {
            end: Some(deed("Turn it down")),
            may_say_why: true,
            ..rule("Proposed by khadra@northfieldgrain.example on Nov 6; it waits for us")
        },
        confirm: Some(deed("Confirm this rule")),
        form: None,
        preview: preview(),
        text: TEXT.into(),
        texts: texts("/office/autopay/C-1000"),
        send: None,
    };
    gallery.hang("office-autopay-rule", &proposed)?;
    let new = OfficeAutoPayRulePage {
        frame: erik(),
        error: String::new(),
        account_name: "C-1000 Northfield Grain & Supply".into(),
        rule: RuleLine::default(),
        confirm: None,
        form: Some(form("/office/autopay/new")),
        preview: preview(),
        text: TEXT.into(),
        texts: Vec::new(),
        send: Some(deed("Send it to the customer")),
    };
    gallery.hang("office-autopay-new", &new)
}
