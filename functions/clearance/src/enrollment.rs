//! Registration numbers, and the student row that follows from one.

use chrono::{Datelike, NaiveDate};
use shared::{App, Result, db::Change, drf::Fields, row, sql};
use uuid::Uuid;

use crate::{settings::Settings, times::today};

/// What a registration number must look like.
pub const FORMAT: &str =
    "Registration number must follow format SCHOOL/DEPT/NNNN/YYYY (e.g., SCE/CS/0001/2024)";

/// A number that is another student's.
pub const TAKEN: &str = "student with this registration number already exists.";

/// The first year that is believed.
const FIRST_YEAR: i32 = 1970;

/// Years of a course whose length is not known.
const USUAL_YEARS: i32 = 4;

/// `SCE/CS/0001/2024`: school, department, running number, year of admission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationNumber {
    /// As it is stored: upper case.
    pub text: String,
    /// The code of the school.
    pub school: String,
    /// The code of the department.
    pub department: String,
    /// The year of admission.
    pub year: i32,
}

impl RegistrationNumber {
    /// Reads a number in any case; none if it is not one, or of a year to come after the next.
    pub fn parse(text: &str, today: NaiveDate) -> Option<Self> {
        let text = text.trim().to_uppercase();
        let parts: Vec<&str> = text.split('/').collect();
        let [school, department, running, year] = parts[..] else { return None };
        let code =
            |part: &str| (2..=10).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_uppercase());
        let digits = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(code(school) && code(department) && digits(running) && digits(year)) {
            return None;
        }
        let year = year.parse().ok().filter(|year| (FIRST_YEAR..=today.year() + 1).contains(year))?;
        Some(Self { school: school.to_owned(), department: department.to_owned(), year, text })
    }
}

/// Rejects a number that a student has, also one whose record was removed.
pub async fn reject_taken(
    change: &mut Change,
    fields: &mut Fields,
    field: &str,
    number: &str,
    except: Option<Uuid>,
) -> Result<()> {
    let find = sql!(
        "SELECT EXISTS (SELECT FROM students WHERE registration_number = upper($1) AND id IS DISTINCT FROM $2)"
    );
    if change.only(find, &[&number, &except]).await? {
        fields.reject(field, TAKEN);
    }
    Ok(())
}

row! {
    struct Placement {
        school_id: Option<Uuid>,
        department_id: Option<Uuid>,
        course_id: Option<Uuid>,
        faculty: String,
        program: String,
        years: i32,
    }
}

/// Makes the student row of an account out of its number, with the fee that is due. Tells its id.
pub async fn enroll(app: &App, change: &mut Change, user: Uuid, number: &RegistrationNumber) -> Result<Uuid> {
    let find = sql!(
        "SELECT schools.id AS school_id, departments.id AS department_id, courses.id AS course_id,
                coalesce(schools.name, $1) AS faculty, coalesce(courses.name, departments.name, $2) AS program,
                coalesce(courses.duration_years, $3::int) AS years
         FROM (SELECT) AS one
         LEFT JOIN academic_schools AS schools ON schools.code = $1 AND schools.is_active
         LEFT JOIN academic_departments AS departments
             ON departments.school_id = schools.id AND departments.code = $2 AND departments.is_active
         LEFT JOIN LATERAL (
             SELECT (array_agg(id))[1] AS id, min(name) AS name, min(duration_years)::int AS duration_years
             FROM academic_courses WHERE department_id = departments.id AND is_active HAVING count(*) = 1
         ) AS courses ON TRUE"
    );
    let placement: Placement = change.only(find, &[&number.school, &number.department, &USUAL_YEARS]).await?;
    let insert = sql!(
        "INSERT INTO students (user_id, registration_number, admission_year, school_id, department_id, course_id,
                               faculty, program, graduation_year, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id"
    );
    let Placement { school_id, department_id, course_id, faculty, program, years } = placement;
    let (graduation_year, now) = (number.year + years, app.clock.now());
    let id: Uuid = change
        .only(
            insert,
            &[
                &user,
                &number.text,
                &number.year,
                &school_id,
                &department_id,
                &course_id,
                &faculty,
                &program,
                &graduation_year,
                &now,
            ],
        )
        .await?;
    open_finance_record(app, change, id).await?;
    Ok(id)
}

/// Every student owes the fee that is configured on the day their row is made.
pub async fn open_finance_record(app: &App, change: &mut Change, student: Uuid) -> Result<()> {
    let insert = sql!(
        "INSERT INTO finance_records (student_id, graduation_fee, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (student_id) DO NOTHING"
    );
    change.execute(insert, &[&student, &Settings::of(app)?.graduation_fee, &app.clock.now()]).await?;
    Ok(())
}

/// The number that an account was given, if a student row can be made of it today.
pub fn number_of(app: &App, text: Option<&str>) -> Option<RegistrationNumber> {
    RegistrationNumber::parse(text?, today(app))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<RegistrationNumber> {
        RegistrationNumber::parse(text, NaiveDate::from_ymd_opt(2026, 2, 2)?)
    }

    #[test]
    fn numbers_are_read_in_any_case_and_named_by_their_parts() {
        let number = parse(" sce/cs/0001/2024 ").expect("a number");
        assert_eq!(
            (number.text.as_str(), number.school.as_str(), number.department.as_str(), number.year),
            ("SCE/CS/0001/2024", "SCE", "CS", 2024)
        );
        assert!(parse("TEST/CS/0001/2027").is_some(), "of next year");
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            "SCE/CS/0001",
            "S/CS/0001/2024",
            "SCE/CS/001/2024",
            "SCE/CS/0001/1969",
            "SCE/CS/0001/2028",
            "SCE/C5/0001/2024",
            "MKSU/2024/999",
            "SCE/CS/0001/2024/1",
            "ŞCE/CS/0001/2024",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
