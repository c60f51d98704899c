//! Where to land after signing in: a path of this portal, never another site.

const MAX_BYTES: usize = 512;

/// The path and query if they are ours to go to after signing in; nothing else passes.
pub fn own_path(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let rooted = text.starts_with('/') && !text.starts_with("//");
    let loops = ["/sign-in", "/sign-out", "/prove"].iter().any(|door| text.starts_with(door));
    (plain && rooted && !loops && text.len() <= MAX_BYTES).then_some(text)
}

/// `/sign-in?next=…` for a path, or plain `/sign-in` where it is none of ours.
pub fn sign_in_then(path: &str) -> String {
    let query =
        own_path(path).filter(|path| *path != "/").and_then(|path| serde_urlencoded::to_string([("next", path)]).ok());
    query.map_or_else(|| "/sign-in".to_owned(), |query| format!("/sign-in?{query}"))
}

/// `/prove?next=…` for a path, or plain `/prove` where it is none of ours.
pub fn prove_then(path: &str) -> String {
    let query = own_path(path).and_then(|path| serde_urlencoded::to_string([("next", path)]).ok());
    query.map_or_else(|| "/prove".to_owned(), |query| format!("/prove?{query}"))
}

#[cfg(test)]
mod tests {
    use super::{own_path, prove_then, sign_in_then};

    #[test]
    fn only_paths_of_this_portal_pass() {
        for path in ["/invoices", "/invoices/INV-7?show=paid&stream=recurring", "/work#top", "/a//b"] {
            assert_eq!(own_path(path), Some(path));
        }
        let long = format!("/{}", "a".repeat(512));
        for path in [
            "",
            "invoices",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "/a\tb",
            "/a\r\nb",
            "/ä",
            " /invoices",
            "/sign-in",
            "/sign-in/code",
            "/sign-out",
            "/prove?next=/prove",
            long.as_str(),
            "/a b",
        ] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
    }

    #[test]
    fn the_query_survives() {
        assert_eq!(sign_in_then("/invoices/INV-7?a=1&b=2"), "/sign-in?next=%2Finvoices%2FINV-7%3Fa%3D1%26b%3D2");
        assert_eq!(sign_in_then("//evil.example"), "/sign-in");
        assert_eq!(sign_in_then("/"), "/sign-in");
        assert_eq!(prove_then("/passkeys"), "/prove?next=%2Fpasskeys");
        assert_eq!(prove_then("/prove"), "/prove");
    }
}
