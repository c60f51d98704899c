//! An e-mail address with the name shown beside it, checked when it is made.

use std::fmt;

use super::line::one_line;

const NAME_CHARACTERS: usize = 120;
const LOCAL_BYTES: usize = 64;
const DOMAIN_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;

/// A name (may be empty) and an e-mail address that is plain ASCII and safe in a header and in an SMTP command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    name: String,
    email: String,
}

/// Why a text is no address we can write to. Readable by a customer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{email}” is not an e-mail address we can write to: {why}")]
pub struct Malformed {
    email: String,
    why: &'static str,
}

impl Address {
    /// The name is put on one line, whatever it holds. The address must be `local@domain`: unquoted ASCII before the
    /// `@` (RFC 5321 Dot-string), a domain name with a dot behind it. International domains become their `xn--` form.
    pub fn new(name: &str, email: &str) -> Result<Self, Malformed> {
        let malformed = |why| Malformed { email: one_line(email, NAME_CHARACTERS), why };
        let (local, domain) = email.trim().rsplit_once('@').ok_or_else(|| malformed("it has no @"))?;
        check_local(local).map_err(malformed)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| malformed(NO_DOMAIN))?;
        check_domain(&domain).map_err(malformed)?;
        Ok(Self { name: one_line(name, NAME_CHARACTERS), email: format!("{local}@{domain}") })
    }

    /// The name to show; empty if there is none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `local@domain`; the domain in lower case, the local part as it was written.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.email.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether both lead to the same mailbox: the name does not count, nor does the case of letters.
    pub fn reaches_the_same_as(&self, other: &Self) -> bool {
        self.email.eq_ignore_ascii_case(&other.email)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            return f.write_str(&self.email);
        }
        write!(f, "{} <{}>", self.name, self.email)
    }
}

const NO_DOMAIN: &str = "what follows the @ is not a domain name";

fn check_local(local: &str) -> Result<(), &'static str> {
    if !local.is_ascii() {
        return Err("letters outside a-z before the @ are not supported by most mail servers");
    }
    if local.is_empty() || local.len() > LOCAL_BYTES {
        return Err("the part before the @ must have 1 to 64 characters");
    }
    let atom = |part: &str| !part.is_empty() && part.bytes().all(is_atext);
    if !local.split('.').all(atom) {
        return Err("the part before the @ holds characters that are not allowed there");
    }
    Ok(())
}

/// RFC 5322, 3.2.3.
pub(super) fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// A host name of at least two labels whose last one is not a number, so that an IP address never passes.
pub(super) fn check_domain(domain: &str) -> Result<(), &'static str> {
    let label = |label: &str| {
        (1..=LABEL_BYTES).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_is_a_number = domain.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit()));
    let right =
        domain.len() <= DOMAIN_BYTES && domain.contains('.') && domain.split('.').all(label) && !top_is_a_number;
    right.then_some(()).ok_or(NO_DOMAIN)
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn ordinary_addresses_pass() {
        for email in ["a@b.example", "alice+billing@mail.globex.example", "o'brien@x-y.example", "a.b/c@d.example"] {
            assert_eq!(Address::new("", email).unwrap().email(), email);
        }
        let spaced = Address::new("  Åsa\r\n Berg ", " Asa@BÜRO.example ").unwrap();
        assert_eq!(spaced.to_string(), "Åsa Berg <Asa@xn--bro-hoa.example>");
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        for (email, why) in [
            ("alice", "has no @"),
            ("@b.example", "1 to 64"),
            ("a b@c.example", "not allowed"),
            ("a..b@c.example", "not allowed"),
            (".a@c.example", "not allowed"),
            ("\"a b\"@c.example", "not allowed"),
            ("a@b@c.example", "not allowed"),
            ("a>\r\nRCPT TO:<x@c.example", "not allowed"),
            ("a\0@c.example", "not allowed"),
            ("jürgen@c.example", "outside a-z"),
            ("a@localhost", "not a domain"),
            ("a@[127.0.0.1]", "not a domain"),
            ("a@127.0.0.1", "not a domain"),
            ("a@-b.example", "not a domain"),
            ("a@b..example", "not a domain"),
            ("a@b.example>\r\nDATA", "not a domain"),
            ("a@b.example.", "not a domain"),
        ] {
            let refused = Address::new("", email).unwrap_err().to_string();
            assert!(refused.contains(why), "{email:?}: {refused}");
            assert!(!refused.contains(['\r', '\n', '\0']), "{refused:?}");
        }
        assert!(Address::new("", &format!("{}@b.example", "a".repeat(65))).is_err());
        assert!(Address::new("", &format!("a@{}.example", "b".repeat(64))).is_err());
    }

    #[test]
    fn case_does_not_make_another_mailbox() {
        let one = Address::new("A", "Alice@Acme.example").unwrap();
        assert!(one.reaches_the_same_as(&Address::new("", "alice@acme.example").unwrap()));
    }
}
