//! The pages before the portal, in all their states.

use quittance::web::pages::{CodePage, CodeState, LandingPage, SignInPage, SignInState};

use crate::{
    Gallery,
    frame::{demo, outside},
};

const ADDRESS: &str = "khadra.moua@northfieldgrain.example";

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("landing", &LandingPage { frame: outside() })?;
    gallery.hang("landing-demo", &LandingPage { frame: demo(outside()) })?;
    gallery.hang("sign-in", &address(SignInState::Fresh, ADDRESS))?;
    gallery.hang("sign-in-invalid", &address(SignInState::Invalid, "khadra.moua"))?;
    gallery.hang("sign-in-mail-down", &address(SignInState::MailDown, ADDRESS))?;
    gallery.hang("sign-in-too-many", &address(SignInState::TooMany("in 12 minutes".into()), ADDRESS))?;
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
    }
}

fn code(state: CodeState, typed: &str) -> CodePage {
    CodePage {
        frame: outside(),
        state,
        email: ADDRESS.into(),
        next: String::new(),
        typed: typed.into(),
        letters: false,
        wait_s: 0,
        trace: "7Q4-K2M".into(),
    }
}
