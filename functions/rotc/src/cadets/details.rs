//! The part of a `cadets` row that people edit: read under a lock, changed, and written back whole.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use serde::Serialize;
use shared::{Result, db::Change, error::invalid_field, http::lenient::is_blank, row, sql, text};

use super::fields::CadetFields;

/// Years in which a cadet may have been born.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

row! {
    /// What people edit of a cadet.
    #[derive(Clone, Debug, Default, PartialEq, Serialize)]
    pub(super) struct Details {
        pub rank: Option<String>,
        pub first_name: String,
        pub middle_name: Option<String>,
        pub last_name: String,
        pub suffix_name: Option<String>,
        pub student_id: String,
        pub email: Option<String>,
        pub contact_number: Option<String>,
        pub address: Option<String>,
        pub course: Option<String>,
        pub year_level: Option<String>,
        pub school_year: Option<String>,
        pub battalion: Option<String>,
        pub company: Option<String>,
        pub platoon: Option<String>,
        pub cadet_course: Option<String>,
        pub semester: Option<String>,
        pub corp_position: Option<String>,
        pub gender: Option<String>,
        pub religion: Option<String>,
        pub birthdate: Option<NaiveDate>,
        pub status: Option<String>,
        pub profile_pic: Option<String>,
        pub is_profile_completed: Option<bool>,
    }
}

impl Details {
    /// The row of a cadet, locked until the change ends: two edits cannot undo each other.
    pub async fn lock(change: &mut Change, cadet_id: i32) -> Result<Option<Self>> {
        let select = sql!(
            "SELECT rank, first_name, middle_name, last_name, suffix_name, student_id, email, contact_number, address,
                    course, year_level, school_year, battalion, company, platoon, cadet_course, semester,
                    corp_position, gender, religion, birthdate, status, profile_pic, is_profile_completed
             FROM cadets WHERE id = $1 FOR UPDATE"
        );
        change.one(select, &[&cadet_id]).await
    }

    /// Takes over what is sent; names and student id only when they are not blank.
    pub fn apply(&mut self, sent: &CadetFields) -> Result<()> {
        for (kept, sent) in [
            (&mut self.rank, &sent.rank),
            (&mut self.middle_name, &sent.middle_name),
            (&mut self.suffix_name, &sent.suffix_name),
            (&mut self.email, &sent.email),
            (&mut self.contact_number, &sent.contact_number),
            (&mut self.address, &sent.address),
            (&mut self.course, &sent.course),
            (&mut self.year_level, &sent.year_level),
            (&mut self.school_year, &sent.school_year),
            (&mut self.battalion, &sent.battalion),
            (&mut self.company, &sent.company),
            (&mut self.platoon, &sent.platoon),
            (&mut self.cadet_course, &sent.cadet_course),
            (&mut self.semester, &sent.semester),
            (&mut self.corp_position, &sent.corp_position),
            (&mut self.gender, &sent.gender),
            (&mut self.religion, &sent.religion),
            (&mut self.status, &sent.status),
        ] {
            if sent.is_some() {
                kept.clone_from(sent);
            }
        }
        for (field, kept, sent) in [
            ("first_name", &mut self.first_name, &sent.first_name),
            ("last_name", &mut self.last_name, &sent.last_name),
            ("student_id", &mut self.student_id, &sent.student_id),
        ] {
            // What is on file already may be anything.
            if let Some(sent) = sent.as_ref().filter(|sent| !is_blank(sent) && sent.trim() != kept) {
                *kept = if field == "student_id" {
                    text::account_name(field, sent)?
                } else {
                    text::name(field, sent)?
                };
            }
        }
        if let Some(sent) = &sent.birthdate {
            self.birthdate = day(sent)?;
        }
        Ok(())
    }

    /// Writes the row back.
    pub async fn save(&self, change: &mut Change, cadet_id: i32) -> Result<()> {
        let update = sql!(
            "UPDATE cadets
             SET (rank, first_name, middle_name, last_name, suffix_name, student_id, email, contact_number, address,
                  course, year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position,
                  gender, religion, birthdate, status, profile_pic, is_profile_completed)
                 = (SELECT rank, first_name, middle_name, last_name, suffix_name, student_id, email, contact_number,
                           address, course, year_level, school_year, battalion, company, platoon, cadet_course,
                           semester, corp_position, gender, religion, birthdate, status, profile_pic,
                           is_profile_completed
                    FROM jsonb_populate_record(NULL::cadets, $2))
             WHERE id = $1"
        );
        change.execute(update, &[&cadet_id, &serde_json::to_value(self)?]).await?;
        Ok(())
    }

    /// Adds the row and tells its id; none when the student id is taken.
    pub async fn insert(&self, change: &mut Change) -> Result<Option<i32>> {
        let insert = sql!(
            "INSERT INTO cadets (rank, first_name, middle_name, last_name, suffix_name, student_id, email,
                                 contact_number, address, course, year_level, school_year, battalion, company,
                                 platoon, cadet_course, semester, corp_position, gender, religion, birthdate, status,
                                 profile_pic, is_profile_completed)
             SELECT rank, first_name, middle_name, last_name, suffix_name, student_id, email, contact_number, address,
                    course, year_level, school_year, battalion, company, platoon, cadet_course, semester,
                    corp_position, gender, religion, birthdate, status, profile_pic, is_profile_completed
             FROM jsonb_populate_record(NULL::cadets, $1)
             ON CONFLICT (student_id) DO NOTHING
             RETURNING id"
        );
        change.one(insert, &[&serde_json::to_value(self)?]).await
    }
}

/// Whether another cadet, archived or not, has this student id.
pub(super) async fn student_id_is_taken(
    change: &mut Change,
    student_id: &str,
    cadet_id: i32,
) -> Result<bool> {
    let taken = sql!("SELECT EXISTS (SELECT FROM cadets WHERE lower(student_id) = lower($1) AND id <> $2)");
    change.only(taken, &[&student_id, &cadet_id]).await
}

/// A day as `YYYY-MM-DD`, alone or at the start of a timestamp; empty is none.
fn day(text: &str) -> Result<Option<NaiveDate>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_moment = DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok();
    let date = text.get(..10).filter(|_| text.len() == 10 || is_moment);
    let day = date.and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok());
    let day = day.filter(|day| YEARS.contains(&day.year()));
    day.map(Some).ok_or_else(|| {
        invalid_field("birthdate", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_fields_stay_and_empty_ones_are_cleared() {
        let mut details = Details {
            first_name: "Juan".to_owned(),
            company: Some("Alpha".to_owned()),
            gender: Some("Male".to_owned()),
            birthdate: NaiveDate::from_ymd_opt(2003, 2, 1),
            ..Details::default()
        };
        let sent = CadetFields {
            first_name: Some(" ".to_owned()),
            company: Some(String::new()),
            birthdate: Some(String::new()),
            ..CadetFields::default()
        };
        details.apply(&sent).unwrap();
        assert_eq!(details.first_name, "Juan");
        assert_eq!(details.company.as_deref(), Some(""));
        assert_eq!(details.gender.as_deref(), Some("Male"));
        assert_eq!(details.birthdate, None);
    }

    #[test]
    fn days_are_read_from_dates_and_timestamps() {
        let expected = NaiveDate::from_ymd_opt(2005, 5, 5);
        assert_eq!(day("2005-05-05").unwrap(), expected);
        assert_eq!(day("2005-05-05T00:00:00.000Z").unwrap(), expected);
        for bad in ["31/12/2000", "2005-13-01", "2005-05-05x", "ñ005-05-05", "2005-5-5"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}
