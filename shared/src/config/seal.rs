//! The keys that seal certificates and encrypt secrets.

use secrecy::SecretString;

use super::Variables;
use crate::{auth::installation_key::seed_of, certificates::PublicKey};

/// How documents that leave the system are sealed.
#[derive(Clone, Debug, Default)]
pub struct SealConfig {
    /// `CERTIFICATE_KEY`: the secret half of an Ed25519 key, 32 bytes in base64. Without it a key is generated and kept in
    /// the database.
    pub key: Option<SecretString>,
    /// `CERTIFICATE_PUBLIC_KEYS`: a comma list of the public halves (32 bytes in base64) of earlier keys, whose
    /// certificates stay valid.
    pub earlier: Vec<String>,
}

impl Variables<'_> {
    pub(super) fn data_key(&mut self) -> Option<SecretString> {
        self.key_of_32_bytes(&["DATA_KEY", "SECRETS_KEY"], "DATA_KEY (or SECRETS_KEY)")
    }

    /// The key in the first of these variables that is set; `shown` is what a problem calls them.
    fn key_of_32_bytes(&mut self, names: &[&str], shown: &str) -> Option<SecretString> {
        let key = self.any(names);
        if key.as_deref().is_some_and(|key| seed_of(key).is_none()) {
            self.problems.push(format!("{shown} must be 32 bytes in base64"));
        }
        key.map(Into::into)
    }

    pub(super) fn seal(&mut self) -> SealConfig {
        let key = self.key_of_32_bytes(&["CERTIFICATE_KEY"], "CERTIFICATE_KEY");
        let earlier = self.list(&["CERTIFICATE_PUBLIC_KEYS"]);
        if earlier.iter().any(|key| PublicKey::parse(key).is_none()) {
            self.problems.push(
                "CERTIFICATE_PUBLIC_KEYS must be a comma list of Ed25519 public keys in base64".to_owned(),
            );
        }
        SealConfig { key, earlier }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn keys_that_are_none_are_reported_at_the_start_and_not_repeated() {
        let read = |name: &'static str, value: &'static str| {
            Config::read(&|asked| (asked == name).then(|| value.to_owned()))
        };
        const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        assert!(read("CERTIFICATE_KEY", SEED).is_ok());
        // The public half of the key above (RFC 8032, 7.1).
        assert!(read("CERTIFICATE_PUBLIC_KEYS", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").is_ok());
        assert!(read("SECRETS_KEY", SEED).expect("a key").data_key.is_some());
        for name in ["CERTIFICATE_KEY", "CERTIFICATE_PUBLIC_KEYS", "DATA_KEY"] {
            let value = "c2hvcnQ=";
            let problem = read(name, value).expect_err("no key").to_string();
            assert!(problem.contains(name) && !problem.contains(value), "{problem}");
        }
    }
}
