//! The part of a `training_staff` row that people edit: read under a lock, changed, and written back whole.

use chrono::NaiveDateTime;
use serde::Serialize;
use shared::{Result, db::Change, error::invalid_field, http::lenient::is_blank, row, sql, text};

use super::fields::StaffChanges;

/// The oldest age anybody enters.
const OLDEST: i32 = 150;

row! {
    /// What people edit of a member of the staff.
    #[derive(Clone, Debug, Default, Serialize)]
    pub(super) struct Details {
        pub rank: Option<String>,
        pub first_name: String,
        pub middle_name: Option<String>,
        pub last_name: String,
        pub suffix_name: Option<String>,
        pub email: Option<String>,
        pub contact_number: Option<String>,
        pub role: Option<String>,
        pub profile_pic: Option<String>,
        pub afpsn: Option<String>,
        pub birthdate: Option<String>,
        pub birthplace: Option<String>,
        pub age: Option<i32>,
        pub height: Option<String>,
        pub weight: Option<String>,
        pub blood_type: Option<String>,
        pub address: Option<String>,
        pub civil_status: Option<String>,
        pub nationality: Option<String>,
        pub gender: Option<String>,
        pub language_spoken: Option<String>,
        pub combat_boots_size: Option<String>,
        pub uniform_size: Option<String>,
        pub bullcap_size: Option<String>,
        pub facebook_link: Option<String>,
        pub rotc_unit: Option<String>,
        pub mobilization_center: Option<String>,
        pub is_profile_completed: Option<bool>,
    }
}

impl Details {
    /// The row of a member, locked until the change ends: two edits cannot undo each other.
    pub async fn lock(change: &mut Change, staff_id: i32) -> Result<Option<Self>> {
        let select = sql!(
            "SELECT rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, profile_pic,
                    afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality,
                    gender, language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit,
                    mobilization_center, is_profile_completed
             FROM training_staff WHERE id = $1 FOR UPDATE"
        );
        change.one(select, &[&staff_id]).await
    }

    /// Takes over what is sent, but for the mail address and the picture, which have rules of their own.
    /// Names only when they are not blank.
    pub fn apply(&mut self, sent: &StaffChanges) -> Result<()> {
        for (kept, sent) in self.texts(sent) {
            if let Some(sent) = sent {
                *kept = Some(plain(sent));
            }
        }
        for (field, kept, sent) in [
            ("first_name", &mut self.first_name, &sent.first_name),
            ("last_name", &mut self.last_name, &sent.last_name),
        ] {
            let name = sent.as_deref().map(plain).filter(|name| !is_blank(name) && name.trim() != kept);
            if let Some(name) = name {
                *kept = text::name(field, &name)?;
            }
        }
        if let Some(link) = &sent.facebook_link {
            check_link(link)?;
        }
        if let Some(years) = &sent.age {
            self.age = age(years)?;
        }
        Ok(())
    }

    fn texts<'a>(&'a mut self, sent: &'a StaffChanges) -> [(&'a mut Option<String>, &'a Option<String>); 22] {
        [
            (&mut self.rank, &sent.rank),
            (&mut self.middle_name, &sent.middle_name),
            (&mut self.suffix_name, &sent.suffix_name),
            (&mut self.contact_number, &sent.contact_number),
            (&mut self.role, &sent.role),
            (&mut self.afpsn, &sent.afpsn),
            (&mut self.birthdate, &sent.birthdate),
            (&mut self.birthplace, &sent.birthplace),
            (&mut self.height, &sent.height),
            (&mut self.weight, &sent.weight),
            (&mut self.blood_type, &sent.blood_type),
            (&mut self.address, &sent.address),
            (&mut self.civil_status, &sent.civil_status),
            (&mut self.nationality, &sent.nationality),
            (&mut self.gender, &sent.gender),
            (&mut self.language_spoken, &sent.language_spoken),
            (&mut self.combat_boots_size, &sent.combat_boots_size),
            (&mut self.uniform_size, &sent.uniform_size),
            (&mut self.bullcap_size, &sent.bullcap_size),
            (&mut self.facebook_link, &sent.facebook_link),
            (&mut self.rotc_unit, &sent.rotc_unit),
            (&mut self.mobilization_center, &sent.mobilization_center),
        ]
    }

    /// Writes the row back.
    pub async fn save(&self, change: &mut Change, staff_id: i32) -> Result<()> {
        let update = sql!(
            "UPDATE training_staff
             SET (rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, profile_pic,
                  afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality,
                  gender, language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit,
                  mobilization_center, is_profile_completed)
                 = (SELECT rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role,
                           profile_pic, afpsn, birthdate, birthplace, age, height, weight, blood_type, address,
                           civil_status, nationality, gender, language_spoken, combat_boots_size, uniform_size,
                           bullcap_size, facebook_link, rotc_unit, mobilization_center, is_profile_completed
                    FROM jsonb_populate_record(NULL::training_staff, $2))
             WHERE id = $1"
        );
        change.execute(update, &[&staff_id, &serde_json::to_value(self)?]).await?;
        Ok(())
    }

    /// Adds the row and tells its id.
    pub async fn insert(&self, change: &mut Change, now: NaiveDateTime) -> Result<i32> {
        let insert = sql!(
            "INSERT INTO training_staff
                 (rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, profile_pic,
                  afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality,
                  gender, language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit,
                  mobilization_center, is_profile_completed, created_at)
             SELECT rank, first_name, middle_name, last_name, suffix_name, email, contact_number, role, profile_pic,
                    afpsn, birthdate, birthplace, age, height, weight, blood_type, address, civil_status, nationality,
                    gender, language_spoken, combat_boots_size, uniform_size, bullcap_size, facebook_link, rotc_unit,
                    mobilization_center, is_profile_completed, $2
             FROM jsonb_populate_record(NULL::training_staff, $1)
             RETURNING id"
        );
        change.only(insert, &[&serde_json::to_value(self)?, &now]).await
    }
}

/// The text without angle brackets: a page of the client prints these fields as HTML.
pub fn plain(text: &str) -> String {
    text.replace(['<', '>'], "")
}

/// Refuses an address that would run a script when it is clicked.
fn check_link(link: &str) -> Result<()> {
    let scheme = link.trim().split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        None | Some("http" | "https") => Ok(()),
        // `facebook.com/x?a=b:c`: what stands before the colon is no scheme.
        Some(path) if path.contains(['/', '?', '#']) => Ok(()),
        Some(_) => Err(invalid_field("facebook_link", "The link must start with https://")),
    }
}

/// Years; empty is none.
fn age(text: &str) -> Result<Option<i32>> {
    if is_blank(text) {
        return Ok(None);
    }
    let years = text.trim().parse().ok().filter(|years| (0..=OLDEST).contains(years));
    years.map(Some).ok_or_else(|| invalid_field("age", "The age must be a whole number of years"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_fields_stay_and_empty_ones_are_cleared() {
        let mut details = Details {
            first_name: "Maria".to_owned(),
            role: Some("Commandant".to_owned()),
            rank: Some("Col".to_owned()),
            age: Some(40),
            ..Details::default()
        };
        let sent = StaffChanges {
            first_name: Some("<b> </b>".to_owned()),
            rank: Some(String::new()),
            age: Some(" ".to_owned()),
            afpsn: Some("<img src=x onerror=alert(1)>".to_owned()),
            ..StaffChanges::default()
        };
        details.apply(&sent).unwrap();
        assert_eq!(details.first_name, "b /b");
        assert_eq!(details.rank.as_deref(), Some(""));
        assert_eq!(details.role.as_deref(), Some("Commandant"));
        assert_eq!(details.age, None);
        assert_eq!(details.afpsn.as_deref(), Some("img src=x onerror=alert(1)"));
    }

    #[test]
    fn links_are_web_addresses() {
        for fine in ["", "facebook.com/x", "https://facebook.com/x", "fb.com/x?y=a:b", "Maria Cruz"] {
            assert!(check_link(fine).is_ok(), "{fine}");
        }
        for bad in ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "java\nscript:x"] {
            assert!(check_link(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ages_are_whole_years() {
        assert_eq!(age("44").unwrap(), Some(44));
        for bad in ["abc", "-1", "1.5", "151", "99999999999"] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
