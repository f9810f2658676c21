//! Finding the account somebody wants to sign in to.

use shared::{
    Error, Result,
    db::{Change, Read, Sql},
    error::{Kind, internal},
    row, sql,
};

use super::sign_in::Means;
use crate::{
    access::Role,
    autolink::{self, Proof},
};

row! {
    /// What sign-in needs to know of a user.
    #[derive(Clone, Debug)]
    pub struct Account {
        /// `users.id`.
        pub id: i32,
        /// `users.username`.
        pub username: String,
        /// `users.password`: a bcrypt hash or a placeholder.
        pub password: String,
        /// `users.role`.
        pub role: String,
        /// The cadet, if one is linked.
        pub cadet_id: Option<i32>,
        /// The staff member, if one is linked.
        pub staff_id: Option<i32>,
        /// The address on file: the user's, else the person's.
        pub email: Option<String>,
        /// Approved by an admin.
        pub approved: bool,
        /// The user or the person behind it is archived.
        pub archived: bool,
        /// Whether the cadet has completed their profile; always true for others.
        pub profile_completed: bool,
    }
}

impl Account {
    /// The role.
    pub fn role(&self) -> Result<Role> {
        Role::parse(&self.role).ok_or_else(|| internal("a user has an unknown role"))
    }

    /// Refuses accounts that may not sign in (yet, or any more).
    pub fn check_standing(&self) -> Result<()> {
        let refused = |code, message| Err(Error::new(Kind::Forbidden, code, message));
        match (self.archived, self.approved) {
            (true, _) => refused("archived", "Account archived"),
            (_, false) => refused("pending", "Account pending approval"),
            _ => Ok(()),
        }
    }
}

/// Everything sign-in needs to know of one user.
const ACCOUNT: Sql = sql!(
    "SELECT users.id, users.username, users.password, users.role, users.cadet_id, users.staff_id,
            coalesce(nullif(users.email, ''), nullif(cadets.email, ''), nullif(training_staff.email, '')) AS email,
            coalesce(users.is_approved = 1, false) AS approved,
            coalesce(users.is_archived, false) OR coalesce(cadets.is_archived, false)
                OR coalesce(training_staff.is_archived, false) AS archived,
            users.role <> 'cadet' OR coalesce(cadets.is_profile_completed, false) AS profile_completed
     FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id
     LEFT JOIN training_staff ON training_staff.id = users.staff_id
     WHERE users.id = $1"
);

/// The user with this user name, of any role. Case counts only where names differ in nothing else.
pub async fn by_username(read: &mut Read, username: &str) -> Result<Option<Account>> {
    let find = sql!(
        "SELECT id, username = $1 FROM users WHERE lower(username) = lower($1) ORDER BY username = $1 DESC, id LIMIT 2"
    );
    match unambiguous(read.all(find, &[&username.trim()]).await?) {
        Some(id) => read.one(ACCOUNT, &[&id]).await,
        None => Ok(None),
    }
}

/// Of users with whether they fit exactly, the best first: who fits exactly, else the only one.
fn unambiguous(found: Vec<(i32, bool)>) -> Option<i32> {
    match found.as_slice() {
        [(id, true), ..] | [(id, false)] => Some(*id),
        _ => None,
    }
}

/// The user of this role that an identifier names: user name, then student id, then mail address. Case counts only where they
/// differ in nothing else. An address that several users share names nobody.
pub async fn by_identifier(read: &mut Read, role: Role, identifier: &str) -> Result<Option<Account>> {
    let find = sql!(
        "SELECT users.id
         FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id
         WHERE users.role = $1
           AND (users.username = $2 OR cadets.student_id = $2
                OR (users.email = $2
                    AND 1 = (SELECT count(*) FROM users AS namesake WHERE namesake.role = $1 AND namesake.email = $2)))
         ORDER BY users.username = $2 DESC, coalesce(cadets.student_id = $2, false) DESC, users.id
         LIMIT 1"
    );
    let in_any_case = sql!(
        "SELECT users.id, FALSE
         FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id
         WHERE users.role = $1
           AND (lower(users.username) = lower($2) OR lower(cadets.student_id) = lower($2) OR lower(users.email) = lower($2))
         ORDER BY users.id LIMIT 2"
    );
    let identifier = identifier.trim();
    let id = match read.one::<i32>(find, &[&role.as_str(), &identifier]).await? {
        Some(id) => Some(id),
        None => unambiguous(read.all(in_any_case, &[&role.as_str(), &identifier]).await?),
    };
    match id {
        Some(id) => read.one(ACCOUNT, &[&id]).await,
        None => Ok(None),
    }
}

/// The user with this id, as the change sees it.
pub async fn by_id(change: &mut Change, id: i32) -> Result<Option<Account>> {
    change.one(ACCOUNT, &[&id]).await
}

/// Links a cadet's user to the cadet that they are as far as the sign-in has proved it. Gives the account as it is then.
pub async fn autolink(change: &mut Change, account: Account, means: Means) -> Result<Account> {
    if account.cadet_id.is_some() || account.role()? != Role::Cadet {
        return Ok(account);
    }
    // Whoever opens a mailed link reads the mail of the address; nothing else proves that it is theirs.
    let proof = if means == Means::Link { Proof::Address } else { Proof::UserName };
    match autolink::link(change, account.id, proof, "login_autolink_cadet").await? {
        Some(_) => by_id(change, account.id).await?.ok_or_else(|| internal("a user vanished during sign-in")),
        None => Ok(account),
    }
}
