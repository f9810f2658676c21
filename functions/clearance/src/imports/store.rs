//! The statements that write imported students.

use serde::Serialize;
use shared::{App, Result, db::Change, sql};
use uuid::Uuid;

use super::students::{Entry, Known};
use crate::settings::Settings;

/// A student with an account to be made.
#[derive(Serialize)]
struct New {
    user_id: Uuid,
    faculty: String,
    program: String,
    graduation_year: i32,
    entry: Entry,
    known: Known,
}

impl New {
    fn of(app: &App, entry: Entry, known: Known) -> Self {
        // What the row says, else what is known by the codes, else the codes of the number.
        let named = |names: [&Option<String>; 3], part: usize| {
            let part = entry.number.split('/').nth(part).unwrap_or_default();
            names.into_iter().flatten().next().map_or(part, String::as_str).to_owned()
        };
        let faculty = named([&entry.faculty, &known.school_name, &None], 0);
        let program = named([&entry.program, &known.course_name, &known.department_name], 1);
        let graduation_year = entry.graduation_year.unwrap_or(entry.year + known.years);
        Self { user_id: app.ids.uuid(), faculty, program, graduation_year, entry, known }
    }
}

/// Makes accounts, student rows and fees; tells the numbers with the ids.
pub(super) async fn insert(
    app: &App,
    change: &mut Change,
    students: Vec<(Entry, Known)>,
) -> Result<Vec<(String, Uuid, bool)>> {
    let accounts = sql!(
        "INSERT INTO users (id, email, username, full_name, role, admission_number, created_at)
         SELECT user_id, entry ->> 'email', entry ->> 'email', entry ->> 'full_name', 'student',
                entry ->> 'admission_number', $2
         FROM jsonb_to_recordset($1) AS list (user_id UUID, entry JSONB)"
    );
    let rows = sql!(
        "INSERT INTO students (user_id, registration_number, admission_year, school_id, department_id, course_id, faculty,
                               program, graduation_year, eligibility_status, created_at)
         SELECT user_id, entry ->> 'number', (entry ->> 'year')::int, (known ->> 'school_id')::uuid,
                (known ->> 'department_id')::uuid, (known ->> 'course_id')::uuid, faculty, program, graduation_year,
                coalesce(entry ->> 'eligibility', 'pending'), $2
         FROM jsonb_to_recordset($1) AS list (user_id UUID, entry JSONB, known JSONB, faculty TEXT, program TEXT,
                                              graduation_year INTEGER)
         RETURNING registration_number::text, id, TRUE"
    );
    let fees = sql!(
        "INSERT INTO finance_records (student_id, graduation_fee, created_at) SELECT id, $2, $3 FROM unnest($1::uuid[]) AS id"
    );
    let students: Vec<New> = students.into_iter().map(|(entry, known)| New::of(app, entry, known)).collect();
    let (list, now) = (serde_json::to_value(&students)?, app.clock.now());
    change.execute(accounts, &[&list, &now]).await?;
    let written: Vec<(String, Uuid, bool)> = change.all(rows, &[&list, &now]).await?;
    let ids: Vec<Uuid> = written.iter().map(|(_, id, _)| *id).collect();
    change.execute(fees, &[&ids, &Settings::of(app)?.graduation_fee, &now]).await?;
    Ok(written)
}

/// Writes what the list says of students who are there; empty cells say nothing. Tells those that have changed.
pub(super) async fn update(
    change: &mut Change,
    students: Vec<(Entry, Known)>,
) -> Result<Vec<(String, Uuid, bool)>> {
    let accounts = sql!(
        "UPDATE users SET email = coalesce(list.email, users.email), username = coalesce(list.email, username),
                full_name = coalesce(list.full_name, users.full_name),
                admission_number = coalesce(list.admission_number, users.admission_number)
         FROM jsonb_to_recordset($1) AS list (number TEXT, email TEXT, full_name TEXT, admission_number TEXT)
              JOIN students ON registration_number = list.number
         WHERE users.id = students.user_id AND (users.email, users.full_name, users.admission_number) IS DISTINCT FROM
             (coalesce(list.email, users.email), coalesce(list.full_name, users.full_name),
              coalesce(list.admission_number, users.admission_number))
         RETURNING registration_number::text, students.id, FALSE"
    );
    let rows = sql!(
        "UPDATE students SET school_id = list.school_id, department_id = list.department_id, course_id = list.course_id,
                faculty = coalesce(list.faculty, students.faculty), program = coalesce(list.program, students.program),
                graduation_year = coalesce(list.graduation_year, students.graduation_year),
                eligibility_status = coalesce(list.eligibility, eligibility_status)
         FROM jsonb_to_recordset($1) AS list (number TEXT, school_id UUID, department_id UUID, course_id UUID, faculty TEXT,
                                              program TEXT, graduation_year INTEGER, eligibility TEXT)
         WHERE registration_number = list.number
           AND (students.school_id, students.department_id, students.course_id, students.faculty, students.program,
                students.graduation_year, eligibility_status) IS DISTINCT FROM
               (list.school_id, list.department_id, list.course_id, coalesce(list.faculty, students.faculty),
                coalesce(list.program, students.program), coalesce(list.graduation_year, students.graduation_year),
                coalesce(list.eligibility, eligibility_status))
         RETURNING registration_number::text, id, FALSE"
    );
    let list: Vec<Said> = students.iter().map(|(entry, known)| Said { entry, known }).collect();
    let list = serde_json::to_value(list)?;
    let mut written: Vec<(String, Uuid, bool)> = change.all(accounts, &[&list]).await?;
    written.extend(change.all::<(String, Uuid, bool)>(rows, &[&list]).await?);
    written.sort();
    written.dedup();
    Ok(written)
}

/// A row with where it places the student.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    #[serde(flatten)]
    known: &'a Known,
}
