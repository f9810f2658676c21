//! Whose payment it is.

use serde::Serialize;
use shared::{Result, db::Read, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    accounts::{USER, User},
    refusals::unknown,
    times::Local,
};

row! {
    struct Stored {
        id: Uuid,
        user_id: Uuid,
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
    }
}

/// The student of a payment, with their account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payer {
    id: Uuid,
    user: User,
    email: String,
    full_name: String,
    admission_number: Option<String>,
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
}

impl Payer {
    /// Also one whose record was removed.
    pub async fn find(read: &mut Read, id: Uuid) -> Result<Self> {
        let find = sql!(
            "SELECT id, user_id, registration_number, admission_year, school_id AS school, department_id AS department,
                    course_id AS course, faculty, program, graduation_year, eligibility_status, created_at, updated_at
             FROM students WHERE id = $1"
        );
        let student: Stored = read.one(find, &[&id]).await?.ok_or_else(unknown)?;
        let user: Option<User> = read.one(USER, &[&student.user_id]).await?;
        let user = user.map(User::titled).ok_or_else(unknown)?;
        Ok(Self {
            id,
            email: user.email.clone(),
            full_name: user.full_name.clone(),
            admission_number: user.admission_number.clone(),
            user,
            registration_number: student.registration_number,
            admission_year: student.admission_year,
            school: student.school,
            department: student.department,
            course: student.course,
            faculty: student.faculty,
            program: student.program,
            graduation_year: student.graduation_year,
            eligibility_status: student.eligibility_status,
            created_at: student.created_at,
            updated_at: student.updated_at,
        })
    }
}
