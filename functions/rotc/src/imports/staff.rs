//! Importing members of the staff from a workbook or a CSV file.
//!
//! Legacy: the route never wrote anything. A member is found by mail address, else by full name
//! if the row or the register has no address.

use std::collections::HashMap;

use axum::extract::State;
use documents::read::Row;
use serde_json::{Value, json};
use shared::{
    App, Result,
    db::Change,
    error::{conflict, internal},
    http::{FormData, Query, lenient::is_blank},
    imports::{
        Accepts, Columns, Contents, Effect, Field, Requirement,
        form::{self, Flag, ImportForm},
        merge::{Strategy, record, take_over},
        run,
        source::tables,
        values::{PersonName, name_parts},
    },
    row, sql,
};
use validator::ValidateEmail;

use super::{
    Answer,
    accounts::{self, NewAccount},
    plan::{ImportOptions, Imported, Kind, Plan, Report, imported},
};
use crate::{
    access::{Admin, Role},
    staff::{letters, one_at_a_time, plain},
};

/// What a list of the staff may be.
pub const ACCEPTS: Accepts =
    Accepts { csv: true, ..Accepts::workbooks("PDF import not supported for staff. Please use Excel.") };

/// The columns of `training_staff` that a list fills.
static FIELDS: [Field; 9] = [
    Field::new("rank", &["Rank", "Grade"]),
    Field::new("first_name", &["First Name", "first_name", "FName", "Given Name"]).words(),
    Field::new("middle_name", &["Middle Name", "MName", "Middle Initial", "MI"]),
    Field::new("last_name", &["Last Name", "LName", "Surname", "Family Name"]).words(),
    Field::new("suffix_name", &["Suffix", "Suffix Name", "Extension Name"]),
    Field::new("email", &["Email", "E-mail", "Email Address"]),
    Field::new(
        "contact_number",
        &["Contact Number", "Contact No", "Contact", "Mobile Number", "Mobile", "Phone Number", "Phone"],
    ),
    Field::new("role", &["Role", "Position", "Designation"]),
    Field::new("afpsn", &["AFPSN", "Serial Number", "AFP Serial Number"]),
];
const FIRST_NAME: usize = 1;
const MIDDLE_NAME: usize = 2;
const LAST_NAME: usize = 3;
const SUFFIX: usize = 4;
const EMAIL: usize = 5;

static FULL_NAME: [Field; 1] = [Field::new("name", &["Name", "Full Name", "Staff Name"]).words()];

/// The columns of a list of the staff.
pub static COLUMNS: &[&[Field]] = &[&FIELDS, &FULL_NAME];

/// What names somebody in a list of the staff.
pub const REQUIRED: &[Requirement] =
    &[Requirement { says: "who the person is", fields: &["last_name", "name"] }];

/// Characters of a field at most.
const LONGEST: usize = 200;

type Fields = [Option<String>; 9];

/// Import members of the staff
///
/// Excel or CSV: rank, names, mail address, contact number, role, AFP serial number. New members get an approved account
/// without a password; they sign in by a mailed link. Empty cells change nothing.
#[utoipa::path(post, path = "/api/admin/import-staff", tag = "imports", params(ImportOptions),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Imported), (status = 202, body = Imported)))]
pub async fn import_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Query(options): Query<ImportOptions>,
    mut form: FormData,
) -> Result<Answer<Imported>> {
    let file = form::file(&mut form)?;
    let plan = Plan::new(Kind::Staff, options.strategy.unwrap_or_default(), None)?;
    let mode = options.preview.mode(Flag::of_form(&form)?);
    let ran = run(&app, &admin, &plan, &[file], mode).await?;
    let sentence =
        |report: &Report| format!("Import complete. Success: {}, Failed: {}", report.people(), report.failed);
    Ok(imported(ran, sentence))
}

row! {
    struct Existing {
        id: i32,
        is_archived: bool,
        fields: Vec<Option<String>>,
    }
}

/// A member of the list.
struct Slot {
    id: Option<i32>,
    fields: Fields,
    row: usize,
    changed: bool,
}

/// Writes what the lists say.
pub async fn apply(
    change: &mut Change,
    app: &App,
    strategy: Strategy,
    contents: &[Contents],
    report: &mut Report,
) -> Result<()> {
    let rows = read(contents, report);
    one_at_a_time(change).await?;
    let list = sql!(
        "SELECT id, coalesce(is_archived, FALSE) AS is_archived,
                ARRAY[rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, afpsn] AS fields
         FROM training_staff ORDER BY id FOR UPDATE"
    );
    let known: Vec<Existing> = change.all(list, &[]).await?;
    let mut slots = merge(rows, known, strategy, report);
    insert(change, &mut slots, report).await?;
    update(change, &slots, report).await?;
    open_accounts(change, app, &slots, report).await
}

fn read(contents: &[Contents], report: &mut Report) -> Vec<(usize, Fields)> {
    let mut rows = Vec::new();
    for table in tables(contents) {
        let (columns, full_name) = (Columns::find(table, &FIELDS), Columns::find(table, &FULL_NAME));
        for row in &table.rows {
            match read_row(&columns, &full_name, row) {
                Ok(fields) => rows.push((row.number, fields)),
                Err(why) => report.fail(row.number, "", format!("Row {}: {why}", row.number)),
            }
        }
    }
    rows
}

fn read_row(columns: &Columns<9>, full_name: &Columns<1>, row: &Row) -> Result<Fields, String> {
    if let Some(problem) = &row.problem {
        return Err(problem.clone());
    }
    let mut fields: Fields = columns.values(row).map(|said| said.map(plain));
    if (fields[FIRST_NAME].is_none() || fields[LAST_NAME].is_none())
        && let [Some(full)] = full_name.values(row)
    {
        let PersonName { first, middle, last, suffix } = name_parts(&plain(full));
        let said = [(FIRST_NAME, Some(first)), (MIDDLE_NAME, middle), (LAST_NAME, last), (SUFFIX, suffix)];
        for (at, value) in said {
            fields[at] = fields[at].take().or(value).filter(|value| !value.is_empty());
        }
    }
    if fields[FIRST_NAME].is_none() || fields[LAST_NAME].is_none() {
        return Err("first name and last name are required".to_owned());
    }
    if fields[EMAIL].as_ref().is_some_and(|email| !email.validate_email()) {
        return Err("the e-mail address is not valid".to_owned());
    }
    match fields.iter().flatten().any(|field| field.chars().count() > LONGEST) {
        true => Err("a text is too long".to_owned()),
        false => Ok(fields),
    }
}

fn merge(
    rows: Vec<(usize, Fields)>,
    known: Vec<Existing>,
    strategy: Strategy,
    report: &mut Report,
) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    let mut index = Index::default();
    for Existing { id, is_archived, fields } in known {
        let mut own = Fields::default();
        own.iter_mut().zip(fields).for_each(|(own, field)| *own = field);
        index.add(&own, slots.len(), is_archived);
        slots.push(Slot { id: Some(id), fields: own, row: 0, changed: false });
    }
    for (number, said) in rows {
        let who = name(&said);
        match index.find(&said, &slots) {
            Found::Several => report.fail(
                number,
                &who,
                format!("{who}: fits several members, please add the e-mail address"),
            ),
            Found::Archived => {
                report.fail(number, &who, format!("{who}: is archived, please restore them first"))
            }
            Found::Nobody => {
                index.add(&said, slots.len(), false);
                slots.push(Slot { id: None, fields: said, row: number, changed: false });
                report.count(number, &who, Effect::Created, Vec::new());
            }
            Found::One(at) => {
                take(&mut slots[at], (number, &said), strategy, report);
                // Under the address that they have got, if any.
                index.add(&slots[at].fields, at, false);
            }
        }
    }
    slots
}

fn take(slot: &mut Slot, (number, said): (usize, &Fields), strategy: Strategy, report: &mut Report) {
    let who = name(said);
    match strategy {
        Strategy::Error if slot.id.is_some() => {
            return report.fail(number, &who, format!("{who}: is already on the staff"));
        }
        Strategy::Skip => return report.count(number, &who, Effect::Skipped, Vec::new()),
        _ => {}
    }
    let changed = take_over(&mut slot.fields, said, &FIELDS, strategy);
    // Whom an earlier row was about: known members have none yet.
    report.repeated += usize::from(slot.row > 0);
    slot.row = number;
    slot.changed |= !changed.is_empty();
    let effect = if changed.is_empty() { Effect::Unchanged } else { Effect::Updated };
    report.count(number, &who, effect, changed);
}

fn name(fields: &Fields) -> String {
    let part = |at: usize| fields[at].as_deref().unwrap_or_default();
    format!("{} {}", part(FIRST_NAME), part(LAST_NAME)).trim().to_owned()
}

/// Members by address and by name.
#[derive(Default)]
struct Index(HashMap<String, Vec<(usize, bool)>>);

enum Found {
    Nobody,
    One(usize),
    Several,
    Archived,
}

impl Index {
    fn add(&mut self, fields: &Fields, at: usize, is_archived: bool) {
        let email = fields[EMAIL].as_ref().filter(|email| !is_blank(email));
        let keys = email.map(|email| email.to_lowercase()).into_iter().chain([name(fields).to_lowercase()]);
        for key in keys {
            let known = self.0.entry(key).or_default();
            if !known.contains(&(at, is_archived)) {
                known.push((at, is_archived));
            }
        }
    }

    /// By address; by name only those of whom the row or the register has none: namesakes with two addresses are two.
    fn find(&self, said: &Fields, slots: &[Slot]) -> Found {
        let email = said[EMAIL].as_ref().map(|email| email.to_lowercase());
        let by_email = email.as_ref().and_then(|email| self.0.get(email)).cloned();
        let found = by_email.clone().unwrap_or_else(|| {
            let namesakes = self.0.get(&name(said).to_lowercase()).into_iter().flatten();
            let has_none = |at: usize| slots[at].fields[EMAIL].as_deref().is_none_or(is_blank);
            namesakes.filter(|(at, _)| email.is_none() || has_none(*at)).copied().collect()
        });
        let initial = |fields: &Fields| {
            let middle = fields[MIDDLE_NAME].as_deref().filter(|middle| !is_blank(middle))?;
            middle.chars().next().map(|letter| letter.to_lowercase().to_string())
        };
        // A namesake with another middle name is somebody else, or one of the two is misspelt.
        let is_other = |at: usize| initial(said).zip(initial(&slots[at].fields)).is_some_and(|(a, b)| a != b);
        if by_email.is_none() && found.iter().any(|(at, _)| is_other(*at)) {
            return Found::Several;
        }
        let present: Vec<usize> = found.iter().filter(|(_, archived)| !archived).map(|(at, _)| *at).collect();
        match (present.as_slice(), found.as_slice()) {
            ([one], _) => Found::One(*one),
            ([], []) => Found::Nobody,
            ([], _) => Found::Archived,
            _ => Found::Several,
        }
    }
}

async fn insert(change: &mut Change, slots: &mut [Slot], report: &mut Report) -> Result<()> {
    let mut new = Vec::new();
    let mut places = Vec::new();
    for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.id.is_none()) {
        let mut member = record(&FIELDS, &slot.fields);
        member.insert("place".to_owned(), new.len().into());
        places.push(at);
        new.push(Value::Object(member));
    }
    let insert = sql!(
        "INSERT INTO training_staff (rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role,
                                     afpsn, is_profile_completed)
         SELECT rank, first_name, middle_name, last_name, suffix_name, email, contact_number,
                coalesce(role, 'Instructor'), afpsn, FALSE
         FROM jsonb_to_recordset($1::jsonb) AS new (
              place int, rank text, first_name text, middle_name text, last_name text, suffix_name text, email text,
              contact_number text, role text, afpsn text)
         ORDER BY place
         ON CONFLICT (email) DO NOTHING
         RETURNING id"
    );
    let ids: Vec<i32> = change.all(insert, &[&Value::Array(new)]).await?;
    if ids.len() < places.len() {
        return Err(conflict("changed_meanwhile", "A member was added at the same moment, please try again"));
    }
    for (at, id) in places.into_iter().zip(ids) {
        slots[at].id = Some(id);
        report.created_ids.push(id);
    }
    Ok(())
}

async fn update(change: &mut Change, slots: &[Slot], report: &mut Report) -> Result<()> {
    let new: Vec<i32> = report.created_ids.clone();
    let changed = slots.iter().filter(|slot| slot.changed && slot.id.is_some_and(|id| !new.contains(&id)));
    let mut members = Vec::new();
    for slot in changed {
        let id = slot.id.ok_or_else(|| internal("a member without an id"))?;
        let mut member = record(&FIELDS, &slot.fields);
        member.insert("id".to_owned(), json!(id));
        members.push(Value::Object(member));
        report.updated_ids.push(id);
    }
    let update = sql!(
        "UPDATE training_staff
         SET rank = new.rank, first_name = new.first_name, middle_name = new.middle_name, last_name = new.last_name,
             suffix_name = new.suffix_name, email = new.email, contact_number = new.contact_number, role = new.role,
             afpsn = new.afpsn
         FROM jsonb_to_recordset($1::jsonb) AS new (
              id int, rank text, first_name text, middle_name text, last_name text, suffix_name text, email text,
              contact_number text, role text, afpsn text)
         WHERE training_staff.id = new.id"
    );
    change.execute(update, &[&Value::Array(members)]).await?;
    Ok(())
}

/// Accounts for the new members. Those who were there keep theirs as it is.
async fn open_accounts(change: &mut Change, app: &App, slots: &[Slot], report: &mut Report) -> Result<()> {
    let new = slots.iter().filter(|slot| slot.id.is_some_and(|id| report.created_ids.contains(&id)));
    let accounts = new.filter_map(|slot| {
        let letters = |at: usize| letters(slot.fields[at].as_deref().unwrap_or_default());
        let (first, last) = (letters(FIRST_NAME), letters(LAST_NAME));
        let names = [first.clone(), last.clone(), format!("{first}.{last}"), format!("staff{}", slot.row)];
        let names = names.into_iter().filter(|name| name.len() > 1 && name != ".").collect();
        Some(NewAccount { owner_id: slot.id?, names, email: slot.fields[EMAIL].clone(), row: slot.row })
    });
    accounts::open(change, app, Role::Staff, accounts.collect(), report).await
}
