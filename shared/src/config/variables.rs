//! Every variable that our programs read, as data: the page `docs/configuration.md` is written from it, and in debug builds
//! a variable that is missing here cannot be read.

/// Variables that belong together.
#[derive(Debug)]
pub struct Part {
    /// What they are about.
    pub title: &'static str,
    /// The variables.
    pub variables: &'static [Variable],
}

/// A variable of the environment.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Other names that are understood; the first that is set counts.
    pub aliases: &'static [&'static str],
    /// What holds without it.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Why production needs it; empty where it can be left out.
    pub production: &'static str,
}

/// A variable that production does not need.
pub const fn variable(name: &'static str, default: &'static str, about: &'static str) -> Variable {
    Variable { name, aliases: &[], default, about, production: "" }
}

impl Variable {
    /// The same, understood under other names too.
    #[must_use]
    pub const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// The same, needed in production for this reason.
    #[must_use]
    pub const fn needed(self, production: &'static str) -> Self {
        Self { production, ..self }
    }
}

/// The title of the variables that only the program `muster` reads.
pub const OF_MUSTER: &str = "The program `muster`";

const REGION: &str = "The region of the service.";
const KEY: &str = "The access key, with the secret key; both together.";
const SECRET: &str = "The secret key.";
const USUAL: &str = "the usual AWS credentials";

/// All of them.
pub const PARTS: &[Part] = &[
    Part {
        title: "The system",
        variables: &[
            variable(
                "MUSTER_ENV",
                "`production`; `development` where `muster` starts a database of its own",
                "`development` shows details of errors, fills an empty database with demo data, and makes up what is missing.",
            )
            .or(&["NODE_ENV"]),
            variable(
                "PUBLIC_URL",
                "none",
                "The address people use, such as `https://school.example`: links in mails and certificates begin with it.",
            )
            .or(&["RENDER_EXTERNAL_URL"])
            .needed("Sign-in links and certificates are refused without it."),
            variable("CORS_ORIGINS", "every origin, without cookies", "Other origins whose pages may call the API: a comma list.")
                .or(&["CORS_ALLOWED_ORIGINS"]),
            variable("TRUSTED_HOPS", "0", "Proxies in front that append to `X-Forwarded-For`."),
            variable(
                "FORCE_HTTPS",
                "`true` in production if `PUBLIC_URL` is https",
                "Requests that a trusted proxy received without TLS are redirected to https (308).",
            ),
            variable("REDIRECT_ENABLED", "`false`", "`true` redirects requests for former host names (308)."),
            variable("REDIRECT_FROM_HOSTS", "none", "The former host names: a comma list."),
            variable("REDIRECT_TARGET_HOST", "none", "The present host name."),
            variable("RATE_LIMITS", "on", "`off` switches every limit off, for replays and load tests; refused in production."),
            variable(
                "IMITATIONS",
                "on in development",
                "`off`: a server does not imitate the outside services of its system below `/_dev`; `on` is refused in production.",
            ),
            variable("SENTRY_DSN", "the log only", "Where failures are reported to, without personal data."),
        ],
    },
    Part {
        title: "Database and cache",
        variables: &[
            variable("DATABASE_URL", "an embedded database, outside production", "The PostgreSQL database.")
                .or(&["SUPABASE_URL", "SUPABASE_DB_URL", "SUPABASE_POSTGRES_URL", "POSTGRES_URL", "PG_DATABASE_URL"])
                .needed("Nothing starts without it."),
            variable(
                "DATABASE_DIRECT_URL",
                "`DATABASE_URL`",
                "The same database without a pooler in between, for migrations and notifications.",
            )
            .or(&["DIRECT_URL", "DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING"])
            .needed("Needed behind a transaction pooler: nothing can be migrated through it."),
            variable(
                "DATABASE_POOLER",
                "told from the address",
                "Whether `DATABASE_URL` leads through a transaction pooler: `true` or `false`.",
            ),
            variable("DATABASE_CA", "none", "A PEM file with the certificate authority to trust; turns verification on."),
            variable("DB_POOL_MAX", "`connection_limit` of the address, else 20; 1 in a function", "Connections at most."),
            variable("READ_ONLY", "`false`", "`true` lets people sign in and read, and refuses every other write; no job runs but mails."),
            variable(
                "REDIS_URL",
                "each process caches for itself, the database counts requests",
                "Redis, shared by several processes: `redis://host:6379/0`, or `rediss://` with TLS.",
            ),
        ],
    },
    Part {
        title: "Signing in and secrets",
        variables: &[
            variable("JWT_SECRET", "a key that is made once and kept in the database", "Signs the tokens.").or(&["SECRET_KEY"]),
            variable(
                "IDENTIFIER_LOGIN",
                "`link`",
                "What an identifier without a password does: `link` mails a one-time link, `trusted` signs in (unsafe), `off` \
                 refuses.",
            ),
            variable("SESSION_IDLE_HOURS", "12", "A session that is unused for so long ends."),
            variable("SESSION_DAYS", "7", "Every session ends after so long."),
            variable("BCRYPT_COST", "10", "Work factor of new password hashes, from 4 to 15."),
            variable(
                "DATA_KEY",
                "a key that is made once and kept in the database",
                "32 bytes in base64 that encrypt the secrets in the database, such as second factors.",
            )
            .or(&["SECRETS_KEY"]),
            variable(
                "CERTIFICATE_KEY",
                "a key that is made once and kept in the database",
                "The key that signs certificates: the secret half of an Ed25519 key, 32 bytes in base64.",
            ),
            variable("CERTIFICATE_PUBLIC_KEYS", "none", "Public halves of earlier keys, whose certificates stay valid: a comma list."),
            variable("DEMO_PASSWORD", "drawn passwords", "The password of every demo account; refused in production."),
        ],
    },
    Part {
        title: "Files",
        variables: &[
            variable("FILES_BUCKET", "none", "The S3 bucket of uploads, or one of a server that speaks its protocol.")
                .needed("Uploads are refused without a bucket, Cloudinary or a folder."),
            variable("FILES_ENDPOINT", "Amazon's", "The address of a server that is not Amazon's."),
            variable("FILES_REGION", "none", REGION).or(&["AWS_REGION"]),
            variable("FILES_ACCESS_KEY", USUAL, KEY),
            variable("FILES_SECRET_KEY", USUAL, SECRET),
            variable(
                "FILES_DIR",
                "outside production `files` in the data directory",
                "A folder in place of a bucket, on a server of one's own; functions have none.",
            ),
            variable("FILES_DIRECT", "`true` in a function, else `false`", "Whether clients send and fetch large files at the store."),
            variable(
                "BODY_MEMORY_MB",
                "48",
                "Memory for the bodies of requests together; who comes later waits, and is refused after ten seconds.",
            ),
            variable("PICTURE_MEMORY_MB", "160", "The same for pictures that are open: a photo of 40 megapixels takes 120."),
            variable("CLOUDINARY_URL", "none", "An account at Cloudinary, where new files go: `cloudinary://KEY:SECRET@CLOUD`."),
            variable("CLOUDINARY_CLOUD_NAME", "none", "The account, in place of `CLOUDINARY_URL`; with the next two."),
            variable("CLOUDINARY_API_KEY", "none", "Its key."),
            variable("CLOUDINARY_API_SECRET", "none", "Its secret."),
            variable("CLOUDINARY_FOLDER", "what the system says", "The folder of new files there."),
            variable("CLOUDINARY_UPLOAD_PREFIX", "`https://api.cloudinary.com`", "Where the service answers."),
        ],
    },
    Part {
        title: "Mail and push messages",
        variables: &[
            variable("SMTP_URL", "none", "The mail server: `smtps://user:password@host`.")
                .needed("Mails stay in the outbox without it, `EMAIL_USER` or `MAIL_TRANSPORT=ses`."),
            variable("EMAIL_USER", "none", "The account at a mail server, in place of `SMTP_URL`; with `EMAIL_PASS`."),
            variable("EMAIL_PASS", "none", "Its password."),
            variable("EMAIL_HOST", "`smtp.gmail.com`", "Its server."),
            variable("MAIL_FROM", "`Muster <no-reply@localhost>`", "The sender.").or(&["EMAIL_USER"]),
            variable(
                "MAIL_TRANSPORT",
                "`smtp` if there is a mail server",
                "`ses` sends by Amazon SES; `smtp` without a server leaves the mails to another function.",
            ),
            variable("SES_ENDPOINT", "Amazon's", "The address of a server that is not Amazon's."),
            variable("SES_REGION", "none", REGION).or(&["AWS_REGION"]),
            variable("SES_ACCESS_KEY", USUAL, KEY),
            variable("SES_SECRET_KEY", USUAL, SECRET),
            variable(
                "VAPID_PRIVATE_KEY",
                "a key that is made once and kept in the database",
                "The key that signs push messages: a private key of the curve P-256, 32 bytes in base64url.",
            ),
            variable("VAPID_PUBLIC_KEY", "made of the private key", "Where it is given, it must fit the private key."),
            variable("PUSH_SERVICES", "none", "Push services of one's own, beside those of browsers: a comma list of addresses."),
        ],
    },
    Part {
        title: "Jobs and live events",
        variables: &[
            variable(
                "QUEUE_URL_PREFIX",
                "jobs stay in the process",
                "The addresses of the SQS queues without the last word: `https://sqs.../muster-SYSTEM-`.",
            ),
            variable("QUEUE_ENDPOINT", "Amazon's", "The address of a server that is not Amazon's."),
            variable("QUEUE_REGION", "none", REGION).or(&["AWS_REGION"]),
            variable("QUEUE_ACCESS_KEY", USUAL, KEY),
            variable("QUEUE_SECRET_KEY", USUAL, SECRET),
            variable("JOBS_AT_ONCE", "2", "Jobs of one queue that a server does at the same time; 0 leaves them to `muster work`."),
            variable(
                "EVENT_STREAMS",
                "`held`; `short` in a function",
                "`held` keeps event streams open, `short` answers what is new and ends.",
            ),
            variable("SOCKETS_ENDPOINT", "none", "Where a gateway takes messages for the WebSockets it holds."),
            variable("SOCKETS_REGION", "none", REGION).or(&["AWS_REGION"]),
            variable("SOCKETS_ACCESS_KEY", USUAL, KEY),
            variable("SOCKETS_SECRET_KEY", USUAL, SECRET),
        ],
    },
    Part {
        title: "Imports and reading scans",
        variables: &[
            variable(
                "IMPORT_HOSTS",
                "Google, Dropbox, OneDrive and SharePoint",
                "Domains that lists are fetched from, and servers of one's own with their scheme: a comma list.",
            ),
            variable("TESSERACT", "`tesseract`", "The program that reads scans; `off` reads none."),
            variable("PDFTOPPM", "`pdftoppm`", "The program that draws the pages of a PDF."),
            variable("OCR_PAGE_SECONDS", "20", "The longest a page may take."),
            variable("OCR_REQUEST_SECONDS", "25", "The longest a request waits for a document."),
            variable("OCR_PAGE_MB", "1024", "The memory of each program."),
            variable("OCR_PROCESSES", "2", "Documents that are read at once."),
            variable("OCR_PAGES", "20", "Pages that are read of one document."),
            variable("PATH", "none", "Where these programs are; passed on to them, as the next two."),
            variable("LD_LIBRARY_PATH", "none", "Where their libraries are."),
            variable("TESSDATA_PREFIX", "none", "Where the languages of tesseract are."),
        ],
    },
    Part {
        title: OF_MUSTER,
        variables: &[
            variable("MUSTER_SYSTEMS", "all", "The systems that are started: a comma list. `--system` wins."),
            variable("PORT", "5000 and up", "The port of `muster serve`. `--port` wins."),
            variable(
                "CONNECTIONS",
                "8192, within what the process may open",
                "Connections of clients at most. Then idle ones are closed for new ones; health checks always get through.",
            ),
            variable(
                "CONNECTIONS_PER_ADDRESS",
                "6144; no limit behind proxies (`TRUSTED_HOPS`)",
                "Connections of one address at most: a whole school may share one.",
            ),
            variable("HEADER_SECONDS", "15", "How long a client may take to send the head of a request."),
            variable(
                "IDLE_SECONDS",
                "120",
                "How long a connection may wait for its next request: longer than proxies in front keep one.",
            ),
            variable("MUSTER_DATA", "`.muster`", "Where the embedded parts keep their data."),
            variable("PG_BIN_DIR", "the usual places", "Where the programs of PostgreSQL are, for the embedded database."),
        ],
    },
    Part {
        title: "Every program",
        variables: &[
            variable(
                "RUST_LOG",
                "`info`; also every query if `MUSTER_ENV` is `development`",
                "What is logged, in the words of the crate `tracing-subscriber`.",
            ),
            variable("AWS_LAMBDA_RUNTIME_API", "set by Lambda", "Whether the program is a function."),
        ],
    },
];

/// Whether a variable is described, without the prefix of a system.
pub fn is_described(name: &str) -> bool {
    let mut variables = PARTS.iter().flat_map(|part| part.variables);
    variables.any(|variable| variable.name == name || variable.aliases.contains(&name))
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;
    use crate::config::Config;

    /// What the configuration asks for, in environments that make it ask for everything.
    fn asked_for() -> BTreeSet<String> {
        let environments: [&[(&str, &str)]; 4] = [
            &[("REDIRECT_ENABLED", "true"), ("REDIRECT_FROM_HOSTS", "a"), ("REDIRECT_TARGET_HOST", "b")],
            &[("EMAIL_USER", "a"), ("EMAIL_PASS", "b")],
            &[("MAIL_TRANSPORT", "ses"), ("CLOUDINARY_URL", "cloudinary://1:secret@cloud")],
            &[("VAPID_PRIVATE_KEY", "RS0WdYWWo1HajXg3NZR1olzCf31i-ZBGDkFyCs7j1jw")],
        ];
        let asked = RefCell::new(BTreeSet::new());
        for environment in environments {
            let lookup = |name: &str| {
                asked.borrow_mut().insert(name.to_owned());
                let found = environment.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Config::read(&lookup).unwrap();
        }
        asked.into_inner()
    }

    #[test]
    fn every_variable_of_the_configuration_is_described_and_every_described_one_is_read() {
        let mut asked = asked_for();
        asked.insert("RUST_LOG".to_owned());
        let own = PARTS.iter().filter(|part| part.title != OF_MUSTER).flat_map(|part| part.variables);
        let described: BTreeSet<String> = own
            .flat_map(|one| std::iter::once(&one.name).chain(one.aliases))
            .map(|name| (*name).to_owned())
            .collect();
        assert_eq!(asked, described);
    }

    #[test]
    fn variable_is_described_once_in_sentences() {
        let mut names = BTreeSet::new();
        for variable in PARTS.iter().flat_map(|part| part.variables) {
            assert!(names.insert(variable.name), "{} is there twice", variable.name);
            assert!(variable.about.ends_with('.') && !variable.default.is_empty(), "{}", variable.name);
        }
    }
}
