//! What a list makes of each cadet: rows of the same cadet are put together, and with what is known already.

use std::collections::HashMap;

use shared::{
    App,
    http::lenient::is_blank,
    imports::{
        Effect,
        merge::{Gathered, Strategy, take_over},
        values::{identity, nearly},
    },
};

use super::{
    existing::{Existing, Known, Owner, name_key},
    fields::{EMAIL, FIELDS, FIRST_NAME, Fields, LAST_NAME, MIDDLE_NAME, SUFFIX},
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
    /// What the list has said of them so far.
    said: Fields,
}

/// What is known of a list while its rows are put together.
struct Merging {
    known: Known,
    slots: Gathered<String, Slot>,
    /// The student ids of the list by what is left of them without zeros, case, spaces and dashes; and their first rows.
    ids: HashMap<String, (String, usize)>,
}

/// Whether and how what is there is changed.
pub fn merge(
    app: &App,
    rows: Vec<CadetRow>,
    known: Known,
    (strategy, may_overwrite): (Strategy, bool),
    report: &mut Report,
) -> Vec<Slot> {
    let mut merging = Merging { known, slots: Gathered::default(), ids: HashMap::new() };
    for mut row in rows {
        let who = row.who();
        let key = match merging.find(&mut row, report) {
            Ok(Some(key)) => key,
            Ok(None) => {
                report.count(row.number, &who, Effect::Skipped, Vec::new());
                continue;
            }
            Err(why) => {
                report.fail(row.number, &who, format!("{who}: {why}"));
                continue;
            }
        };
        let Merging { known, slots, .. } = &mut merging;
        let (slot_key, cadet_id) = key;
        let seen = slots.get_mut(&slot_key);
        if let Some(why) = seen.as_deref().and_then(|slot| somebody_else(slot, &row)) {
            report.fail(row.number, &who, format!("{who}: {why}"));
            continue;
        }
        if let Some(why) = refusal(known, cadet_id, seen.is_some(), strategy) {
            report.fail(row.number, &who, format!("{who}: {why}"));
            continue;
        }
        let (slot, is_first) =
            slots.entry(slot_key, || Slot::new(app, &row, cadet_id.and_then(|id| known.cadets.remove(&id))));
        if !may_overwrite && slot.leaves_out_email(&mut row) {
            let why = "only an administrator can enter the e-mail address of a cadet who is there already";
            report.warn(row.number, format!("{who}: {why}"));
        }
        slot.warn_of_contradictions(&row, is_first, report);
        count(slot, &row, (&who, is_first), (strategy, may_overwrite), report);
    }
    merging.slots.into_records()
}

impl Merging {
    /// The key of the slot of a row, and the cadet it means. None where it may mean somebody whose id differs in zeros only.
    fn find(
        &mut self,
        row: &mut CadetRow,
        report: &mut Report,
    ) -> Result<Option<(String, Option<i32>)>, String> {
        let Some(student_id) = row.student_id.clone() else {
            let cadet_id = self.known.of(row)?;
            if let Some(cadet) = cadet_id.and_then(|id| self.known.cadets.get(&id))
                && row.username.is_none()
                && row.email().is_none()
            {
                report.warn(
                    row.number,
                    format!("{}: was taken for {}, by the name alone", row.who(), cadet.student_id),
                );
            }
            return Ok(Some((key(row, cadet_id), cadet_id)));
        };
        let near = nearly(&student_id);
        let earlier = self.ids.entry(near).or_insert((student_id.clone(), row.number)).clone();
        if identity(&earlier.0) != identity(&student_id) {
            let (other, first) = earlier;
            report.warn(row.number, zeros(&student_id, &format!("{other} of row {first}")));
            return Ok(None);
        }
        let cadet_id = match self.known.owner(&student_id) {
            Owner::New => None,
            Owner::Cadet(id) => Some(id),
            Owner::Written(id, other) => {
                report.warn(
                    row.number,
                    format!("{student_id} was taken for {other}, which is written a little otherwise"),
                );
                Some(id)
            }
            Owner::Nearly(other) => {
                report.warn(row.number, zeros(&student_id, &format!("{other}, who is entered already")));
                return Ok(None);
            }
        };
        Ok(Some((key(row, cadet_id), cadet_id)))
    }
}

fn zeros(student_id: &str, other: &str) -> String {
    format!(
        "{student_id} was left out: it differs only in its zeros from {other}. Please correct the id; if these are two people, \
         enter this one by hand"
    )
}

/// Why a row cannot be about the person whom an earlier row of its id is about: neither the first nor the last name is the same.
fn somebody_else(slot: &Slot, row: &CadetRow) -> Option<String> {
    row.student_id.as_ref()?;
    let differs = |at: usize| match (&slot.said[at], &row.fields[at]) {
        (Some(earlier), Some(later)) => earlier.to_lowercase() != later.to_lowercase(),
        _ => false,
    };
    (differs(FIRST_NAME) && differs(LAST_NAME)).then(|| {
        let part = |at: usize| slot.said[at].as_deref().unwrap_or_default();
        let (first, last) = (part(FIRST_NAME), part(LAST_NAME));
        format!("row {} has this id for {first} {last}, row {} for {}", slot.row, row.number, row.name())
    })
}

/// What tells the rows of one cadet from those of others.
fn key(row: &CadetRow, cadet_id: Option<i32>) -> String {
    match (cadet_id, &row.student_id) {
        (Some(id), _) => format!("id {id}"),
        (None, Some(student_id)) => format!("student {}", identity(student_id)),
        (None, None) => match row.username.as_deref().or(row.email()) {
            Some(name) => format!("student {}", name.to_lowercase()),
            None => {
                let part = |at: usize| row.fields[at].as_deref().unwrap_or_default().to_lowercase();
                format!("name {}\n{}\n{}", name_key(row), part(MIDDLE_NAME), part(SUFFIX))
            }
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
    if !is_first {
        report.repeated += 1;
    }
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
            None => new_student_id(app, row),
        };
        let mut fields = Fields::default();
        for (field, value) in fields.iter_mut().zip(existing.iter().flat_map(|cadet| &cadet.fields)) {
            field.clone_from(value);
        }
        let (username, email, said) = (None, None, Fields::default());
        Self { existing, student_id, fields, username, email, row: row.number, changed: false, said }
    }

    /// Names what a row says otherwise than an earlier one, and a name that the register does not have for this id.
    fn warn_of_contradictions(&mut self, row: &CadetRow, is_first: bool, report: &mut Report) {
        let who = row.who();
        if is_first && let Some(known) = &self.existing {
            let differs = |at: usize| match (known.fields[at].as_deref(), row.fields[at].as_deref()) {
                (Some(known), Some(said)) => !is_blank(known) && known.to_lowercase() != said.to_lowercase(),
                _ => false,
            };
            if differs(FIRST_NAME) && differs(LAST_NAME) {
                let part = |at: usize| known.fields[at].as_deref().unwrap_or_default();
                let (first, last) = (part(FIRST_NAME), part(LAST_NAME));
                report.warn(
                    row.number,
                    format!("{who}: the register has {first} {last}, the file {}", row.name()),
                );
            }
        }
        for ((said, now), field) in self.said.iter_mut().zip(&row.fields).zip(&FIELDS) {
            if let (Some(earlier), Some(later)) = (said.as_ref(), now)
                && earlier != later
            {
                let (label, first, number) = (field.label(), self.row, row.number);
                let text = format!("{who}: {label} is {earlier} in row {first} and {later} in row {number}");
                report.warn(number, text);
            }
            if now.is_some() {
                said.clone_from(now);
            }
        }
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
fn new_student_id(app: &App, row: &CadetRow) -> String {
    let named = row.student_id.as_deref().or(row.username.as_deref()).or(row.email());
    named.map(str::to_owned).unwrap_or_else(|| {
        let first = row.fields[FIRST_NAME].as_deref().unwrap_or_default();
        let letters: String = first.chars().filter(|letter| letter.is_alphanumeric()).collect();
        format!("{}{:06}", letters.to_lowercase(), app.ids.number_below(1_000_000))
    })
}
