//! The account that belongs to a member of the staff: its name, its first password, its mail address.

use shared::{
    App, Result,
    auth::password::NewHash,
    db::Change,
    error::{conflict, invalid_field},
    sql, text,
};

use super::details::Details;
use crate::accounts;

/// Names tried before giving up.
const ATTEMPTS: u32 = 20;

/// Letters and digits that nobody takes for another.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Characters of a drawn password.
const DRAWN_LENGTH: usize = 14;

/// Makes changes of accounts of the staff wait for each other: two that look for the same free name or
/// address at the same moment would both find it.
pub async fn one_at_a_time(change: &mut Change) -> Result<()> {
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('accounts of the staff'))"), &[]).await?;
    Ok(())
}

/// Whether another member of the staff has the mail address, or another account that is no cadet's signs in
/// with it. The member is 0 when they are new.
pub(super) async fn email_is_taken(change: &mut Change, email: &str, staff_id: i32) -> Result<bool> {
    let taken = sql!(
        "SELECT EXISTS (SELECT FROM training_staff WHERE lower(email) = lower($1) AND id <> $2)
             OR EXISTS (SELECT FROM users WHERE (lower(email) = lower($1) OR lower(username) = lower($1))
                                            AND role <> 'cadet' AND staff_id IS DISTINCT FROM $2)"
    );
    change.only(taken, &[&email, &staff_id]).await
}

/// Whether another account signs in with this name or address.
pub(super) async fn is_somebody_elses(change: &mut Change, name: &str, staff_id: i32) -> Result<bool> {
    let taken = sql!(
        "SELECT EXISTS (SELECT FROM users WHERE (lower(email) = lower($1) OR lower(username) = lower($1))
                                            AND staff_id IS DISTINCT FROM $2)"
    );
    change.only(taken, &[&name, &staff_id]).await
}

/// The first password of an account.
pub(super) struct FirstPassword {
    /// As it is typed, if it was drawn here: who has chosen one knows it.
    pub drawn: Option<String>,
    hash: String,
}

impl FirstPassword {
    /// A drawn one, never made of what others know.
    pub async fn draw(app: &App) -> Result<Self> {
        let letter = |_| {
            let at = app.ids.number_below(u32::try_from(ALPHABET.len()).unwrap_or(1));
            char::from(ALPHABET[at as usize])
        };
        let drawn: String = (0..DRAWN_LENGTH).map(letter).collect();
        let hash = NewHash::Bcrypt(app.config.bcrypt_cost).hash(drawn.clone()).await?;
        Ok(Self { drawn: Some(drawn), hash })
    }

    /// The one that an admin has chosen; `known` are the names of the member.
    pub async fn chosen(app: &App, clear: &str, known: &[&str]) -> Result<Self> {
        let refused = |message| Err(invalid_field("password", message));
        if clear.chars().count() < 8 {
            return refused("The password must have at least 8 characters.");
        }
        if clear.len() > 72 {
            return refused("The password is too long.");
        }
        let lower = clear.to_lowercase();
        if known.iter().any(|known| known.len() > 2 && lower.contains(&known.to_lowercase())) {
            return refused("The password must not contain the name.");
        }
        let hash = NewHash::Bcrypt(app.config.bcrypt_cost).hash(clear.to_owned()).await?;
        Ok(Self { drawn: None, hash })
    }
}

/// An account that was opened.
pub(super) struct Opened {
    /// `users.id`.
    pub user_id: i32,
    /// The name to sign in with.
    pub username: String,
}

/// Opens the approved account of a new member, under the chosen name or the first free one made of theirs.
pub(super) async fn open(
    app: &App,
    change: &mut Change,
    (staff_id, member): (i32, &Details),
    chosen: Option<&str>,
    password: &FirstPassword,
) -> Result<Opened> {
    // Not by catching a failed insert: that would end the whole transaction.
    let insert = sql!(
        "INSERT INTO users (username, password, role, staff_id, is_approved, email, profile_pic)
         SELECT $1, $2, 'training_staff', $3, 1, $4, $5
         WHERE NOT EXISTS (SELECT FROM users WHERE lower(username) = lower($1) OR lower(email) = lower($1))
         ON CONFLICT (username) DO NOTHING RETURNING id"
    );
    let names = match chosen {
        Some(chosen) if is_somebody_elses(change, chosen, staff_id).await? => Vec::new(),
        Some(chosen) => vec![text::account_name("username", chosen)?],
        None => names(app, member, has_namesake(change, staff_id, &member.first_name).await?),
    };
    for username in names {
        let params: [shared::db::Param<'_>; 5] =
            [&username, &password.hash, &staff_id, &member.email, &member.profile_pic];
        if let Some(user_id) = change.one::<i32>(insert, &params).await? {
            return Ok(Opened { user_id, username });
        }
    }
    Err(conflict("username_taken", "The user name belongs to another account, please choose another one"))
}

async fn has_namesake(change: &mut Change, staff_id: i32, first_name: &str) -> Result<bool> {
    let namesake = sql!(
        "SELECT EXISTS (SELECT FROM training_staff WHERE lower(trim(first_name)) = lower(trim($2)) AND id <> $1)"
    );
    change.only(namesake, &[&staff_id, &first_name]).await
}

/// User names to try: the first name, or the last name when a colleague has the same first name, then both
/// joined, then with a random number.
fn names(app: &App, member: &Details, has_namesake: bool) -> Vec<String> {
    let (first, last) = (letters(&member.first_name), letters(&member.last_name));
    let wanted = if has_namesake { [&last, &first] } else { [&first, &last] };
    let base = wanted.into_iter().find(|name| !name.is_empty()).map_or("staff", String::as_str);
    let mut names = vec![base.to_owned()];
    if !first.is_empty() && !last.is_empty() {
        names.extend([format!("{first}.{last}"), format!("{last}.{first}")]);
    }
    names.extend((0..ATTEMPTS).map(|_| format!("{base}{}", app.ids.number_below(1000))));
    names
}

/// The letters a to z and the digits of a name, in lower case.
pub fn letters(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Gives the account of a member a new name or address; what is none stays, an empty address is cleared.
pub(super) async fn update(
    change: &mut Change,
    staff_id: i32,
    username: Option<&str>,
    email: Option<&str>,
) -> Result<()> {
    // Several accounts may share a member; lists show the oldest, so that is the one edited.
    let oldest = sql!("SELECT min(id) FROM users WHERE staff_id = $1");
    match change.only::<Option<i32>>(oldest, &[&staff_id]).await? {
        Some(user_id) => accounts::update(change, user_id, username, email, None).await,
        None => Ok(()),
    }
}
