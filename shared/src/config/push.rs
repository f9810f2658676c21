//! Push messages to browsers, in the variables that the legacy server read.

use secrecy::SecretString;
use url::Url;

use super::Variables;
use crate::push::Vapid;

/// Whom a push service may write to when something is wrong with our messages, where no address is configured.
const CONTACT: &str = "unit@example.test";

/// How push messages are signed, and where they may go.
#[derive(Clone, Debug)]
pub struct PushConfig {
    /// `VAPID_PRIVATE_KEY`: a private key of the curve P-256, 32 bytes in base64url. Without it a key is generated and kept
    /// in the database. `VAPID_PUBLIC_KEY` is made from it; where it is given it must fit.
    pub private_key: Option<SecretString>,
    /// `mailto:` and the address of `MAIL_FROM` (or `EMAIL_USER`).
    pub subject: String,
    /// `PUSH_SERVICES`: a comma list of push services of one's own, such as `http://push.internal:8080`. Others must be
    /// reached by https at a public address.
    pub services: Vec<Url>,
}

impl Variables<'_> {
    pub(super) fn push(&mut self) -> PushConfig {
        let private_key = self.text("VAPID_PRIVATE_KEY");
        if let Some(problem) = self.vapid_problem(private_key.as_deref()) {
            self.problems.push(problem.to_owned());
        }
        let sender = self.any(&["MAIL_FROM", "EMAIL_USER"]);
        let address = sender.as_deref().and_then(address).unwrap_or(CONTACT);
        let (services, wrong): (Vec<_>, Vec<_>) =
            self.list(&["PUSH_SERVICES"]).iter().map(|text| Url::parse(text)).partition(Result::is_ok);
        if !wrong.is_empty() {
            self.problems.push("PUSH_SERVICES must be a comma list of addresses".to_owned());
        }
        PushConfig {
            private_key: private_key.map(Into::into),
            subject: format!("mailto:{address}"),
            services: services.into_iter().flatten().collect(),
        }
    }

    fn vapid_problem(&self, private_key: Option<&str>) -> Option<&'static str> {
        let private_key = private_key?;
        let Some(keys) = Vapid::parse(private_key) else {
            return Some("VAPID_PRIVATE_KEY must be a private key of the curve P-256, 32 bytes in base64url");
        };
        let public = self.text("VAPID_PUBLIC_KEY")?;
        (public.trim_end_matches('=') != keys.public_key())
            .then_some("VAPID_PUBLIC_KEY does not belong to VAPID_PRIVATE_KEY")
    }
}

/// The bare address of `Name <address>`.
fn address(sender: &str) -> Option<&str> {
    let address = sender.rsplit_once('<').map_or(sender, |(_, rest)| rest.trim_end_matches('>')).trim();
    (address.contains('@') && !address.contains(char::is_whitespace)).then_some(address)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    /// The example of RFC 8292 has no private key; this pair is made for the test.
    const PRIVATE: &str = "RS0WdYWWo1HajXg3NZR1olzCf31i-ZBGDkFyCs7j1jw";

    fn read(pairs: &[(&str, &str)]) -> crate::Result<Config> {
        Config::read(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_contact_is_the_bare_address_of_the_sender() {
        let subject = |from| read(&[("MAIL_FROM", from)]).expect("a configuration").push.subject;
        assert_eq!(subject("School <mail@school.example>"), "mailto:mail@school.example");
        assert_eq!(subject("mail@school.example"), "mailto:mail@school.example");
        assert_eq!(subject("nobody"), "mailto:unit@example.test");
    }

    #[test]
    fn keys_that_are_none_or_do_not_fit_are_reported_at_the_start() {
        assert!(read(&[("VAPID_PRIVATE_KEY", PRIVATE)]).is_ok());
        let short = read(&[("VAPID_PRIVATE_KEY", "abc")]).expect_err("no key");
        assert!(short.to_string().contains("VAPID_PRIVATE_KEY must be"));
        let other =
            read(&[("VAPID_PRIVATE_KEY", PRIVATE), ("VAPID_PUBLIC_KEY", "BAAA")]).expect_err("no pair");
        assert!(other.to_string().contains("does not belong"));
        assert!(!format!("{short:?}{other:?}").contains(PRIVATE));
    }
}
