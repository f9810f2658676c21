//! What is configured of Amazon's services, or of servers that speak the same.

use secrecy::SecretString;

use super::Variables;

/// How to reach one of Amazon's services.
#[derive(Clone, Debug, Default)]
pub struct AwsConfig {
    /// The endpoint of a server that is not Amazon's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Keys; without them the usual AWS credentials are used.
    pub keys: Option<(String, SecretString)>,
}

/// The queues of jobs.
#[derive(Clone, Debug)]
pub struct QueueConfig {
    /// `QUEUE_URL_PREFIX`: how the addresses of the SQS queues begin
    /// (`https://sqs.eu-central-1.amazonaws.com/123456789012/muster-<system>-`); `import`, `import-dead` and so on follow.
    /// Without it jobs stay in the process.
    pub url_prefix: Option<String>,
    /// `QUEUE_ENDPOINT`, `QUEUE_REGION` (or `AWS_REGION`), `QUEUE_ACCESS_KEY` and `QUEUE_SECRET_KEY`.
    pub aws: AwsConfig,
    /// `JOBS_AT_ONCE`: how many jobs of one queue a server does at the same time (2); 0 leaves them to other processes.
    pub jobs_at_once: usize,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `SMTP_URL` (`smtps://user:password@host`), or made of `EMAIL_USER`, `EMAIL_PASS` and `EMAIL_HOST`
    /// (default `smtp.gmail.com`).
    pub smtp: Option<SecretString>,
    /// `MAIL_TRANSPORT=ses`: Amazon SES, reached by `SES_ENDPOINT`, `SES_REGION` (or `AWS_REGION`), `SES_ACCESS_KEY` and
    /// `SES_SECRET_KEY`.
    pub ses: Option<AwsConfig>,
    /// `MAIL_TRANSPORT=smtp` without `SMTP_URL`: another function sends the mails that this one stores.
    pub elsewhere: bool,
    /// `MAIL_FROM` (or `EMAIL_USER`): the sender.
    pub from: String,
}

impl MailConfig {
    /// Whether stored mails are sent. If not, they stay in the outbox.
    pub fn leaves(&self) -> bool {
        self.smtp.is_some() || self.ses.is_some() || self.elsewhere
    }
}

impl Variables<'_> {
    /// The variables that begin with `service`.
    pub(super) fn aws(&self, service: &str) -> AwsConfig {
        let keys = self.text(&format!("{service}_ACCESS_KEY"));
        AwsConfig {
            endpoint: self.text(&format!("{service}_ENDPOINT")),
            region: self.any(&[&format!("{service}_REGION"), "AWS_REGION"]),
            keys: keys.zip(self.text(&format!("{service}_SECRET_KEY")).map(Into::into)),
        }
    }

    pub(super) fn queue(&mut self) -> QueueConfig {
        QueueConfig {
            url_prefix: self.text("QUEUE_URL_PREFIX"),
            aws: self.aws("QUEUE"),
            jobs_at_once: usize::try_from(self.number("JOBS_AT_ONCE", 2)).unwrap_or(2),
        }
    }

    pub(super) fn mail(&mut self) -> MailConfig {
        let account = self.text("EMAIL_USER").zip(self.text("EMAIL_PASS"));
        let from_account = account.map(|(user, password)| {
            let host = self.text("EMAIL_HOST").unwrap_or_else(|| "smtp.gmail.com".to_owned());
            let encode =
                |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            format!("smtps://{}:{}@{host}", encode(&user), encode(&password))
        });
        let mut config = MailConfig {
            smtp: self.text("SMTP_URL").or(from_account).map(Into::into),
            ses: None,
            elsewhere: false,
            from: self
                .any(&["MAIL_FROM", "EMAIL_USER"])
                .unwrap_or_else(|| "Muster <no-reply@localhost>".to_owned()),
        };
        match self.text("MAIL_TRANSPORT").as_deref() {
            None => {}
            Some("smtp") => config.elsewhere = config.smtp.is_none(),
            Some("ses") => (config.smtp, config.ses) = (None, Some(self.aws("SES"))),
            Some(_) => self.problems.push("MAIL_TRANSPORT must be smtp or ses".to_owned()),
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn read(variables: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::read(&lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn mail_leaves_by_one_way_or_stays() {
        let leaves = |variables: &[(&str, &str)]| read(variables).map(|config| config.mail.leaves());
        assert_eq!(leaves(&[]), Ok(false));
        assert_eq!(leaves(&[("SMTP_URL", "smtp://mail.example.test")]), Ok(true));
        assert_eq!(leaves(&[("MAIL_TRANSPORT", "smtp")]), Ok(true));
        let ses =
            read(&[("MAIL_TRANSPORT", "ses"), ("SMTP_URL", "smtp://x"), ("AWS_REGION", "eu-central-1")]);
        let mail = ses.map(|config| config.mail);
        assert!(mail.is_ok_and(|mail| {
            mail.smtp.is_none() && mail.ses.is_some_and(|ses| ses.region.as_deref() == Some("eu-central-1"))
        }));
        assert!(leaves(&[("MAIL_TRANSPORT", "pigeon")]).is_err_and(|told| told.contains("MAIL_TRANSPORT")));
    }
}
