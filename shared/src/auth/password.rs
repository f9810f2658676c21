//! Passwords: hashes of our own and of the servers that were replaced, verified off the async threads.
//!
//! Besides the crypt formats (`$2b$..`, `$argon2id$..`) those of Django are read, whose name stands in front:
//! `bcrypt$$2b$..`, `bcrypt_sha256$$2b$..`, `pbkdf2_sha256$rounds$salt$hash`, `argon2$argon2id$..`.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::Hmac;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Result, error, ids::Ids};

/// The end of a bcrypt hash of nothing anybody knows: verified when there is no user, so that both cases take as long.
const NOBODY: &str = "C6UzMDM.H6dfI/f/IKcEeO7ZbN7yHcV0Hyp1q1bqXQn1bqXQn1bqa";

/// How a system stores new passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewHash {
    /// Argon2id with 19 MiB and two passes, as `argon2$argon2id$..`: Django reads it.
    Argon2id,
    /// bcrypt with this work factor, as `$2b$..`. It reads the first 72 bytes of a password.
    Bcrypt(u32),
}

/// Whether a password is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not.
    No,
    /// It is.
    Yes,
    /// It is, but its hash is weaker than new ones or of another kind: store a new one.
    YesRehash,
}

impl Verdict {
    /// Whether it is the right one, however it is stored.
    pub fn is_yes(self) -> bool {
        self != Self::No
    }
}

impl NewHash {
    /// Whether `password` belongs to `stored`.
    ///
    /// Without a hash, or with a text that is none (a placeholder of accounts without a password), the answer is no, after
    /// the time that a hash of the present kind takes.
    pub async fn verify(self, password: String, stored: Option<String>) -> Result<Verdict> {
        let verdict = move || match stored.as_deref().and_then(Stored::parse) {
            None => {
                self.verify_nobody(&password);
                Verdict::No
            }
            Some(stored) if !stored.matches(&password) => Verdict::No,
            Some(stored) if stored.is_as_good_as(self) => Verdict::Yes,
            Some(_) => Verdict::YesRehash,
        };
        Ok(tokio::task::spawn_blocking(verdict).await?)
    }

    /// A new hash of `password`.
    pub async fn hash(self, password: String) -> Result<String> {
        let hash = move || match self {
            Self::Bcrypt(cost) => bcrypt::hash(password, cost).ok(),
            Self::Argon2id => argon2id(&password),
        };
        let hashed = tokio::task::spawn_blocking(hash).await?;
        hashed.ok_or_else(|| error::internal("a password could not be hashed"))
    }

    /// Takes as long as a wrong password of a user does.
    fn verify_nobody(self, password: &str) {
        let hashed = match self {
            Self::Bcrypt(cost) => bcrypt::verify(password, &format!("$2b${cost:02}${NOBODY}")).is_ok(),
            Self::Argon2id => argon2id(password).is_some(),
        };
        // The result is nobody's; the work must not be optimized away.
        std::hint::black_box(hashed);
    }
}

fn argon2id(password: &str) -> Option<String> {
    let salt = SaltString::encode_b64(&Ids.key()[..16]).ok()?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).ok()?;
    Some(format!("argon2{hash}"))
}

/// A hash of one of the formats that are known.
enum Stored<'a> {
    Bcrypt { hash: &'a str, cost: u32, hashed_before: bool, is_plain: bool },
    Pbkdf2 { rounds: u32, salt: &'a str, hash: Vec<u8> },
    Argon2(PasswordHash<'a>),
}

impl<'a> Stored<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(hash) = text.strip_prefix("bcrypt_sha256$") {
            return Self::bcrypt(hash, true, false);
        }
        if let Some(hash) = text.strip_prefix("bcrypt$") {
            return Self::bcrypt(hash, false, false);
        }
        if let Some(rest) = text.strip_prefix("pbkdf2_sha256$") {
            return Self::pbkdf2(rest);
        }
        let argon2 = text.strip_prefix("argon2").unwrap_or(text);
        if argon2.starts_with("$argon2") {
            return PasswordHash::new(argon2).ok().filter(|hash| hash.hash.is_some()).map(Self::Argon2);
        }
        Self::bcrypt(text, false, true)
    }

    fn bcrypt(hash: &'a str, hashed_before: bool, is_plain: bool) -> Option<Self> {
        let is_known = ["$2a$", "$2b$", "$2y$"].iter().any(|version| hash.starts_with(version));
        let parts = hash.parse::<bcrypt::HashParts>().ok().filter(|_| is_known && hash.len() == 60)?;
        Some(Self::Bcrypt { hash, cost: parts.get_cost(), hashed_before, is_plain })
    }

    fn pbkdf2(rest: &'a str) -> Option<Self> {
        let mut parts = rest.split('$');
        let (rounds, salt, hash) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let hash = BASE64_STANDARD.decode(hash).ok().filter(|hash| (16..=64).contains(&hash.len()))?;
        (rounds > 0 && parts.next().is_none()).then_some(Self::Pbkdf2 { rounds, salt, hash })
    }

    fn matches(&self, password: &str) -> bool {
        match self {
            Self::Bcrypt { hash, hashed_before: true, .. } => {
                bcrypt::verify(hex::encode(Sha256::digest(password)), hash).unwrap_or(false)
            }
            Self::Bcrypt { hash, .. } => bcrypt::verify(password, hash).unwrap_or(false),
            Self::Pbkdf2 { rounds, salt, hash } => {
                let mut made = vec![0; hash.len()];
                let (password, salt) = (password.as_bytes(), salt.as_bytes());
                let done = pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, *rounds, &mut made);
                done.is_ok() && bool::from(made.ct_eq(hash))
            }
            // The parameters are those of the hash, not the default.
            Self::Argon2(hash) => Argon2::default().verify_password(password.as_bytes(), hash).is_ok(),
        }
    }

    fn is_as_good_as(&self, new: NewHash) -> bool {
        match (self, new) {
            (Self::Bcrypt { cost, is_plain, .. }, NewHash::Bcrypt(wanted)) => *is_plain && *cost >= wanted,
            (Self::Argon2(hash), NewHash::Argon2id) => {
                let wanted = argon2::Params::DEFAULT;
                let params = argon2::Params::try_from(hash);
                hash.algorithm == argon2::Algorithm::Argon2id.ident()
                    && params.is_ok_and(|params| {
                        params.m_cost() >= wanted.m_cost() && params.t_cost() >= wanted.t_cost()
                    })
            }
            _ => false,
        }
    }
}

/// Whether `text` is a complete bcrypt hash (`$2a$10$` and 53 characters).
pub fn is_hash(text: &str) -> bool {
    text.len() == 60 && text.starts_with("$2") && text.parse::<bcrypt::HashParts>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: NewHash = NewHash::Bcrypt(4);

    async fn verdict(new: NewHash, password: &str, stored: &str) -> Verdict {
        new.verify(password.to_owned(), Some(stored.to_owned())).await.unwrap()
    }

    #[tokio::test]
    async fn bcrypt_of_every_version_verifies_and_a_placeholder_never_does() {
        let hash = bcrypt::hash("cadet123", 4).unwrap();
        for version in ["$2a$", "$2b$", "$2y$"] {
            let stored = hash.replacen("$2b$", version, 1);
            assert_eq!(verdict(CHEAP, "cadet123", &stored).await, Verdict::Yes);
            assert_eq!(verdict(CHEAP, "cadet124", &stored).await, Verdict::No);
        }
        assert_eq!(verdict(CHEAP, "x", "$2a$10$DUMMYPASSWORDHASHDO_NOT_USE").await, Verdict::No);
        assert_eq!(verdict(CHEAP, "", "").await, Verdict::No);
        assert_eq!(CHEAP.verify("x".into(), None).await.unwrap(), Verdict::No);
    }

    #[tokio::test]
    async fn hashes_of_django_verify_and_are_to_be_replaced() {
        // What Django 5.2 makes of "lètmein".
        let stored = [
            "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
            "bcrypt_sha256$$2b$04$GuteR4SwVnNaIi9QCokcZugalDUONqJAVsFNS7TBKzBWF5TI6nqYW",
            "bcrypt$$2b$04$UeR5xEkcPgUsA1Oz6HYe4u1C6V94VqmiyRSO.THnaJIbnOrx33Kpq",
            "argon2$argon2id$v=19$m=64,t=1,p=1$c2Vhc2FsdHNlYXNhbHQ$v5dgmR0HWu71uhTVg1/zdZJ++S8OoLYlXcynOb17Ti8",
            "$argon2id$v=19$m=64,t=1,p=1$c2Vhc2FsdHNlYXNhbHQ$v5dgmR0HWu71uhTVg1/zdZJ++S8OoLYlXcynOb17Ti8",
        ];
        for new in [CHEAP, NewHash::Argon2id] {
            for text in stored {
                assert_eq!(verdict(new, "lètmein", text).await, Verdict::YesRehash, "{text}");
                assert_eq!(verdict(new, "letmein", text).await, Verdict::No, "{text}");
            }
        }
    }

    #[tokio::test]
    async fn new_hash_verifies_and_needs_no_replacement_until_more_work_is_wanted() {
        for new in [CHEAP, NewHash::Argon2id] {
            let stored = new.hash("lètmein".to_owned()).await.unwrap();
            assert_eq!(verdict(new, "lètmein", &stored).await, Verdict::Yes, "{stored}");
            assert_eq!(verdict(new, "letmein", &stored).await, Verdict::No, "{stored}");
        }
        let stored = CHEAP.hash("x".to_owned()).await.unwrap();
        assert_eq!(verdict(NewHash::Bcrypt(5), "x", &stored).await, Verdict::YesRehash);
        assert_eq!(verdict(NewHash::Argon2id, "x", &stored).await, Verdict::YesRehash);
        let by_django = "argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdHNlYXNhbHQ\
            $5X8M3A6KY2o98xsl1DnfJpaxc9OdBrgUbl3HjifV1qo";
        assert_eq!(verdict(NewHash::Argon2id, "lètmein", by_django).await, Verdict::Yes);
    }

    #[tokio::test]
    async fn text_that_is_no_hash_verifies_with_nothing() {
        let broken = [
            "",
            "!",
            "lètmein",
            "pbkdf2_sha256$1000$seasalt$",
            "pbkdf2_sha256$0$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
            "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=$",
            "argon2$argon2id$v=19$m=64,t=1,p=1$c2Vhc2FsdHNlYXNhbHQ",
            "bcrypt$",
            "$2b$04$UeR5xEkcPgUsA1Oz6HYe4u1C6V94VqmiyRSO.THnaJIbnOrx33Kp",
        ];
        for text in broken {
            assert_eq!(verdict(CHEAP, "lètmein", text).await, Verdict::No, "{text}");
        }
    }

    #[tokio::test]
    async fn absent_hash_costs_the_work_of_a_real_one() {
        // bcrypt refuses a hash of another length before it does any work.
        for cost in [4, 10, 12] {
            assert!(is_hash(&format!("$2b${cost:02}${NOBODY}")));
        }
        assert_eq!(NewHash::Argon2id.verify("x".into(), None).await.unwrap(), Verdict::No);
    }
}
