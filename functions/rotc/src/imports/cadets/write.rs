//! Writing what a list says: all cadets in a handful of statements.

use std::collections::HashMap;

use serde_json::{Value, json};
use shared::{App, Result, db::Change, error::conflict, imports::merge::record, sql};

use super::{
    fields::{EMAIL, FIELDS, FIRST_NAME, LAST_NAME, RANK},
    merge::Slot,
};
use crate::{
    access::{Role, User},
    events,
    imports::{
        accounts::{self, NewAccount},
        plan::{Report, may_overwrite},
    },
    staff::letters,
};

/// Cadets up to which each of them is an event of its own; the lists of the clients reload at each.
const FEW: usize = 50;

/// Writes the cadets of a list, their accounts and grades rows.
pub async fn write(
    change: &mut Change,
    app: &App,
    user: &User,
    mut slots: Vec<Slot>,
    report: &mut Report,
) -> Result<()> {
    leave_out_taken(change, &mut slots, report).await?;
    let ids = insert(change, &mut slots).await?;
    update(change, &slots).await?;
    report.created_ids = slots.iter().filter_map(|slot| ids.get(&slot.student_id).copied()).collect();
    report.updated_ids = slots
        .iter()
        .filter(|slot| slot.changed)
        .filter_map(|slot| Some(slot.existing.as_ref()?.id))
        .collect();
    // New cadets have no ledger and no attendance to count.
    let add_grades =
        sql!("INSERT INTO grades (cadet_id) SELECT unnest($1::int[]) ON CONFLICT (cadet_id) DO NOTHING");
    change.execute(add_grades, &[&report.created_ids]).await?;
    let new = new_accounts(&slots, &ids);
    accounts::open(change, app, Role::Cadet, new, report).await?;
    if may_overwrite(user) {
        update_accounts(change, &slots, report).await?;
    }
    publish(change, report).await
}

/// Leaves out addresses that belong to somebody else, in whatever case: of the register, and of an earlier row.
async fn leave_out_taken(change: &mut Change, slots: &mut [Slot], report: &mut Report) -> Result<()> {
    let find = sql!(
        "SELECT lower(email), id FROM cadets WHERE lower(email) = ANY($1)
         UNION SELECT lower(email), coalesce(cadet_id, 0) FROM users WHERE lower(email) = ANY($1)
         UNION SELECT lower(username), coalesce(cadet_id, 0) FROM users WHERE lower(username) = ANY($1)"
    );
    let wanted: Vec<String> =
        slots.iter().filter_map(|slot| Some(slot.fields[EMAIL].as_ref()?.to_lowercase())).collect();
    let mut owners: HashMap<String, Vec<i32>> = HashMap::new();
    for (email, owner) in change.all::<(String, i32)>(find, &[&wanted]).await? {
        owners.entry(email).or_default().push(owner);
    }
    let mut given: HashMap<String, usize> = HashMap::new();
    for (at, slot) in slots.iter_mut().enumerate() {
        let known = slot.existing.as_ref();
        let had = known.and_then(|cadet| cadet.fields[EMAIL].clone());
        let Some(email) = slot.fields[EMAIL].clone() else { continue };
        let key = email.to_lowercase();
        if had.as_ref().is_some_and(|had| had.to_lowercase() == key) {
            continue;
        }
        let own = known.map(|cadet| cadet.id);
        let is_theirs = |owner: &i32| Some(*owner) != own;
        let is_taken = owners.get(&key).is_some_and(|owners| owners.iter().any(is_theirs));
        if is_taken || *given.entry(key).or_insert(at) != at {
            report.warn(slot.row, format!("The e-mail address {email} belongs to another account"));
            slot.fields[EMAIL] = had;
            slot.email = None;
        }
    }
    Ok(())
}

/// Adds the new cadets in the order of the list; their ids by student id.
async fn insert(change: &mut Change, slots: &mut [Slot]) -> Result<HashMap<String, i32>> {
    let mut new = Vec::new();
    for slot in slots.iter_mut().filter(|slot| slot.existing.is_none()) {
        // Legacy: what a list does not say about a new cadet.
        for (at, default) in [(RANK, "Cdt"), (FIRST_NAME, "Unknown"), (LAST_NAME, "Cadet")] {
            slot.fields[at].get_or_insert_with(|| default.to_owned());
        }
        let mut cadet = record(&FIELDS, &slot.fields);
        cadet.insert("student_id".to_owned(), slot.student_id.clone().into());
        cadet.insert("place".to_owned(), new.len().into());
        new.push(Value::Object(cadet));
    }
    let wanted = new.len();
    let insert = sql!(
        "INSERT INTO cadets (rank, first_name, middle_name, last_name, suffix_name, student_id, email, contact_number,
                             address, course, year_level, school_year, battalion, company, platoon, cadet_course,
                             semester, corp_position, gender, religion, birthdate, status, is_profile_completed)
         SELECT rank, first_name, coalesce(middle_name, ''), last_name, coalesce(suffix_name, ''), student_id,
                coalesce(email, ''), coalesce(contact_number, ''), coalesce(address, ''), coalesce(course, ''),
                coalesce(year_level, ''), coalesce(school_year, ''), coalesce(battalion, ''), coalesce(company, ''),
                coalesce(platoon, ''), coalesce(cadet_course, ''), coalesce(semester, ''), corp_position, gender,
                religion, birthdate, 'Ongoing', FALSE
         FROM jsonb_to_recordset($1::jsonb) AS new (
              place int, rank text, first_name text, middle_name text, last_name text, suffix_name text,
              student_id text, email text, contact_number text, address text, course text, year_level text,
              school_year text, battalion text, company text, platoon text, cadet_course text, semester text,
              corp_position text, gender text, religion text, birthdate date)
         ORDER BY place
         ON CONFLICT (student_id) DO NOTHING
         RETURNING student_id, id"
    );
    let rows: Vec<(String, i32)> = change.all(insert, &[&Value::Array(new)]).await?;
    if rows.len() < wanted {
        return Err(conflict(
            "changed_meanwhile",
            "A cadet was entered at the same moment, please try again",
        ));
    }
    Ok(rows.into_iter().collect())
}

async fn update(change: &mut Change, slots: &[Slot]) -> Result<()> {
    let changed = slots.iter().filter(|slot| slot.changed).filter_map(|slot| {
        let mut cadet = record(&FIELDS, &slot.fields);
        cadet.insert("id".to_owned(), slot.existing.as_ref()?.id.into());
        Some(Value::Object(cadet))
    });
    let changed: Vec<Value> = changed.collect();
    if changed.is_empty() {
        return Ok(());
    }
    let update = sql!(
        "UPDATE cadets
         SET rank = new.rank, first_name = new.first_name, middle_name = new.middle_name, last_name = new.last_name,
             suffix_name = new.suffix_name, email = new.email, contact_number = new.contact_number,
             address = new.address, course = new.course, year_level = new.year_level, school_year = new.school_year,
             battalion = new.battalion, company = new.company, platoon = new.platoon,
             cadet_course = new.cadet_course, semester = new.semester, corp_position = new.corp_position,
             gender = new.gender, religion = new.religion, birthdate = new.birthdate
         FROM jsonb_to_recordset($1::jsonb) AS new (
              id int, rank text, first_name text, middle_name text, last_name text, suffix_name text, email text,
              contact_number text, address text, course text, year_level text, school_year text, battalion text,
              company text, platoon text, cadet_course text, semester text, corp_position text, gender text,
              religion text, birthdate date)
         WHERE cadets.id = new.id"
    );
    change.execute(update, &[&Value::Array(changed)]).await?;
    Ok(())
}

/// Accounts for those who have none.
fn new_accounts(slots: &[Slot], ids: &HashMap<String, i32>) -> Vec<NewAccount> {
    let account = |slot: &Slot| {
        let owner_id = match &slot.existing {
            Some(cadet) if cadet.user_id.is_some() => return None,
            Some(cadet) => cadet.id,
            None => *ids.get(&slot.student_id)?,
        };
        let plain = letters(&slot.student_id);
        let plain = if plain.is_empty() { format!("cadet{owner_id}") } else { plain };
        let names = slot.username.iter().cloned().chain([plain]).collect();
        Some(NewAccount { owner_id, names, email: slot.email.clone(), row: slot.row })
    };
    slots.iter().filter_map(account).collect()
}

/// What an admin's list says about accounts that are there: their address, their name, and that they are approved.
async fn update_accounts(change: &mut Change, slots: &[Slot], report: &mut Report) -> Result<()> {
    let touched = slots.iter().filter(|slot| slot.changed || slot.username.is_some() || slot.email.is_some());
    let touched: Vec<(&Slot, i32)> =
        touched.filter_map(|slot| Some((slot, slot.existing.as_ref()?.user_id?))).collect();
    let user_ids: Vec<i32> = touched.iter().map(|(_, user_id)| *user_id).collect();
    let approve = sql!(
        "UPDATE users SET is_approved = 1 WHERE id = ANY($1) AND role = 'cadet' AND is_approved IS DISTINCT FROM 1"
    );
    change.execute(approve, &[&user_ids]).await?;
    // What the account has already is not taken over once more, least of all from somebody else.
    let wants = |slot: &Slot, of: fn(&Slot) -> Option<&String>, has: Option<&String>| {
        of(slot).filter(|wanted| has.is_none_or(|has| has.to_lowercase() != wanted.to_lowercase())).cloned()
    };
    let existing = |slot: &Slot| slot.existing.clone();
    let mut wanted = Vec::new();
    for (slot, user_id) in touched {
        let cadet = existing(slot);
        let has_email = cadet.as_ref().and_then(|cadet| cadet.user_email.as_ref());
        // Only an address that the cadet has got: a list that filled nothing in changes no account.
        let email = wants(slot, |slot| slot.email.as_ref(), has_email)
            .filter(|email| slot.fields[EMAIL].as_ref() == Some(email));
        let has_name = cadet.as_ref().and_then(|cadet| cadet.username.as_ref());
        let username = wants(slot, |slot| slot.username.as_ref(), has_name);
        if email.is_some() || username.is_some() {
            wanted.push((slot.row, user_id, username, email));
        }
    }
    rename(change, wanted, report).await
}

type Renaming = (usize, i32, Option<String>, Option<String>);

async fn rename(change: &mut Change, mut wanted: Vec<Renaming>, report: &mut Report) -> Result<()> {
    let all = wanted.iter().flat_map(|(_, _, name, email)| name.iter().chain(email));
    let all: Vec<&str> = all.map(String::as_str).collect();
    let mut taken = accounts::taken_emails(change, &all).await?;
    for (row, _, name, email) in &mut wanted {
        for value in [name, email] {
            if let Some(text) = value.take_if(|text| !taken.insert(text.to_lowercase())) {
                report.warn(*row, format!("{text} belongs to another account"));
            }
        }
    }
    let user_ids: Vec<i32> = wanted.iter().map(|(_, user_id, _, _)| *user_id).collect();
    let names: Vec<&Option<String>> = wanted.iter().map(|(_, _, name, _)| name).collect();
    let emails: Vec<&Option<String>> = wanted.iter().map(|(_, _, _, email)| email).collect();
    let update = sql!(
        "UPDATE users SET username = coalesce(new.username, users.username), email = coalesce(new.email, users.email)
         FROM unnest($1::int[], $2::text[], $3::text[]) AS new (id, username, email)
         WHERE users.id = new.id AND users.role = 'cadet'"
    );
    change.execute(update, &[&user_ids, &names, &emails]).await?;
    Ok(())
}

async fn publish(change: &mut Change, report: &Report) -> Result<()> {
    for (kind, ids) in [("cadet_created", &report.created_ids), ("cadet_updated", &report.updated_ids)] {
        if ids.len() <= FEW {
            let payloads: Vec<Value> = ids.iter().map(|id| json!({ "cadetId": id })).collect();
            events::publish_each(change, kind, ids, &payloads).await?;
        } else {
            events::publish(change, kind, None, json!({ "imported": ids.len() })).await?;
        }
    }
    Ok(())
}
