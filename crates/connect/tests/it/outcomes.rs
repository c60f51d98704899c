//! Every way a sending can end, and what the mailbox in memory makes of them.

use std::{
    io::Read,
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use connect::mail::{Address, Mailbox, Mailer, Refusal, Settings, Smtp};

use crate::{
    relay::{Relay, settings},
    world::{alice, bob, letter, pdf, wishing},
};

async fn outcome(smtp: &Smtp, recipient: &Address) -> Refusal {
    smtp.send(&letter(std::slice::from_ref(recipient)), recipient).await.unwrap_err()
}

#[tokio::test]
async fn an_accepted_letter_brings_the_words_of_the_relay() {
    let relay = Relay::start();
    let mailer = Mailer::Smtp(relay.smtp());
    mailer.probe().await.unwrap();
    assert!(relay.arrived().is_empty());
    let accepted = mailer.send(&letter(&[alice()]), &alice()).await.unwrap();
    assert_eq!(accepted.text, "2.0.0 Ok: queued as 0001");
}

#[tokio::test]
async fn answers_tell_now_from_never() {
    let relay = Relay::start();
    let smtp = relay.smtp();
    for code in [421, 451] {
        let refusal = outcome(&smtp, &wishing(&code.to_string())).await;
        assert!(matches!(&refusal, Refusal::Temporary { code: c, .. } if *c == code), "{refusal:?}");
        assert!(refusal.may_pass_later());
    }
    let refusal = outcome(&smtp, &wishing("550")).await;
    assert_eq!(refusal, Refusal::Permanent { code: 550, text: "5.1.1 No such user here".to_owned() });
    assert_eq!(refusal.to_string(), "refused (550): 5.1.1 No such user here");
    assert!(!refusal.may_pass_later());
    let refusal = outcome(&smtp, &wishing("554")).await;
    assert!(matches!(refusal, Refusal::Permanent { code: 554, .. }), "{refusal:?}");

    assert!(relay.arrived().is_empty());
    smtp.send(&letter(&[alice()]), &alice()).await.unwrap();
}

#[tokio::test]
async fn a_refusal_of_us_is_none_of_the_recipient() {
    let relay = Relay::start();
    let smtp = relay.smtp();
    for (wish, code) in [("norelay", 554), ("badsender", 550), ("sendas", 554)] {
        let refusal = outcome(&smtp, &wishing(wish)).await;
        assert!(matches!(&refusal, Refusal::Temporary { code: c, .. } if *c == code), "{refusal:?}");
        assert!(refusal.may_pass_later());
    }
    let refusal = outcome(&smtp, &wishing("closed")).await;
    assert!(matches!(refusal, Refusal::Permanent { code: 550, .. }), "{refusal:?}");
    assert!(relay.arrived().is_empty());
}

#[tokio::test]
async fn hanging_up_after_the_letter_leaves_the_outcome_unknown() {
    let relay = Relay::start();
    let smtp = relay.smtp();
    let refusal = outcome(&smtp, &wishing("drop")).await;
    assert!(matches!(refusal, Refusal::Unknown(_)), "{refusal:?}");
    assert!(refusal.may_pass_later());
    assert_eq!(relay.arrived().len(), 1, "it was taken");
}

#[tokio::test]
async fn silence_after_the_letter_leaves_the_outcome_unknown() {
    let relay = Relay::start_with(&["--slow", "20"]);
    let smtp = Smtp::new(Settings { timeout_s: 1, ..relay.settings() }).unwrap();
    let refusal = outcome(&smtp, &wishing("slow")).await;
    assert_eq!(refusal, Refusal::Unknown("no answer within 4 s".to_owned()));
}

#[tokio::test]
async fn a_slow_answer_in_time_is_an_answer() {
    let relay = Relay::start_with(&["--slow", "2"]);
    let smtp = Smtp::new(Settings { timeout_s: 1, ..relay.settings() }).unwrap();
    smtp.send(&letter(&[wishing("slow")]), &wishing("slow")).await.unwrap();
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refusal = outcome(&Smtp::new(settings(port)).unwrap(), &alice()).await;
    assert!(matches!(refusal, Refusal::Unreachable(_)), "{refusal:?}");
    assert!(refusal.may_pass_later());
}

#[tokio::test]
async fn a_server_that_never_greets_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let smtp = Smtp::new(Settings { timeout_s: 1, ..settings(listener.local_addr().unwrap().port()) }).unwrap();
    assert_eq!(outcome(&smtp, &alice()).await, Refusal::Unreachable("no answer within 1 s".to_owned()));
    assert!(smtp.probe().await.is_err());
}

/// Each byte comes in time; the whole answer doesn't.
#[tokio::test]
async fn a_server_of_one_byte_at_a_time_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let smtp = Smtp::new(Settings { timeout_s: 1, ..settings(listener.local_addr().unwrap().port()) }).unwrap();
    thread::spawn(move || {
        for peer in listener.incoming() {
            dribble(peer.unwrap());
        }
    });
    assert_eq!(outcome(&smtp, &alice()).await, Refusal::Unreachable("no answer within 1 s".to_owned()));
}

fn dribble(mut peer: TcpStream) {
    use std::io::Write;
    for byte in b"220 relay.example is in no hurry to say that it is ready" {
        if peer.write_all(&[*byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(200));
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_before_the_letter_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().for_each(drop));
    let refusal = outcome(&Smtp::new(settings(port)).unwrap(), &alice()).await;
    assert!(matches!(refusal, Refusal::Unreachable(_)), "{refusal:?}");
}

#[tokio::test]
async fn a_kept_connection_that_died_is_replaced() {
    let first = Relay::start();
    let port = first.port;
    let smtp = first.smtp();
    smtp.send(&letter(&[alice()]), &alice()).await.unwrap();
    drop(first);
    assert!(matches!(outcome(&smtp, &alice()).await, Refusal::Unreachable(_)));
    let second = Relay::start_with(&["--port", &port.to_string()]);
    smtp.send(&letter(&[alice()]), &alice()).await.unwrap();
    assert_eq!(second.arrived().len(), 1);
}

#[tokio::test]
async fn many_letters_at_once_share_a_few_connections() {
    let relay = Relay::start();
    let smtp = relay.smtp();
    let sendings: Vec<_> = (0..40)
        .map(|_| {
            let smtp = smtp.clone();
            tokio::spawn(async move { smtp.send(&letter(&[alice()]), &alice()).await })
        })
        .collect();
    for sending in sendings {
        sending.await.unwrap().unwrap();
    }
    let peers: std::collections::BTreeSet<_> = relay.arrived().into_iter().map(|one| one.peer).collect();
    assert_eq!(relay.arrived().len(), 40);
    assert!(peers.len() <= 4, "{peers:?}");
}

#[tokio::test]
async fn nobody_gets_a_hidden_copy() {
    let refusal = Relay::start().smtp().send(&letter(&[alice()]), &bob()).await.unwrap_err();
    assert_eq!(refusal, Refusal::Invalid("neither To nor Cc names bob@acme.example".to_owned()));
}

#[tokio::test]
async fn the_mailbox_behaves_like_a_relay() {
    let mailbox = Mailbox::new();
    let mailer = Mailer::Mailbox(mailbox.clone());
    let mut letter = letter(&[alice()]);
    letter.cc = vec![bob()];
    letter.attachments = vec![pdf("INV/1043.pdf", 10)];
    mailer.send(&letter, &alice()).await.unwrap();
    mailer.send(&letter, &bob()).await.unwrap();

    let received = mailbox.received();
    assert_eq!(received.iter().map(|one| one.number).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(mailbox.received_by("ALICE@acme.example").len(), 1);
    assert_eq!(received[0].recipient, bob());
    assert_eq!(received[0].enclosures[0].file_name, "INV-1043.pdf");
    assert_eq!(received[0].enclosures[0].size_bytes, 10);
    assert!(received[0].enclosures[0].bytes.is_none());
    let stranger = mailer.send(&letter, &wishing("x")).await;
    assert!(matches!(stranger, Err(Refusal::Invalid(_))));

    let keeping = Mailbox::keeping_attachments();
    Mailer::Mailbox(keeping.clone()).send(&letter, &alice()).await.unwrap();
    assert!(keeping.received()[0].enclosures[0].bytes.is_some());
}

#[tokio::test]
async fn the_mailbox_fails_on_demand() {
    let mailbox = Mailbox::new();
    let mailer = Mailer::Mailbox(mailbox.clone());
    let letter = letter(&[alice()]);
    let later = Refusal::Temporary { code: 451, text: "later".to_owned() };
    mailbox.fail_next(later.clone());
    mailbox.fail_next(Refusal::Unknown("silence".to_owned()));
    assert_eq!(mailer.send(&letter, &alice()).await, Err(later));
    assert!(mailbox.received().is_empty());
    assert!(matches!(mailer.send(&letter, &alice()).await, Err(Refusal::Unknown(_))));
    assert_eq!(mailbox.received().len(), 1, "a relay may have taken it all the same");

    mailbox.take_down();
    assert!(matches!(mailer.send(&letter, &alice()).await, Err(Refusal::Unreachable(_))));
    assert!(mailer.probe().await.is_err());
    mailbox.bring_up();
    mailer.probe().await.unwrap();
    mailer.send(&letter, &alice()).await.unwrap();
    assert_eq!(mailbox.received().len(), 2);
}

#[tokio::test]
async fn the_mailbox_forgets_the_oldest() {
    let mailbox = Mailbox::new();
    let mailer = Mailer::Mailbox(mailbox.clone());
    for _ in 0..501 {
        mailer.send(&letter(&[alice()]), &alice()).await.unwrap();
    }
    let received = mailbox.received();
    assert_eq!((received.len(), received[0].number, received[499].number), (500, 501, 2));
}

/// The greeting comes, then the connection ends: what was said before the letter holds no verdict on it.
#[tokio::test]
async fn a_greeting_that_refuses_us_says_nothing_about_the_letter() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().for_each(|peer| turn_away(peer.unwrap())));
    let refusal = outcome(&Smtp::new(settings(port)).unwrap(), &alice()).await;
    assert_eq!(refusal, Refusal::Temporary { code: 554, text: "your address is listed".to_owned() });
}

fn turn_away(mut peer: TcpStream) {
    use std::io::Write;
    peer.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    peer.write_all(b"554 your address is listed\r\n").unwrap();
    let mut farewell = [0; 64];
    let _quit = peer.read(&mut farewell);
}
