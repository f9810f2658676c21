//! What a list makes of each cadet: rows of the same cadet are put together, and with what is known already.

use shared::{
    App,
    http::lenient::is_blank,
    imports::{
        Effect,
        merge::{Gathered, Strategy, take_over},
    },
};

use super::{
    existing::{Existing, Known, name_key},
    fields::{EMAIL, FIELDS, FIRST_NAME, Fields},
    rows::CadetRow,
};
use crate::imports::plan::Report;

/// One cadet of the list.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Who they are already.
    pub existing: Option<Existing>,
    /// Their student id.
    pub student_id: String,
    /// What is known after the list.
    pub fields: Fields,
    /// The wanted name of the account.
    pub username: Option<String>,
    /// The mail address that the list says.
    pub email: Option<String>,
    /// The first row about them.
    pub row: usize,
    /// Whether the list changes anything about somebody who is there.
    pub changed: bool,
}

/// Whether and how what is there is changed.
pub fn merge(
    app: &App,
    rows: Vec<CadetRow>,
    mut known: Known,
    (strategy, may_overwrite): (Strategy, bool),
    report: &mut Report,
) -> Vec<Slot> {
    let mut slots: Gathered<String, Slot> = Gathered::default();
    for mut row in rows {
        let who = row.who();
        let cadet_id = match &row.student_id {
            Some(student_id) => Ok(known.by_student_id.get(student_id).copied()),
            None => known.of(&row),
        };
        let cadet_id = match cadet_id {
            Ok(cadet_id) => cadet_id,
            Err(why) => {
                report.fail(row.number, &who, format!("{who}: {why}"));
                continue;
            }
        };
        let key = key(&row, cadet_id);
        if let Some(why) = refusal(&known, cadet_id, slots.get_mut(&key).is_some(), strategy) {
            report.fail(row.number, &who, format!("{who}: {why}"));
            continue;
        }
        let (slot, is_first) =
            slots.entry(key, || Slot::new(app, &row, cadet_id.and_then(|id| known.cadets.remove(&id))));
        if !may_overwrite && slot.leaves_out_email(&mut row) {
            let why = "only an administrator can enter the e-mail address of a cadet who is there already";
            report.warn(row.number, format!("{who}: {why}"));
        }
        count(slot, &row, (&who, is_first), (strategy, may_overwrite), report);
    }
    slots.into_records()
}

/// What tells the rows of one cadet from those of others.
fn key(row: &CadetRow, cadet_id: Option<i32>) -> String {
    match (cadet_id, &row.student_id) {
        (Some(id), _) => format!("id {id}"),
        (None, Some(student_id)) => format!("student {student_id}"),
        (None, None) => match row.username.as_deref().or(row.email()) {
            Some(name) => format!("student {}", name.to_lowercase()),
            None => format!("name {}", name_key(row)),
        },
    }
}

fn refusal(known: &Known, cadet_id: Option<i32>, seen: bool, strategy: Strategy) -> Option<&'static str> {
    let existing = known.cadets.get(&cadet_id?);
    if existing.is_some_and(|cadet| cadet.is_archived) {
        return Some("the cadet is archived, please restore them first");
    }
    (strategy == Strategy::Error && !seen).then_some("the cadet exists already")
}

fn count(
    slot: &mut Slot,
    row: &CadetRow,
    (who, is_first): (&str, bool),
    (strategy, may_overwrite): (Strategy, bool),
    report: &mut Report,
) {
    if slot.existing.is_some() && strategy == Strategy::Skip {
        report.count(row.number, who, Effect::Skipped, Vec::new());
        return;
    }
    if may_overwrite || slot.existing.is_none() {
        slot.take_account(row, strategy);
    } else {
        slot.keep_account(row);
    }
    let fields = take_over(&mut slot.fields, &row.fields, &FIELDS, strategy);
    let effect = match (slot.existing.is_none() && is_first, fields.is_empty()) {
        (true, _) => Effect::Created,
        (false, false) => Effect::Updated,
        (false, true) => Effect::Unchanged,
    };
    slot.changed |= effect == Effect::Updated;
    report.count(row.number, who, effect, fields);
}

impl Slot {
    fn new(app: &App, row: &CadetRow, existing: Option<Existing>) -> Self {
        let student_id = match &existing {
            Some(cadet) => cadet.student_id.clone(),
            None => identity(app, row),
        };
        let mut fields = Fields::default();
        for (field, value) in fields.iter_mut().zip(existing.iter().flat_map(|cadet| &cadet.fields)) {
            field.clone_from(value);
        }
        let (username, email) = (None, None);
        Self { existing, student_id, fields, username, email, row: row.number, changed: false }
    }

    /// Whether a row says an address of somebody who has none; it is gone then. Links to sign in would go there, and
    /// whoever sends the list could have chosen it.
    fn leaves_out_email(&self, row: &mut CadetRow) -> bool {
        let has_none = |known: &Existing| known.fields[EMAIL].as_deref().is_none_or(is_blank);
        self.existing.as_ref().is_some_and(has_none) && row.fields[EMAIL].take().is_some()
    }

    /// Takes over the name and the address to sign in with; filling keeps those that an account has.
    fn take_account(&mut self, row: &CadetRow, strategy: Strategy) {
        let account = self.existing.as_ref().filter(|cadet| cadet.user_id.is_some());
        let keeps = strategy == Strategy::Fill && account.is_some();
        if !keeps {
            self.username = row.username.clone().or(self.username.take());
        }
        if !keeps || account.is_some_and(|cadet| cadet.user_email.as_deref().is_none_or(is_blank)) {
            self.email = row.email().map(str::to_owned).or(self.email.take());
        }
    }

    /// Of a list from the staff only an address that the register had before: links to sign in go there.
    fn keep_account(&mut self, row: &CadetRow) {
        let had = self.existing.as_ref().and_then(|known| known.fields[EMAIL].as_deref());
        let same = |said: &&str| had.is_some_and(|had| had.to_lowercase() == said.to_lowercase());
        if let Some(said) = row.email().filter(same) {
            self.email = Some(said.to_owned());
        }
    }
}

/// The student id of a new cadet: what the list says, else whatever else names them.
fn identity(app: &App, row: &CadetRow) -> String {
    let named = row.student_id.as_deref().or(row.username.as_deref()).or(row.email());
    named.map(str::to_owned).unwrap_or_else(|| {
        let first = row.fields[FIRST_NAME].as_deref().unwrap_or_default();
        let letters: String = first.chars().filter(|letter| letter.is_alphanumeric()).collect();
        format!("{}{:06}", letters.to_lowercase(), app.ids.number_below(1_000_000))
    })
}
