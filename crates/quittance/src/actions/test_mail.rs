//! Goes the way of a letter and explains each step: settings, DNS, connection, SPF, DKIM, DMARC, and a letter.

use std::net::IpAddr;

use connect::mail::{Address, Dns, Letter, NoAnswer, Security, Settings, Spf, Stop, spf, walk};

use crate::app::App;
use crate::error::{Error, Result};
use crate::letter::{sender, tag};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// It may work; somebody should look.
    Doubt,
    Bad,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// `SPF`.
    pub what: &'static str,
    pub verdict: Verdict,
    /// What was found, a sentence.
    pub found: String,
    /// What to do; nothing where all is well.
    pub do_next: String,
}

fn step(what: &'static str, verdict: Verdict, found: impl Into<String>, do_next: impl Into<String>) -> Step {
    Step { what, verdict, found: found.into(), do_next: do_next.into() }
}

/// Takes the steps; `told` hears of each. A step that fails ends those that depend on it.
///
/// # Errors
/// `Refused` where the sender's address can't be used.
pub async fn test_mail(
    app: &App,
    (settings, dns): (Option<Settings>, Option<Dns>),
    to: Option<Address>,
    told: impl Fn(&Step),
) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut take = |step: Step| {
        told(&step);
        steps.push(step);
    };
    let Some(settings) = settings else {
        take(step("settings", Verdict::Bad, "No mail server is set.", "Fill in [mail] in quittance.toml."));
        return Ok(steps);
    };
    let from = sender(app, &app.provider())?;
    let envelope = settings.return_path.clone().unwrap_or_else(|| from.clone());
    take(about_settings(&settings, &from, &envelope));
    let asker = Asker { dns, host: settings.host.clone() };
    take(asker.host().await);
    let connected = connection(&settings).await?;
    let works = connected.iter().all(|step| step.verdict != Verdict::Bad);
    connected.into_iter().for_each(&mut take);
    for step in [
        asker.return_mail(&envelope).await,
        asker.spf(&envelope).await,
        asker.dkim(&settings).await,
        asker.dmarc(&settings, &from, &envelope).await,
    ] {
        take(step);
    }
    if works {
        take(letter(app, &from, to).await?);
    }
    Ok(steps)
}

fn about_settings(settings: &Settings, from: &Address, envelope: &Address) -> Step {
    let security = match settings.security {
        Security::Tls => "with TLS",
        Security::Starttls => "with STARTTLS",
        Security::None => "without encryption, on this machine",
    };
    let who = settings
        .login
        .as_ref()
        .map_or(String::from("signed in as nobody"), |login| format!("signed in as {}", login.user));
    step(
        "settings",
        Verdict::Good,
        format!(
            "Mail goes to {}:{} {security}, {who}; from {}, failures back to {}.",
            settings.host,
            settings.port,
            from.email(),
            envelope.email()
        ),
        "",
    )
}

async fn connection(settings: &Settings) -> Result<Vec<Step>> {
    let walked = walk(settings.clone()).await.map_err(Error::refused)?;
    let place = format!("{}:{}", settings.host, settings.port);
    if let Err(why) = walked.reached {
        let do_next =
            "Check host and port, and whether a firewall lets this machine out: many block port 25, few 465 or 587.";
        return Ok(vec![step("connection", Verdict::Bad, format!("{place} can't be reached: {why}."), do_next)]);
    }
    let mut steps = vec![step("connection", Verdict::Good, format!("{place} answers."), "")];
    let tls = "encryption";
    match walked.welcomed {
        None => {}
        Some(Ok(())) => {
            steps.push(match settings.security {
                Security::None => step(tls, Verdict::Good, "None; the mail server is on this machine.", ""),
                _ => step(tls, Verdict::Good, format!("The certificate is trusted and names {}.", settings.host), ""),
            });
            if let Some(login) = &settings.login {
                steps.push(step("login", Verdict::Good, format!("{} may sign in.", login.user), ""));
            }
        }
        Some(Err(stop)) => steps.push(stopped(stop)),
    }
    Ok(steps)
}

fn stopped(stop: Stop) -> Step {
    let (what, why, do_next) = match stop {
        Stop::Certificate(why) => (
            "encryption",
            why,
            "Set host to the name in the certificate; where the certificate is the house's own, name its authority in \
             authority_file.",
        ),
        Stop::Plain(why) => (
            "encryption",
            why,
            "This port offers no such encryption: use security = \"tls\" on port 465, or \"starttls\" on port 587.",
        ),
        Stop::Login(why) => {
            ("login", why, "Check user and password_file; some servers want a password made for programs.")
        }
        Stop::NoLogin(why) => {
            ("login", why, "The server takes no password here: leave user empty, or use its port for signing in.")
        }
        Stop::Other(why) => ("greeting", why, "Ask whoever runs the mail server, with these words."),
    };
    step(what, Verdict::Bad, format!("{why}."), do_next)
}

/// Asks DNS for the steps.
struct Asker {
    dns: Option<Dns>,
    host: String,
}

impl Asker {
    fn unasked(what: &'static str) -> Step {
        step(what, Verdict::Doubt, "No DNS server is known to this machine.", "Name one in /etc/resolv.conf.")
    }

    fn silent(what: &'static str, error: &NoAnswer) -> Step {
        step(what, Verdict::Doubt, format!("{error}."), "Try again; if it stays so, look at this machine's DNS.")
    }

    async fn host(&self) -> Step {
        let what = "DNS";
        if self.host.parse::<IpAddr>().is_ok() || self.host.eq_ignore_ascii_case("localhost") {
            return step(what, Verdict::Good, format!("{} needs no look-up.", self.host), "");
        }
        let Some(dns) = &self.dns else { return Self::unasked(what) };
        match dns.addresses(&self.host).await {
            Err(error) => Self::silent(what, &error),
            Ok(found) if found.is_empty() => step(
                what,
                Verdict::Bad,
                format!("{} has no address.", self.host),
                "Check how the host is spelled in [mail].",
            ),
            Ok(found) => {
                let list: Vec<String> = found.iter().map(ToString::to_string).collect();
                step(what, Verdict::Good, format!("{} is {}.", self.host, list.join(", ")), "")
            }
        }
    }

    /// Whether answers and reports can come back.
    async fn return_mail(&self, envelope: &Address) -> Step {
        let what = "MX";
        let Some(dns) = &self.dns else { return Self::unasked(what) };
        match dns.mail_hosts(envelope.domain()).await {
            Err(error) => Self::silent(what, &error),
            Ok(hosts) if hosts.is_empty() => step(
                what,
                Verdict::Bad,
                format!("{} takes no mail: it has no MX record.", envelope.domain()),
                "Receivers refuse senders that can't be answered, and failures never come back. Set return_path to an \
                 address that takes mail, or publish the MX record.",
            ),
            Ok(hosts) => {
                step(what, Verdict::Good, format!("Mail to {} goes to {}.", envelope.domain(), hosts.join(", ")), "")
            }
        }
    }

    async fn spf(&self, envelope: &Address) -> Step {
        let what = "SPF";
        let Some(dns) = &self.dns else { return Self::unasked(what) };
        let domain = envelope.domain();
        let add = format!(
            "Add the include that your mail server's operator names, or its address, to the record \"v=spf1 … -all\" of {domain}."
        );
        let addresses = match self.host.parse::<IpAddr>() {
            Ok(ip) => Ok(vec![ip]),
            Err(_) => dns.addresses(&self.host).await,
        };
        let address = match addresses.map(|found| found.first().copied()) {
            Err(error) => return Self::silent(what, &error),
            Ok(address) => address.unwrap_or(IpAddr::from([0, 0, 0, 0])),
        };
        match spf(dns, domain, address).await {
            Err(error) => Self::silent(what, &error),
            Ok(Spf::Absent) => step(
                what,
                Verdict::Bad,
                format!("{domain} has no SPF record: nobody can tell our mail from forgeries."),
                add,
            ),
            Ok(Spf::Broken(why)) => {
                step(what, Verdict::Bad, format!("The SPF record of {domain} can't be used: {why}."), add)
            }
            Ok(Spf::Pass) => step(what, Verdict::Good, format!("{domain} lets {} ({address}) send.", self.host), ""),
            Ok(Spf::Fail) if address.is_loopback() => step(
                what,
                Verdict::Doubt,
                format!(
                    "{domain} has an SPF record; under which address the mail server on this machine sends is not seen here."
                ),
                "Make sure that the record lets this machine's public address send.",
            ),
            Ok(Spf::Fail) => step(
                what,
                Verdict::Doubt,
                format!("The SPF record of {domain} does not name {} ({address}).", self.host),
                format!(
                    "Where the mail server sends from other addresses this may be right; look at a letter that arrived. {add}"
                ),
            ),
        }
    }

    async fn dkim(&self, settings: &Settings) -> Step {
        let what = "DKIM";
        let Some(signer) = &settings.signer else {
            return step(
                what,
                Verdict::Doubt,
                "We do not sign; the mail server may.",
                "Look at the head of the letter that arrives. Where it has no DKIM-Signature: quittance mail dkim-key",
            );
        };
        let Some(dns) = &self.dns else { return Self::unasked(what) };
        let name = signer.record_name();
        let publish = format!("Let DNS show this TXT record at {name}: {}", signer.record());
        match dns.texts(&name).await {
            Err(error) => Self::silent(what, &error),
            Ok(records) if records.is_empty() => step(what, Verdict::Bad, format!("{name} shows no key."), publish),
            Ok(records) if records.iter().any(|record| signer.is_published_as(record)) => {
                step(what, Verdict::Good, format!("{name} shows our key."), "")
            }
            Ok(_) => {
                step(what, Verdict::Bad, format!("{name} shows another key than ours: every signature fails."), publish)
            }
        }
    }

    async fn dmarc(&self, settings: &Settings, from: &Address, envelope: &Address) -> Step {
        let what = "DMARC";
        let Some(dns) = &self.dns else { return Self::unasked(what) };
        let found = match policy(dns, from.domain()).await {
            Err(error) => return Self::silent(what, &error),
            Ok(found) => found,
        };
        let Some((place, record)) = found else {
            return step(
                what,
                Verdict::Doubt,
                format!("{} has no DMARC record.", from.domain()),
                format!(
                    "Large receivers ask for one. Begin with the TXT record \"v=DMARC1; p=none; rua=mailto:{}\" at _dmarc.{}.",
                    from.email(),
                    from.domain()
                ),
            );
        };
        let mode = |tag: &str| match tag_of(&record, tag) {
            Some("s" | "S") => Mode::Strict,
            _ => Mode::Relaxed,
        };
        let by_dkim = settings
            .signer
            .as_ref()
            .is_some_and(|signer| agrees(signer.domain(), from.domain(), &place, mode("adkim")));
        let by_spf = agrees(envelope.domain(), from.domain(), &place, mode("aspf"));
        let policy = tag_of(&record, "p").unwrap_or("none");
        match (by_dkim, by_spf) {
            (false, false) => step(
                what,
                Verdict::Bad,
                format!(
                    "Neither the domain of return_path ({}) nor that of a signature of ours belongs to {}: with p={policy} \
                     receivers treat our mail as forged.",
                    envelope.domain(),
                    from.domain()
                ),
                "Sign with DKIM for the sender's domain, or set return_path to an address of it.",
            ),
            _ => {
                let by = if by_dkim { "our DKIM signature" } else { "the sender's domain in SPF" };
                step(what, Verdict::Good, format!("{place} says p={policy}; {by} agrees with {}.", from.domain()), "")
            }
        }
    }
}

/// How exactly a domain must be the sender's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Relaxed,
    Strict,
}

/// The policy that holds for a domain, and whose it is: its own, or that of the nearest domain above it.
async fn policy(dns: &Dns, domain: &str) -> Result<Option<(String, String)>, NoAnswer> {
    let mut place = domain;
    while place.contains('.') {
        let records = dns.texts(&format!("_dmarc.{place}")).await?;
        if let Some(record) = records.into_iter().find(|record| record.trim_start().starts_with("v=DMARC1")) {
            return Ok(Some((place.to_owned(), record)));
        }
        let Some((_, above)) = place.split_once('.') else { break };
        place = above;
    }
    Ok(None)
}

fn tag_of<'a>(record: &'a str, tag: &str) -> Option<&'a str> {
    let mut tags = record.split(';').filter_map(|part| part.split_once('='));
    tags.find(|(name, _)| name.trim().eq_ignore_ascii_case(tag)).map(|(_, value)| value.trim())
}

/// Whether a domain counts as the sender's: the same or, where the policy isn't strict, one that the policy holds for too.
fn agrees(domain: &str, from: &str, place: &str, mode: Mode) -> bool {
    let below = domain.eq_ignore_ascii_case(place)
        || domain.to_ascii_lowercase().ends_with(&format!(".{}", place.to_ascii_lowercase()));
    domain.eq_ignore_ascii_case(from) || (mode == Mode::Relaxed && below)
}

async fn letter(app: &App, from: &Address, to: Option<Address>) -> Result<Step> {
    let provider = app.provider();
    let first = app.config.staff.notices.first().unwrap_or(&provider.email);
    let to = to.map_or_else(|| Address::new("", first).map_err(Error::refused), Ok)?;
    let letter = Letter {
        message_id: format!("test.{}", tag()),
        from: from.clone(),
        reply_to: None,
        to: vec![to.clone()],
        cc: Vec::new(),
        subject: format!("{}: a test of the billing portal's mail", provider.name),
        text: format!(
            "This letter was sent by `quittance mail test`. If you read it, the portal's mail arrives.\n\nLook at its head: \
             Authentication-Results should say pass for spf, dkim and dmarc.\n\n{}\n",
            app.config.base_url
        ),
        html: String::new(),
        attachments: Vec::new(),
        date: app.clock.now(),
    };
    let Some(mailer) = &app.mailer else { return Err(Error::refused("no mail server is set")) };
    Ok(match mailer.send(&letter, &to).await {
        Ok(accepted) => step(
            "letter",
            Verdict::Good,
            format!("A letter to {} was accepted: {}.", to.email(), accepted.text),
            "See whether it arrives, and not among the spam; its head says what the receiver thinks of SPF, DKIM and DMARC.",
        ),
        Err(refusal) => step(
            "letter",
            Verdict::Bad,
            format!("A letter to {} was not accepted: {refusal}.", to.email()),
            "The words are the mail server's; ask whoever runs it.",
        ),
    })
}
