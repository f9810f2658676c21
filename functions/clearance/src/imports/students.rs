//! Students with their accounts.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    auth::principal::Permit,
    db::{Change, UserKey},
    drf::Data,
    imports::{Contents, Field, Import, Report, run},
    realtime::Topic,
    row, sql,
};
use uuid::Uuid;
use validator::ValidateEmail;

use super::{
    answer::{Answer, Imported, Queued, form},
    check, store,
};
use crate::{
    access::{Admin, Person},
    enrollment::{FORMAT, RegistrationNumber},
    times::today,
};

static FIELDS: [Field; 11] = [
    Field::new("registration_number", &["Registration Number", "Reg No"]),
    Field::new("full_name", &["Full Name", "Name"]).words(),
    Field::new("email", &["Email", "Email Address"]),
    Field::new("admission_number", &["Admission Number", "Adm No"]),
    Field::new("school", &["School"]).words(),
    Field::new("department", &["Department"]).words(),
    Field::new("course", &["Course"]).words(),
    Field::new("faculty", &["Faculty"]).words(),
    Field::new("program", &["Program", "Programme"]).words(),
    Field::new("graduation_year", &["Graduation Year"]),
    Field::new("eligibility_status", &["Eligibility Status", "Eligibility"]),
];

static COLUMNS: &[&[Field]] = &[&FIELDS];

/// Enrolls the students of a list: doing it twice changes nothing more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportStudents {
    /// Whether students who are there take over what the list says of them.
    overwrite: bool,
}

/// What a row says of a student.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Entry {
    pub(super) number: String,
    number_school: String,
    number_department: String,
    pub(super) year: i32,
    pub(super) full_name: Option<String>,
    pub(super) email: Option<String>,
    admission_number: Option<String>,
    /// The code or the name of the school, department and course.
    school: Option<String>,
    department: Option<String>,
    course: Option<String>,
    pub(super) faculty: Option<String>,
    pub(super) program: Option<String>,
    pub(super) graduation_year: Option<i32>,
    eligibility: Option<String>,
}

row! {
    /// What the database knows of a row.
    #[derive(Clone, Debug, Serialize)]
    pub(super) struct Known {
        #[serde(skip)]
        number: String,
        #[serde(skip)]
        pub(super) student: Option<Uuid>,
        #[serde(skip)]
        is_removed: bool,
        #[serde(skip)]
        is_email_taken: bool,
        #[serde(skip)]
        is_number_taken: bool,
        school_id: Option<Uuid>,
        #[serde(skip)]
        pub(super) school_name: Option<String>,
        department_id: Option<Uuid>,
        #[serde(skip)]
        pub(super) department_name: Option<String>,
        course_id: Option<Uuid>,
        #[serde(skip)]
        pub(super) course_name: Option<String>,
        #[serde(skip)]
        pub(super) years: i32,
    }
}

/// Import students from a list
///
/// CSV or Excel with the columns registration_number, full_name, email, admission_number, school, department, course, faculty,
/// program, graduation_year and eligibility_status. Wrong rows are left out and named. Students who are there stay as they are,
/// but with `overwrite`. Accounts are made without a password: their owners ask for a link to set one. Lists of more than 2,000
/// rows are imported in the background.
#[utoipa::path(post, path = "/api/students/import", tag = "imports",
    request_body(content_type = "multipart/form-data", content = Object),
    responses((status = 200, body = Imported), (status = 202, body = Queued)))]
pub async fn import_students(Admin(person): Admin, State(app): State<App>, data: Data) -> Result<Answer> {
    let (files, mode, overwrite) = form(data)?;
    Ok(run(&app, &person, &ImportStudents { overwrite }, &files, mode).await?.into())
}

/// Reads a row, or says what is wrong with it.
fn entry(values: [Option<&str>; 11], app: &App) -> Result<(String, Entry), String> {
    let [number, full_name, email, admission_number, rest @ ..] = values;
    let [school, department, course, faculty, program, graduation_year, eligibility] = rest;
    let number = number.ok_or("registration_number: This field is required")?;
    let number = RegistrationNumber::parse(number, today(app))
        .ok_or_else(|| format!("registration_number: {FORMAT}"))?;
    if email.is_some_and(|email| email.len() > 254 || !email.validate_email()) {
        return Err("email: Enter a valid email address".to_owned());
    }
    let long = [
        ("full_name", full_name, 255),
        ("admission_number", admission_number, 50),
        ("faculty", faculty, 255),
        ("program", program, 255),
    ];
    for (name, value, most) in long {
        if value.is_some_and(|value| value.chars().count() > most) {
            return Err(format!("{name}: Ensure this field has no more than {most} characters"));
        }
    }
    let graduation_year = graduation_year.map(|year| {
        let year = year.parse().ok().filter(|year| (1970..=2100).contains(year));
        year.ok_or("graduation_year: Enter a year from 1970 to 2100")
    });
    let eligibility = eligibility.map(str::to_lowercase);
    let known = |word: &String| ["eligible", "ineligible", "pending"].contains(&word.as_str());
    if let Some(word) = eligibility.as_ref().filter(|word| !known(word)) {
        return Err(format!("eligibility_status: \"{word}\" is not a valid choice"));
    }
    let text = |value: Option<&str>| value.map(str::to_owned);
    let entry = Entry {
        number: number.text.clone(),
        number_school: number.school,
        number_department: number.department,
        year: number.year,
        full_name: text(full_name),
        email: text(email),
        admission_number: text(admission_number),
        school: text(school),
        department: text(department),
        course: text(course),
        faculty: text(faculty),
        program: text(program),
        graduation_year: graduation_year.transpose()?,
        eligibility,
    };
    Ok((number.text, entry))
}

/// Why the database cannot take a row.
fn problem(entry: &Entry, known: &Known, seen: &mut HashSet<String>) -> Option<String> {
    let missing = |name: &str| Some(format!("{name}: This field is required"));
    let absent = |name: &str, said: &Option<String>, found: Option<Uuid>| match (said, found) {
        (Some(said), None) => Some(format!("{name}: \"{said}\" is not known")),
        _ => None,
    };
    if known.is_removed {
        return Some("registration_number: This student was removed".to_owned());
    }
    if known.student.is_none() && entry.full_name.is_none() {
        return missing("full_name");
    }
    if known.student.is_none() && entry.email.is_none() {
        return missing("email");
    }
    let email = entry.email.as_ref().map(|email| format!("@{}", email.to_lowercase()));
    if known.is_email_taken || email.is_some_and(|email| !seen.insert(email)) {
        return Some("email: user with this email already exists".to_owned());
    }
    let number = entry.admission_number.as_ref().map(|number| format!("#{number}"));
    if known.is_number_taken || number.is_some_and(|number| !seen.insert(number)) {
        return Some("admission_number: user with this admission number already exists".to_owned());
    }
    absent("school", &entry.school, known.school_id)
        .or_else(|| absent("department", &entry.department, known.department_id))
        .or_else(|| absent("course", &entry.course, known.course_id))
}

impl Import for ImportStudents {
    const KIND: &'static str = "import_students";
    type Person = Person;
    type Id = Uuid;

    fn fields(&self) -> &'static [&'static [Field]] {
        COLUMNS
    }

    fn check(&self, contents: &[Contents]) -> Result<()> {
        check(contents, &FIELDS, &["registration_number", "full_name", "email"])
    }

    async fn person(change: &mut Change, user: &UserKey) -> Result<Person> {
        let Admin(person) = Admin::permit(Person::reload(change, user).await?)?;
        Ok(person)
    }

    async fn apply(
        &self,
        change: &mut Change,
        app: &App,
        _: &Person,
        contents: &[Contents],
        report: &mut Report<Uuid>,
    ) -> Result<()> {
        let entries = report.read(contents, &FIELDS, |values| entry(values, app));
        let all: Vec<Entry> = entries.records().map(|(_, entry)| entry.clone()).collect();
        let mut known: HashMap<String, Known> =
            look_up(change, &all).await?.into_iter().map(|known| (known.number.clone(), known)).collect();
        let (mut refused, mut seen) = (HashMap::new(), HashSet::new());
        let (mut new, mut there) = (Vec::new(), Vec::new());
        for entry in all {
            let Some(known) = known.remove(&entry.number) else { continue };
            if known.student.is_some() && !self.overwrite {
                continue;
            }
            match problem(&entry, &known, &mut seen) {
                Some(why) => drop(refused.insert(entry.number, why)),
                None if known.student.is_none() => new.push((entry, known)),
                None => there.push((entry, known)),
            }
        }
        let mut written = store::insert(app, change, new).await?;
        written.extend(store::update(change, there).await?);
        report.settle_but(entries, written, &refused);
        Ok(())
    }

    async fn failed(change: &mut Change, user: &UserKey, job: Uuid, _: &str) -> Result<()> {
        change.publish("import.failed", &[Topic::User(user.clone())], &json!({ "task_id": job })).await
    }
}

/// What is known of the rows, by one statement. A new student is placed by the number where the row names no school.
async fn look_up(change: &mut Change, entries: &[Entry]) -> Result<Vec<Known>> {
    let find = sql!(
        "SELECT list.number, students.id AS student, students.deleted_at IS NOT NULL AS is_removed,
                EXISTS (SELECT FROM users WHERE lower(email) = lower(list.email)
                          AND users.id IS DISTINCT FROM students.user_id) AS is_email_taken,
                EXISTS (SELECT FROM users WHERE users.admission_number = list.admission_number
                          AND users.id IS DISTINCT FROM students.user_id) AS is_number_taken,
                schools.id AS school_id, schools.name AS school_name, departments.id AS department_id,
                departments.name AS department_name, courses.id AS course_id, courses.name AS course_name,
                coalesce(courses.duration_years, 4)::int AS years
         FROM jsonb_to_recordset($1) AS list (number TEXT, number_school TEXT, number_department TEXT, email TEXT,
                                              admission_number TEXT, school TEXT, department TEXT, course TEXT)
         LEFT JOIN students ON students.registration_number = list.number
         LEFT JOIN LATERAL (
             SELECT id, name FROM academic_schools WHERE CASE
                 WHEN list.school IS NOT NULL THEN is_active AND lower(list.school) IN (lower(code), lower(name))
                 WHEN students.id IS NULL THEN is_active AND code = list.number_school ELSE id = students.school_id END
             ORDER BY id LIMIT 1
         ) AS schools ON TRUE
         LEFT JOIN LATERAL (
             SELECT id, name FROM academic_departments WHERE school_id = schools.id AND CASE
                 WHEN list.department IS NOT NULL THEN is_active AND lower(list.department) IN (lower(code), lower(name))
                 WHEN students.id IS NULL THEN is_active AND code = list.number_department ELSE id = students.department_id END
             ORDER BY id LIMIT 1
         ) AS departments ON TRUE
         LEFT JOIN LATERAL (
             SELECT id, name, duration_years FROM academic_courses WHERE department_id = departments.id AND CASE
                 WHEN list.course IS NOT NULL THEN is_active AND lower(list.course) IN (lower(code), lower(name))
                 ELSE id = students.course_id END
             ORDER BY id LIMIT 1
         ) AS courses ON TRUE"
    );
    change.all(find, &[&serde_json::to_value(entries)?]).await
}
