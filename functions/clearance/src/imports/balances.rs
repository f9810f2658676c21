//! What students still owe for tuition.

use std::collections::HashMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    auth::principal::Permit,
    db::{Change, UserKey},
    drf::Data,
    http::Money,
    imports::{Contents, Field, Import, Report, run},
    realtime::Topic,
    sql,
};
use uuid::Uuid;

use super::{
    answer::{Answer, Imported, Queued, form},
    check,
};
use crate::access::{FinanceDesk, Person};

static FIELDS: [Field; 3] = [
    Field::new("registration_number", &["Registration Number", "Reg No"]),
    Field::new("tuition_balance", &["Tuition Balance", "Balance"]).raw(),
    Field::new("notes", &["Notes", "Remarks"]).words(),
];

static COLUMNS: &[&[Field]] = &[&FIELDS];

/// Writes the balances of a list: doing it twice changes nothing more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportBalances {}

/// Import tuition balances from a list
///
/// CSV or Excel with the columns registration_number, tuition_balance and notes. Wrong rows are left out and named. Lists of
/// more than 2,000 rows are imported in the background.
#[utoipa::path(post, path = "/api/finance/records/import", tag = "imports",
    request_body(content_type = "multipart/form-data", content = Object),
    responses((status = 200, body = Imported), (status = 202, body = Queued)))]
pub async fn import_balances(
    FinanceDesk(person): FinanceDesk,
    State(app): State<App>,
    data: Data,
) -> Result<Answer> {
    let (files, mode, _) = form(data)?;
    Ok(run(&app, &person, &ImportBalances {}, &files, mode).await?.into())
}

/// An amount with or without commas between thousands.
fn balance(text: &str) -> Option<Money> {
    let amount = Money::parse(&text.replace(',', ""))?;
    (amount >= Money::ZERO && amount.whole_digits() <= 8 && amount.places() <= 2).then_some(amount)
}

impl Import for ImportBalances {
    const KIND: &'static str = "import_balances";
    type Person = Person;
    type Id = Uuid;

    fn fields(&self) -> &'static [&'static [Field]] {
        COLUMNS
    }

    fn check(&self, contents: &[Contents]) -> Result<()> {
        check(contents, &FIELDS, &["registration_number", "tuition_balance"])
    }

    async fn person(change: &mut Change, user: &UserKey) -> Result<Person> {
        let FinanceDesk(person) = FinanceDesk::permit(Person::reload(change, user).await?)?;
        Ok(person)
    }

    async fn apply(
        &self,
        change: &mut Change,
        _: &App,
        _: &Person,
        contents: &[Contents],
        report: &mut Report<Uuid>,
    ) -> Result<()> {
        let balances = report.read(contents, &FIELDS, |[number, amount, notes]| {
            let number = number.ok_or("registration_number: This field is required")?.to_uppercase();
            let amount = amount.ok_or("tuition_balance: This field is required")?;
            let amount = balance(amount).ok_or("tuition_balance: A valid number is required")?;
            Ok((number, (amount, notes.map(str::to_owned))))
        });
        let (numbers, (amounts, notes)): (Vec<_>, (Vec<_>, Vec<_>)) = balances.records().cloned().unzip();
        let missing = sql!(
            "SELECT number FROM unnest($1::text[]) AS number
             WHERE NOT EXISTS (SELECT FROM students WHERE registration_number = number AND deleted_at IS NULL)"
        );
        let store = sql!(
            "UPDATE finance_records AS records SET tuition_balance = amount, notes = coalesce(list.notes, records.notes)
             FROM unnest($1::text[], $2::numeric[], $3::text[]) AS list (number, amount, notes)
                  JOIN students ON registration_number = number AND deleted_at IS NULL
             WHERE records.student_id = students.id
               AND (tuition_balance, records.notes) IS DISTINCT FROM (amount, coalesce(list.notes, records.notes))
             RETURNING number, records.id, FALSE"
        );
        let unknown: Vec<String> = change.all(missing, &[&numbers]).await?;
        let why = "registration_number: Student not found";
        let refused: HashMap<_, _> = unknown.into_iter().map(|number| (number, why.to_owned())).collect();
        let stored = change.all(store, &[&numbers, &amounts, &notes]).await?;
        report.settle_but(balances, stored, &refused);
        Ok(())
    }

    async fn failed(change: &mut Change, user: &UserKey, job: Uuid, _: &str) -> Result<()> {
        change.publish("import.failed", &[Topic::User(user.clone())], &json!({ "task_id": job })).await
    }
}
