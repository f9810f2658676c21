//! The account that belongs to a cadet: made with the cadet, renamed with them.

use serde::Serialize;
use shared::{App, Result, db::Change, error::conflict, row, sql, text};
use utoipa::ToSchema;

use crate::accounts;

/// Stored for cadets who have no password yet. Legacy: it is no bcrypt hash, so it never verifies.
pub(crate) const NO_PASSWORD: &str = "$2a$10$DUMMYPASSWORDHASHDO_NOT_USE_OR_YOU_WILL_BE_HACKED";

/// Names tried before giving up.
const ATTEMPTS: u32 = 20;

/// Opens the approved account of a new cadet, named `base`, or `base` and a random number when that is taken.
pub(super) async fn open(
    app: &App,
    change: &mut Change,
    cadet_id: i32,
    base: &str,
    email: Option<&str>,
) -> Result<()> {
    // Not by catching a failed insert: that would end the whole transaction.
    let insert = sql!(
        "INSERT INTO users (username, password, role, cadet_id, is_approved, email)
         SELECT $1, $2, 'cadet', $3, 1, $4
         WHERE NOT EXISTS (SELECT FROM users WHERE lower(username) = lower($1) OR lower(email) = lower($1))
         ON CONFLICT (username) DO NOTHING"
    );
    let base = &text::account_name("username", base)?;
    for attempt in 0..ATTEMPTS {
        let name = match attempt {
            0 => base.to_owned(),
            _ => format!("{base}{}", app.ids.number_below(10_000)),
        };
        if change.execute(insert, &[&name, &NO_PASSWORD, &cadet_id, &email]).await? == 1 {
            return Ok(());
        }
    }
    Err(conflict("no_free_username", "No free username was found for the cadet, please try again"))
}

row! {
    /// The account that already uses a name or an address.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct Holder {
        /// The account.
        user_id: i32,
        /// Its cadet, if it is a cadet's.
        cadet_id: Option<i32>,
        /// Whether it is archived: its name can then be reclaimed.
        #[serde(rename = "is_archived")]
        is_archived: Option<bool>,
    }
}

/// Who else uses what a cadet's account should get.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Conflicts {
    /// Who has the user name; null when it is free.
    pub username: Option<Holder>,
    /// Who has the mail address; null when it is free.
    pub email: Option<Holder>,
}

impl Conflicts {
    /// Looks for accounts, other than those of the cadet, with this name or address.
    pub(super) async fn find(
        change: &mut Change,
        cadet_id: i32,
        username: Option<&str>,
        email: Option<&str>,
    ) -> Result<Self> {
        // Also a student id of somebody else: both are typed into the same field at sign-in.
        let by_name = sql!(
            "SELECT users.id AS user_id, users.cadet_id, users.is_archived
             FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id
             WHERE (lower(users.username) = lower($2) OR lower(users.email) = lower($2) OR cadets.student_id = $2)
               AND users.cadet_id IS DISTINCT FROM $1
             ORDER BY lower(users.username) = lower($2) DESC, users.id LIMIT 1"
        );
        let by_email = sql!(
            "SELECT id AS user_id, cadet_id, is_archived FROM users
             WHERE (lower(email) = lower($2) OR lower(username) = lower($2)) AND cadet_id IS DISTINCT FROM $1
             ORDER BY id LIMIT 1"
        );
        let mut found = Self::default();
        if username.is_some() {
            found.username = change.one(by_name, &[&cadet_id, &username]).await?;
        }
        if email.is_some() {
            found.email = change.one(by_email, &[&cadet_id, &email]).await?;
        }
        Ok(found)
    }

    /// 409 when anything is taken.
    pub(super) fn refuse(&self) -> Result<()> {
        match self.fields().join(", ") {
            none if none.is_empty() => Ok(()),
            taken => Err(conflict("taken", format!("The following fields are already taken: {taken}"))),
        }
    }

    /// The names of what is taken.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        let taken = [("username", &self.username), ("email", &self.email)];
        taken.into_iter().filter(|(_, holder)| holder.is_some()).map(|(name, _)| name).collect()
    }
}

/// Gives the account of a cadet a new name or address; what is none stays, an empty address is cleared.
pub(super) async fn update(
    change: &mut Change,
    cadet_id: i32,
    username: Option<&str>,
    email: Option<&str>,
) -> Result<()> {
    // Legacy: several accounts may share a cadet; lists show the oldest, so that is the one edited.
    let oldest = sql!("SELECT min(id) FROM users WHERE cadet_id = $1");
    match change.only::<Option<i32>>(oldest, &[&cadet_id]).await? {
        Some(user_id) => accounts::update(change, user_id, username, email, None).await,
        None => Ok(()),
    }
}
