//! Whose payment it is.

use shared::{Result, db::Read, sql};
use uuid::Uuid;

use crate::{
    refusals::unknown,
    students::{Student, StudentRow},
};

/// The student with this id, also one whose record was removed.
pub(super) async fn payer(read: &mut Read, id: Uuid) -> Result<Student> {
    let find = sql!(
        "SELECT id, registration_number, admission_year, school, department, course, faculty, program, graduation_year,
                eligibility_status, created_at, updated_at, user_id, email, admission_number, full_name, role,
                user_department, department_name, department_code, is_active, user_created_at, user_updated_at
         FROM student_rows WHERE id = $1"
    );
    let row: StudentRow = read.one(find, &[&id]).await?.ok_or_else(unknown)?;
    Ok(row.into())
}
