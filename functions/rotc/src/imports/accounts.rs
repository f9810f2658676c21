//! Accounts for those whom a list brings: approved, without a password, under a name that is free.

use std::collections::HashSet;

use shared::{App, Result, db::Change, error::conflict, sql};

use super::plan::Report;
use crate::{access::Role, cadets::accounts::NO_PASSWORD};

/// Rounds of names tried before giving up.
const ROUNDS: usize = 20;

/// An account to open.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The cadet or the member of the staff.
    pub owner_id: i32,
    /// Names to try, the best first; after these the first one with a random number. Never empty.
    pub names: Vec<String>,
    /// The mail address, unless it is somebody else's.
    pub email: Option<String>,
    /// The row that brings them.
    pub row: usize,
}

impl NewAccount {
    fn name(&self, app: &App, round: usize) -> String {
        match self.names.get(round) {
            Some(name) => name.clone(),
            None => {
                let base = self.names.first().map_or("user", String::as_str);
                format!("{base}{}", app.ids.number_below(10_000))
            }
        }
    }
}

/// Opens the accounts. An address that belongs to another account is left out, with a warning.
pub async fn open(
    change: &mut Change,
    app: &App,
    role: Role,
    mut accounts: Vec<NewAccount>,
    report: &mut Report,
) -> Result<()> {
    leave_out_taken(change, &mut accounts, report).await?;
    for round in 0..ROUNDS {
        if accounts.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = accounts.iter().map(|account| account.name(app, round)).collect();
        let opened = open_free(change, role, &accounts, &names).await?;
        accounts.retain(|account| !opened.contains(&account.owner_id));
    }
    Err(conflict("no_free_username", "No free username was found for a cadet, please try again"))
}

async fn leave_out_taken(
    change: &mut Change,
    accounts: &mut [NewAccount],
    report: &mut Report,
) -> Result<()> {
    let emails: Vec<&str> = accounts.iter().filter_map(|account| account.email.as_deref()).collect();
    let mut taken = taken_emails(change, &emails).await?;
    for account in accounts {
        let Some(email) = &account.email else { continue };
        if !taken.insert(email.to_lowercase()) {
            report.warn(account.row, format!("The e-mail address {email} belongs to another account"));
            account.email = None;
        }
    }
    Ok(())
}

/// Those of these addresses that an account has, in small letters.
pub async fn taken_emails(change: &mut Change, emails: &[&str]) -> Result<HashSet<String>> {
    let find = sql!(
        "SELECT lower(wanted) FROM unnest($1::text[]) AS wanted
         WHERE EXISTS (SELECT FROM users WHERE lower(users.email) = lower(wanted)
                                            OR lower(users.username) = lower(wanted))"
    );
    let rows: Vec<String> = change.all(find, &[&emails]).await?;
    Ok(rows.into_iter().collect())
}

/// Opens those accounts whose name is free, and tells whose they are.
async fn open_free(
    change: &mut Change,
    role: Role,
    accounts: &[NewAccount],
    names: &[String],
) -> Result<HashSet<i32>> {
    let owners: Vec<i32> = accounts.iter().map(|account| account.owner_id).collect();
    // Also somebody else's student id or address: all of them are typed into the same field at sign-in.
    let find = sql!(
        "SELECT owner_id FROM unnest($1::text[], $2::int[]) AS wanted (name, owner_id)
         WHERE EXISTS (SELECT FROM users WHERE lower(username) = lower(wanted.name))
            OR EXISTS (SELECT FROM users WHERE lower(email) = lower(wanted.name))
            OR EXISTS (SELECT FROM cadets WHERE lower(student_id) = lower(wanted.name)
                                            AND ($3 <> 'cadet' OR id <> wanted.owner_id))"
    );
    let rows: Vec<i32> = change.all(find, &[&names, &owners, &role.as_str()]).await?;
    let taken: HashSet<i32> = rows.into_iter().collect();
    let mut used = HashSet::new();
    let (mut free_names, mut free_owners, mut emails) = (Vec::new(), Vec::new(), Vec::new());
    for (account, name) in accounts.iter().zip(names) {
        if !taken.contains(&account.owner_id) && used.insert(name.to_lowercase()) {
            free_names.push(name);
            free_owners.push(account.owner_id);
            emails.push(&account.email);
        }
    }
    let insert = sql!(
        "INSERT INTO users (username, password, role, cadet_id, staff_id, is_approved, email)
         SELECT new.username, $4, $5, CASE $5 WHEN 'cadet' THEN new.owner_id END,
                CASE $5 WHEN 'training_staff' THEN new.owner_id END, 1, new.email
         FROM unnest($1::text[], $2::int[], $3::text[]) WITH ORDINALITY AS new (username, owner_id, email, place)
         ORDER BY new.place
         ON CONFLICT (username) DO NOTHING RETURNING coalesce(cadet_id, staff_id)"
    );
    let rows: Vec<i32> =
        change.all(insert, &[&free_names, &free_owners, &emails, &NO_PASSWORD, &role.as_str()]).await?;
    Ok(rows.into_iter().collect())
}
