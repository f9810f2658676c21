//! Everybody with an account.

use std::collections::HashMap;

use chrono::TimeDelta;
use shared::{
    App, Result,
    db::Change,
    error::internal,
    sql,
    system::{DemoAccount, Passwords},
};
use uuid::Uuid;

use crate::{
    access::Role,
    accounts::new_hash,
    enrollment::{RegistrationNumber, enroll},
    times::day,
};

/// Address, role, code of the office, name.
const STAFF: [(&str, Role, Option<&str>, &str); 17] = [
    ("admin@mksu.ac.ke", Role::Admin, None, "Asha Admin"),
    ("staff@mksu.ac.ke", Role::DepartmentStaff, Some("LIBRARY"), "Salim Staff"),
    ("finance@mksu.test", Role::DepartmentStaff, Some("FINANCE"), "Finance Officer"),
    ("library@mksu.test", Role::DepartmentStaff, Some("LIBRARY"), "Library Officer"),
    ("mess@mksu.test", Role::DepartmentStaff, Some("MESS"), "Mess Officer"),
    ("hostel@mksu.test", Role::DepartmentStaff, Some("HOSTEL"), "Hostel Officer"),
    ("academic@mksu.test", Role::DepartmentStaff, Some("ACADEMIC"), "Academic Officer"),
    ("workshop@mksu.test", Role::DepartmentStaff, Some("WORKSHOP"), "Workshop Officer"),
    ("sports@mksu.test", Role::DepartmentStaff, Some("SPORTS"), "Sports Officer"),
    ("services@mksu.test", Role::DepartmentStaff, Some("STUDENT_SERVICES"), "Services Officer"),
    ("nodept@mksu.test", Role::DepartmentStaff, None, "Nora Nodept"),
    ("library.desk@mksu.test", Role::LibraryStaff, None, "Library Desk"),
    ("finance.desk@mksu.test", Role::FinanceStaff, None, "Finance Desk"),
    ("hostel.desk@mksu.test", Role::HostelStaff, None, "Hostel Desk"),
    ("academic.desk@mksu.test", Role::AcademicStaff, None, "Academic Desk"),
    ("officer@mksu.test", Role::ClearanceOfficer, None, "Clearance Officer"),
    ("gowns@mksu.test", Role::GownIssuanceStaff, None, "Gown Desk"),
];

/// The number of the student who has an account and no student record.
const WITHOUT_RECORD: usize = 24;

/// The students by their numbers.
const STUDENTS: [&str; 26] = [
    "Amani Mutiso",
    "Baraka Wafula",
    "Chausiku Mwangi",
    "Dalila Otieno",
    "Elimu Kamau",
    "Furaha Njeri",
    "Gasira Kilonzo",
    "Hodari Auma",
    "Imara Cheruiyot",
    "Jabali Wambui",
    "Kito Barasa",
    "Lulu Ndinda",
    "Maua Kiprop",
    "Nuru Achieng",
    "Onyango Mbithi",
    "Penda Wairimu",
    "Raha Kimani",
    "Sifa Mutua",
    "Tatu Odhiambo",
    "Upendo Naliaka",
    "Vuai Rotich",
    "Wema Muthoni",
    "Yusra Hamisi",
    "Neema Noprofile",
    "Zawadi Kioko",
    "Zuri Atieno",
];

/// Who there is.
pub struct People {
    /// Accounts by their addresses.
    pub accounts: HashMap<&'static str, Uuid>,
    /// Student records by their numbers.
    pub students: HashMap<usize, Uuid>,
}

/// Adds them all, and tells the accounts to try.
pub async fn add(
    app: &App,
    change: &mut Change,
    passwords: &dyn Passwords,
) -> Result<(People, Vec<DemoAccount>)> {
    let mut people = People { accounts: HashMap::new(), students: HashMap::new() };
    let mut shown = Vec::new();
    let mut hashes = HashMap::new();
    for (email, role, office, name) in STAFF {
        let new = New { email: email.to_owned(), role, office, name, number: None };
        let (id, account) = new.add(app, change, passwords, &mut hashes).await?;
        people.accounts.insert(email, id);
        shown.push(account);
    }
    for (at, name) in STUDENTS.into_iter().enumerate() {
        let at = at + 1;
        let email = match at {
            1 => "student@mksu.ac.ke".to_owned(),
            WITHOUT_RECORD => "noprofile@mksu.test".to_owned(),
            _ => format!("d{at:02}@students.mksu.test"),
        };
        let number = (at != WITHOUT_RECORD).then(|| number(at));
        let new = New { email, role: Role::Student, office: None, name, number: number.clone() };
        let (id, account) = new.add(app, change, passwords, &mut hashes).await?;
        shown.push(account);
        if let Some(number) = number {
            people.students.insert(at, record(app, change, id, &number).await?);
        }
    }
    Ok((people, shown))
}

/// The student record of an account; a student studies four years whatever the course says.
async fn record(app: &App, change: &mut Change, user: Uuid, number: &str) -> Result<Uuid> {
    let parsed = RegistrationNumber::parse(number, day(app.clock.now()) + TimeDelta::days(365));
    let parsed = parsed.ok_or_else(|| internal(format!("{number} is no registration number")))?;
    let id = enroll(app, change, user, &parsed).await?;
    let update = sql!(
        "UPDATE students SET eligibility_status = 'eligible', graduation_year = admission_year + 4 WHERE id = $1"
    );
    change.execute(update, &[&id]).await?;
    Ok(id)
}

fn number(at: usize) -> String {
    let place = ["SHSS/PSY", "SCE/CS", "SCE/IT", "SBS/ACC"][at % 4];
    format!("{place}/01{at:02}/{}", 2021 + at % 3)
}

struct New {
    email: String,
    role: Role,
    office: Option<&'static str>,
    name: &'static str,
    number: Option<String>,
}

impl New {
    async fn add(
        self,
        app: &App,
        change: &mut Change,
        passwords: &dyn Passwords,
        hashes: &mut HashMap<String, String>,
    ) -> Result<(Uuid, DemoAccount)> {
        let password = passwords.draw();
        // They may all be the same, and a hash is dear.
        let hash = match hashes.get(&password) {
            Some(hash) => hash.clone(),
            None => new_hash(app).hash(password.clone()).await?,
        };
        hashes.insert(password.clone(), hash.clone());
        let insert = sql!(
            "INSERT INTO users (email, username, role, department_id, full_name, admission_number, password, created_at)
             VALUES ($1, $1, $2, (SELECT id FROM departments WHERE code = $3), $4, $5, $6, $7) RETURNING id"
        );
        let (role, now) = (self.role.as_str(), app.clock.now());
        let id = change
            .only(insert, &[&self.email, &role, &self.office, &self.name, &self.number, &hash, &now])
            .await?;
        Ok((id, DemoAccount { role, username: self.email, password }))
    }
}
