//! A password or key that cannot be printed by accident.

use std::fmt;

/// A secret text. It has no `Display`, and its `Debug` hides the content; only [`Secret::reveal`] shows it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The content, for the one place that hands it to the counterpart.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(content: String) -> Self {
        Self(content)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_hides_the_content() {
        let secret = Secret::from("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        assert_eq!(secret.reveal(), "hunter2");
    }
}
