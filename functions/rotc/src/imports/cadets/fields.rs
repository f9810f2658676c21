//! The columns of a list of cadets (rules.md 9.1).

use shared::imports::{Field, Requirement};

/// The columns of `cadets` that a list fills, with what is as long as in the other ways to enter a cadet.
pub static FIELDS: [Field; 20] = [
    Field::new("rank", &["Rank", "Grade"]).at_most(100),
    Field::new("first_name", &["First Name", "first_name", "FName", "Given Name"]).words().at_most(200),
    // Whoever has no middle name is often said to have `None`.
    Field::new("middle_name", &["Middle Name", "MName", "Middle Initial", "MI"]).at_most(200),
    Field::new("last_name", &["Last Name", "LName", "Surname", "Family Name"]).words().at_most(200),
    Field::new("suffix_name", &["Suffix", "Suffix Name", "Extension Name", "Name Extension"]).at_most(100),
    Field::new("email", &["Email", "E-mail", "Email Address"]).at_most(320),
    Field::new("contact_number", CONTACT_NUMBER).at_most(100),
    Field::new("address", &["Address", "Home Address", "Complete Address"]).at_most(2000),
    Field::new("course", &["Course", "Academic Course", "Degree", "Degree Program"]).at_most(200),
    Field::new("year_level", &["Year Level", "Year", "Yr", "Year and Level"]).at_most(100),
    Field::new("school_year", &["School Year", "SY", "Academic Year", "AY"]).at_most(100),
    Field::new("battalion", &["Battalion", "Bn"]).at_most(200),
    Field::new("company", &["Company", "Coy"]).at_most(200),
    Field::new("platoon", &["Platoon", "Plt"]).at_most(200),
    Field::new("cadet_course", &["Cadet Course", "MS Course", "Military Science", "MS Level", "MS"])
        .at_most(100),
    Field::new("semester", &["Semester", "Sem", "Term"]).at_most(100),
    Field::new("corp_position", &["Corp Position", "Corps Position", "Position", "Designation"]).at_most(200),
    Field::new("gender", &["Gender", "Sex"]).at_most(100),
    Field::new("religion", &["Religion"]).words().at_most(200),
    Field::new("birthdate", &["Birthdate", "Birth Date", "Date of Birth", "Birthday", "DOB"]).at_most(40),
];

const CONTACT_NUMBER: &[&str] = &[
    "Contact Number",
    "Contact No",
    "Contact",
    "Mobile Number",
    "Mobile",
    "Phone Number",
    "Phone",
    "Cellphone",
];

/// What else names a cadet.
pub static NAMING: [Field; 3] = [
    Field::new(
        "student_id",
        &[
            "Student ID",
            "Student Number",
            "USN",
            "Student No",
            "ID Number",
            "ID No",
            "Student ID No",
            "School ID",
        ],
    )
    .identifier()
    .or_last(&["ID"]),
    Field::new("username", &["Username", "User Name"]),
    Field::new("name", &["Name", "Full Name", "Cadet Name", "Student Name", "Name of Cadet"]).words(),
];

/// The columns of a list of cadets.
pub static COLUMNS: &[&[Field]] = &[&NAMING, &FIELDS];

/// What names somebody in a list of cadets.
pub const REQUIRED: &[Requirement] = &[Requirement {
    says: "who the cadet is",
    fields: &["student_id", "last_name", "name", "first_name", "username", "email"],
}];

/// What is known of a cadet, in the order of [`FIELDS`]; a day stands as `YYYY-MM-DD`.
pub type Fields = [Option<String>; 20];

/// Indexes of some of them.
pub const RANK: usize = 0;
pub const FIRST_NAME: usize = 1;
pub const MIDDLE_NAME: usize = 2;
pub const LAST_NAME: usize = 3;
pub const SUFFIX: usize = 4;
pub const EMAIL: usize = 5;
pub const YEAR_LEVEL: usize = 9;
pub const BIRTHDATE: usize = 19;
