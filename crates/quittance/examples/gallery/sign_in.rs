//! The pages before the portal, in all their states.

use quittance::web::pages::{
    CodePage, CodeState, LandingPage, MicrosoftDoor, Notice, NoticeKind, ProvePage, SignInPage, SignInState,
};

use crate::{
    Gallery,
    frame::{demo, khadra, outside},
    people::dana,
};

const ADDRESS: &str = "khadra.moua@northfieldgrain.example";
const SENDER: &str = "billing@westprairie.example";

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("landing", &LandingPage { frame: outside(), pays: true, microsoft: true })?;
    gallery.hang("landing-demo", &LandingPage { frame: demo(outside()), pays: false, microsoft: false })?;
    gallery.hang("sign-in", &address(SignInState::Fresh, ADDRESS))?;
    gallery.hang("sign-in-invalid", &address(SignInState::Invalid, "khadra.moua"))?;
    gallery.hang("sign-in-mail-down", &address(SignInState::MailDown, ADDRESS))?;
    gallery.hang("sign-in-too-many", &address(SignInState::TooMany("in 12 minutes".into()), ADDRESS))?;
    gallery.hang(
        "sign-in-one-door",
        &SignInPage { microsoft: MicrosoftDoor::Absent, ..address(SignInState::Fresh, "") },
    )?;
    gallery.hang(
        "sign-in-microsoft-down",
        &SignInPage { microsoft: MicrosoftDoor::Down, ..address(SignInState::Fresh, "") },
    )?;
    let link = said(NoticeKind::Neutral, "One more step.", "Microsoft knows you. Once, we also look at your mailbox.");
    gallery.hang("sign-in-link", &SignInPage { link: true, email: ADDRESS.into(), ..link })?;
    let consent = said(NoticeKind::Warning, "Not yet.", "Your company does not let you use Microsoft here yet.");
    gallery.hang(
        "sign-in-consent",
        &SignInPage { admin_text: "Please allow it.\n\nhttps://login.example/adminconsent".into(), ..consent },
    )?;
    gallery.hang("prove", &prove(ADDRESS))?;
    gallery.hang("prove-staff", &ProvePage { is_staff: true, passkey: false, ..prove("") })?;
    let invented =
        ProvePage { is_staff: true, invented: "dana@westprairie.example".into(), passkey: false, ..prove("") };
    gallery.hang("prove-demo", &ProvePage { frame: demo(dana()), ..invented })?;
    gallery.hang("prove-strong", &ProvePage { refused: "That took too long. Try again.".into(), ..prove("") })?;
    gallery.hang("code", &CodePage { wait_s: 42, ..code(CodeState::Fresh, "4180") })?;
    gallery.hang("code-letters", &CodePage { letters: true, ..code(CodeState::Fresh, "") })?;
    gallery.hang("code-wrong", &code(CodeState::Wrong(3), "418027"))?;
    gallery.hang("code-used-up", &code(CodeState::UsedUp, ""))?;
    gallery.hang("code-expired", &code(CodeState::Expired, ""))
}

fn address(state: SignInState, email: &str) -> SignInPage {
    SignInPage {
        frame: outside(),
        state,
        email: email.into(),
        next: "/invoices/INV-20299".into(),
        trace: "7Q4-K2M".into(),
        sender: SENDER.into(),
        microsoft: MicrosoftDoor::Open,
        choose: false,
        passkeys: true,
        notice: None,
        link: false,
        admin_text: String::new(),
    }
}

fn said(kind: NoticeKind, first: &str, rest: &str) -> SignInPage {
    let notice = Some(Notice { kind, first: first.into(), rest: rest.into(), link: None });
    SignInPage { notice, ..address(SignInState::Fresh, "") }
}

fn prove(email: &str) -> ProvePage {
    ProvePage {
        frame: khadra(),
        next: "/passkeys/new".into(),
        email: email.into(),
        is_staff: false,
        invented: String::new(),
        passkey: true,
        microsoft: true,
        link: false,
        refused: String::new(),
    }
}

fn code(state: CodeState, typed: &str) -> CodePage {
    CodePage {
        frame: outside(),
        state,
        email: ADDRESS.into(),
        next: String::new(),
        other_address: "/sign-in".into(),
        link: false,
        typed: typed.into(),
        letters: false,
        wait_s: 0,
        trace: "7Q4-K2M".into(),
        sender: SENDER.into(),
    }
}
