//! A gown as clients see it.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use shared::{App, Result, http::Money, row, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    refusals::unknown,
    settings::Settings,
    students::{Student, StudentRow},
    times::{Local, today},
};

row! {
    /// A gown that is or was lent.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Gown {
        id: Uuid,
        #[serde(skip)]
        student_id: Uuid,
        gown_number: String,
        /// The same as `gown_number`.
        gown_code: String,
        gown_size: String,
        deposit_amount: Money,
        deposit_paid: bool,
        deposit_receipt: String,
        /// `pending`, `retained`, `refunded`.
        deposit_status: String,
        issued_date: Local,
        /// The same as `issued_date`.
        issue_date: Local,
        issued_by: Option<Uuid>,
        issued_by_name: Option<String>,
        expected_return_date: NaiveDate,
        actual_return_date: Option<Local>,
        /// The same as `actual_return_date`.
        return_date: Option<Local>,
        returned_to: Option<Uuid>,
        returned_to_name: Option<String>,
        /// `issued`, `returned`, `lost`, `damaged`.
        status: String,
        is_returned: bool,
        condition_notes: String,
        deposit_refunded: bool,
        refund_amount: Option<Money>,
        refund_date: Option<Local>,
        /// The same as `refund_date`.
        deposit_refund_date: Option<Local>,
        is_overdue: bool,
        days_overdue: i32,
        /// What the delay keeps from the deposit.
        late_fee: Money,
        /// What the damage keeps from the deposit.
        damage_fee: Money,
        /// What is left of a deposit that was paid. The desk may pay another amount.
        suggested_refund: Money,
        notes: String,
        created_at: Local,
        updated_at: Local,
    }
}

/// The same with the student who has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GownDetail {
    student: Student,
    #[serde(flatten)]
    gown: Gown,
}

/// Which gowns are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// This one.
    pub id: Option<Uuid>,
    /// Those of this account.
    pub owner: Option<Uuid>,
    /// Only those that should have been returned by now.
    pub is_overdue: bool,
}

impl GownDetail {
    /// The gowns, at most 200, the longest overdue first.
    pub async fn all(app: &App, wanted: Wanted) -> Result<Vec<Self>> {
        let list = sql!(
            "SELECT id, student_id, gown_number, gown_number AS gown_code, gown_size, deposit_amount, deposit_paid,
                    deposit_receipt, deposit_status, issued_date, issued_date AS issue_date, issued_by_id AS issued_by,
                    issued_by_name, expected_return_date, actual_return_date, actual_return_date AS return_date,
                    returned_to_id AS returned_to, returned_to_name, status, is_returned, condition_notes, deposit_refunded,
                    refund_amount, refund_date, refund_date AS deposit_refund_date, is_overdue,
                    CASE WHEN is_overdue THEN late ELSE 0 END AS days_overdue, late_fee, damage_fee,
                    CASE WHEN deposit_paid THEN greatest(0, deposit_amount - late_fee - damage_fee) ELSE 0 END AS suggested_refund,
                    notes, created_at, updated_at
             FROM shown_gowns, greatest(0, coalesce(returned_on, $1::date) - expected_return_date) AS late,
                  least(deposit_amount, late * $2::numeric) AS late_fee,
                  LATERAL (SELECT status = 'issued' AND expected_return_date < $1) AS due (is_overdue)
             WHERE ($3::uuid IS NULL OR id = $3) AND ($4::uuid IS NULL OR owner_id = $4) AND (NOT $5 OR is_overdue)
             ORDER BY expected_return_date, id LIMIT 200"
        );
        let students = sql!(
            "SELECT id, registration_number, admission_year, school, department, course, faculty, program, graduation_year,
                    eligibility_status, created_at, updated_at, user_id, email, admission_number, full_name, role,
                    user_department, department_name, department_code, is_active, user_created_at, user_updated_at
             FROM student_rows WHERE id = ANY($1)"
        );
        let Wanted { id, owner, is_overdue } = wanted;
        let late_fee = Settings::of(app)?.gown_late_fee;
        let mut read = app.db.read().await?;
        let gowns: Vec<Gown> = read.all(list, &[&today(app), &late_fee, &id, &owner, &is_overdue]).await?;
        let ids: Vec<Uuid> = gowns.iter().map(|gown| gown.student_id).collect();
        let rows: Vec<StudentRow> = read.all(students, &[&ids]).await?;
        let people: HashMap<Uuid, Student> =
            rows.into_iter().map(Student::from).map(|student| (student.id, student)).collect();
        let with = |gown: Gown| Some(Self { student: people.get(&gown.student_id)?.clone(), gown });
        Ok(gowns.into_iter().filter_map(with).collect())
    }

    /// The gown with this id, if the account has it (none: whoever has it); 404 without one.
    pub async fn find(app: &App, id: Uuid, owner: Option<Uuid>) -> Result<Self> {
        let wanted = Wanted { id: Some(id), owner, is_overdue: false };
        Self::all(app, wanted).await?.pop().ok_or_else(unknown)
    }
}
