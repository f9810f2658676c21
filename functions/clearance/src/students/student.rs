//! A student as clients see it.

use serde::Serialize;
use shared::{row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{accounts::User, times::Local};

/// What is known of whether somebody may be cleared, with its title.
pub const ELIGIBILITY: [(&str, &str); 3] =
    [("eligible", "Eligible"), ("ineligible", "Ineligible"), ("pending", "Pending Review")];

/// A student.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Student {
    /// Its key.
    pub id: Uuid,
    /// The account.
    pub user: User,
    /// The address of the account.
    pub email: String,
    /// The name.
    pub full_name: String,
    /// The number of the account.
    pub admission_number: Option<String>,
    /// `SCE/CS/0001/2024`
    pub registration_number: String,
    /// The year that the first number named.
    pub admission_year: Option<i32>,
    /// The school.
    pub school: Option<Uuid>,
    /// The department of the school.
    pub department: Option<Uuid>,
    /// The course.
    pub course: Option<Uuid>,
    /// The name of the school, as it is printed.
    pub faculty: String,
    /// The name of the course, as it is printed.
    pub program: String,
    /// When they want to graduate.
    pub graduation_year: i32,
    /// `eligible`, `ineligible`, `pending`.
    pub eligibility_status: String,
    /// When the record was made.
    pub created_at: Local,
    /// When it was last changed.
    pub updated_at: Local,
}

row! {
    /// The same as a row.
    #[derive(Debug)]
    pub struct StudentRow {
        id: Uuid,
        registration_number: String,
        admission_year: Option<i32>,
        school: Option<Uuid>,
        department: Option<Uuid>,
        course: Option<Uuid>,
        faculty: String,
        program: String,
        graduation_year: i32,
        eligibility_status: String,
        created_at: Local,
        updated_at: Local,
        user_id: Uuid,
        email: String,
        admission_number: Option<String>,
        full_name: String,
        role: String,
        user_department: Option<Uuid>,
        department_name: Option<String>,
        department_code: Option<String>,
        is_active: bool,
        user_created_at: Local,
        user_updated_at: Local,
    }
}

/// Selects the student `$1`, if the person `$2` is it (null: whoever), and the office `$3` has to decide on one of its requests
/// (null: whatever).
pub const ONE: shared::db::Sql = sql!(
    "SELECT id, registration_number, admission_year, school, department, course, faculty, program, graduation_year,
            eligibility_status, created_at, updated_at, user_id, email, admission_number, full_name, role, user_department,
            department_name, department_code, is_active, user_created_at, user_updated_at
     FROM student_rows WHERE id = $1 AND deleted_at IS NULL AND ($2::uuid IS NULL OR user_id = $2)
       AND ($3::uuid IS NULL OR EXISTS (SELECT FROM deciding_offices WHERE student_id = student_rows.id AND office = $3))"
);

impl From<StudentRow> for Student {
    fn from(row: StudentRow) -> Self {
        let user = User {
            id: row.user_id,
            email: row.email.clone(),
            admission_number: row.admission_number.clone(),
            full_name: row.full_name.clone(),
            role: row.role,
            role_display: String::new(),
            department: row.user_department,
            department_name: row.department_name,
            department_code: row.department_code,
            is_active: row.is_active,
            created_at: row.user_created_at,
            updated_at: row.user_updated_at,
        };
        Self {
            id: row.id,
            user: user.titled(),
            email: row.email,
            full_name: row.full_name,
            admission_number: row.admission_number,
            registration_number: row.registration_number,
            admission_year: row.admission_year,
            school: row.school,
            department: row.department,
            course: row.course,
            faculty: row.faculty,
            program: row.program,
            graduation_year: row.graduation_year,
            eligibility_status: row.eligibility_status,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
