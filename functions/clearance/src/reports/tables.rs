//! What the reports hold. Days and times are those of Nairobi.

use shared::{db::Sql, sql};

use crate::access::Person;

/// A report.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// The name in the address.
    pub name: &'static str,
    /// What stands above it.
    pub title: &'static str,
    /// Its columns.
    pub columns: &'static [Heading],
    /// Selects the rows with these columns.
    pub rows: Sql,
    /// Which of them are chosen by which parameters.
    pub filter: Filter,
    /// Who may have it.
    pub access: fn(&Person) -> bool,
}

/// The parameters of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Those of the list of requests.
    Clearances,
    /// Those of the list of payments.
    Payments,
    /// Those of the list of receipts.
    Receipts,
    /// Those of the list of gowns.
    Gowns,
    /// The year, the faculty, the program and a search.
    Graduates,
    /// Those of the audit log.
    Audit,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// Its heading; [`OFFICES`] stands for one column per office, with its code.
    pub title: &'static str,
    /// Its width in a sheet, in characters.
    pub width: u8,
    /// Its share of a printed page; 0 leaves it out.
    pub share: f32,
}

/// The heading that stands for the codes of all offices.
pub const OFFICES: &str = "";

const fn column(title: &'static str, width: u8, share: f32) -> Heading {
    Heading { title, width, share }
}

/// The report of this name.
pub fn named(name: &str) -> Option<&'static Report> {
    REPORTS.iter().find(|report| report.name == name.replace('_', "-"))
}

static REPORTS: [Report; 6] = [
    Report {
        name: "clearances",
        title: "Clearance requests",
        columns: &[
            column("registration_number", 22, 3.0),
            column("full_name", 30, 3.0),
            column("email", 34, 0.0),
            column("school", 36, 0.0),
            column("program", 36, 2.6),
            column("graduation_year", 12, 2.0),
            column("status", 14, 1.9),
            column("submission_date", 20, 2.1),
            column("completion_date", 20, 2.1),
            column("percentage", 12, 2.0),
            column(OFFICES, 14, 0.0),
            column("rejection_reason", 40, 0.0),
        ],
        rows: sql!(
            "SELECT registration_number, full_name, users.email, coalesce(schools.name, faculty) AS school, program,
                    graduation_year, requests.status, submission_date AT TIME ZONE 'Africa/Nairobi' AS submission_date,
                    completion_date AT TIME ZONE 'Africa/Nairobi' AS completion_date, decided AS percentage, offices,
                    rejection_reason
             FROM clearance_requests AS requests JOIN students ON students.id = requests.student_id
             JOIN users ON users.id = students.user_id LEFT JOIN academic_schools AS schools ON schools.id = students.school_id
             CROSS JOIN LATERAL (
                 SELECT array_agg(coalesce(own.status, '')::text ORDER BY approval_order, departments.id) AS offices,
                        coalesce(floor(100.0 * count(own.id) FILTER (WHERE own.status <> 'pending') / nullif(count(own.id), 0)), 0)::int AS decided
                 FROM departments LEFT JOIN clearance_approvals AS own
                   ON own.department_id = departments.id AND own.clearance_request_id = requests.id AND own.deleted_at IS NULL
             ) AS decisions
             WHERE requests.deleted_at IS NULL AND students.deleted_at IS NULL
               AND ($1::text IS NULL OR requests.status = $1) AND ($2::text IS NULL OR faculty = $2)
               AND ($3::text IS NULL OR program = $3) AND ($4::int IS NULL OR graduation_year = $4)
               AND ($5::uuid IS NULL OR $5 IN (students.id, user_id))
               AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word
                               WHERE concat_ws(E'\\n', registration_number, full_name, admission_number) NOT ILIKE word)
             ORDER BY requests.created_at DESC, requests.id"
        ),
        filter: Filter::Clearances,
        access: Person::is_admin,
    },
    Report {
        name: "payments",
        title: "Payments",
        columns: &[
            column("registration_number", 22, 3.0),
            column("full_name", 30, 3.0),
            column("fee", 12, 1.6),
            column("received", 12, 1.6),
            column("due", 12, 1.6),
            column("overpaid", 12, 1.6),
            column("state", 12, 1.4),
            column("method", 10, 1.3),
            column("transaction_id", 24, 2.4),
            column("payment_date", 20, 0.0),
            column("verified_by", 28, 0.0),
        ],
        rows: sql!(
            "SELECT registration_number, users.full_name, graduation_fee AS fee, received, due, overpaid, state,
                    payment_method AS method, transaction_id, payment_date AT TIME ZONE 'Africa/Nairobi' AS payment_date,
                    verifiers.full_name AS verified_by
             FROM payments JOIN students ON students.id = payments.student_id JOIN users ON users.id = students.user_id
             LEFT JOIN finance_records ON finance_records.student_id = students.id
             LEFT JOIN users AS verifiers ON verifiers.id = verified_by_id CROSS JOIN LATERAL payment_sums(students.id)
             WHERE payments.deleted_at IS NULL AND ($1::text IS NULL OR payment_method = $1)
               AND ($2::bool IS NULL OR is_verified = $2) AND ($3::text IS NULL OR faculty = $3)
               AND ($4::text IS NULL OR program = $4) AND ($5::int IS NULL OR graduation_year = $5)
               AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word
                               WHERE concat_ws(E'\\n', transaction_id, registration_number, users.full_name, users.admission_number,
                                               payments.phone_number) NOT ILIKE word)
             ORDER BY payments.created_at DESC, payments.id"
        ),
        filter: Filter::Payments,
        access: Person::is_finance_desk,
    },
    Report {
        name: "receipts",
        title: "Receipts",
        columns: &[
            column("transaction_id", 24, 2.6),
            column("source", 12, 1.5),
            column("registration_number", 22, 3.0),
            column("amount", 12, 1.7),
            column("applied", 12, 1.7),
            column("excess", 12, 1.7),
            column("state", 12, 1.6),
            column("paid_at", 20, 2.4),
            column("refunded_at", 20, 0.0),
            column("refund_reference", 24, 0.0),
        ],
        rows: sql!(
            "SELECT transaction_id, source, registration_number, amount, applied_amount AS applied,
                    CASE WHEN state = 'applied' THEN amount - applied_amount ELSE 0 END AS excess, state,
                    paid_at AT TIME ZONE 'Africa/Nairobi' AS paid_at, refunded_at AT TIME ZONE 'Africa/Nairobi' AS refunded_at,
                    refund_reference
             FROM receipts LEFT JOIN students ON students.id = student_id
             WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR source = $2) AND ($3::uuid IS NULL OR student_id = $3)
               AND ($4::bool IS NULL OR (state = 'applied' AND amount > applied_amount + refunded_amount) = $4)
               AND NOT EXISTS (SELECT FROM unnest($5::text[]) AS word
                               WHERE concat_ws(E'\\n', transaction_id, account_reference, registration_number) NOT ILIKE word)
             ORDER BY receipts.created_at DESC, receipts.id"
        ),
        filter: Filter::Receipts,
        access: Person::is_finance_desk,
    },
    Report {
        name: "gowns",
        title: "Gowns",
        columns: &[
            column("gown_number", 14, 1.8),
            column("size", 8, 0.9),
            column("registration_number", 22, 3.0),
            column("full_name", 30, 3.0),
            column("status", 12, 1.5),
            column("issued", 20, 2.2),
            column("due", 12, 1.8),
            column("returned", 20, 2.2),
            column("deposit", 12, 1.6),
            column("deposit_paid", 14, 0.0),
            column("refund", 12, 1.6),
            column("late_fee", 12, 1.5),
        ],
        rows: sql!(
            "SELECT gown_number, gown_size AS size, registration_number, student_name AS full_name, status,
                    issued_date AT TIME ZONE 'Africa/Nairobi' AS issued, expected_return_date AS due,
                    actual_return_date AT TIME ZONE 'Africa/Nairobi' AS returned, deposit_amount AS deposit,
                    CASE WHEN deposit_paid THEN 'yes' ELSE 'no' END AS deposit_paid, refund_amount AS refund,
                    least(deposit_amount, greatest(0, coalesce(returned_on, $7::date) - expected_return_date) * $8::numeric) AS late_fee
             FROM shown_gowns
             WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR gown_size = $2)
               AND ($3::bool IS NULL OR deposit_paid = $3) AND ($4::bool IS NULL OR deposit_refunded = $4)
               AND ($5::timestamptz IS NULL OR issued_date = $5)
               AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word
                               WHERE concat_ws(E'\\n', gown_number, registration_number, student_name) NOT ILIKE word)
             ORDER BY issued_date DESC, id"
        ),
        filter: Filter::Gowns,
        access: Person::is_gown_desk,
    },
    Report {
        name: "graduation-list",
        title: "Graduation list",
        columns: &[
            column("serial", 24, 2.6),
            column("registration_number", 22, 3.0),
            column("full_name", 30, 3.2),
            column("school", 36, 3.2),
            column("program", 36, 3.2),
            column("graduation_year", 12, 1.6),
            column("completion_date", 20, 2.2),
        ],
        rows: sql!(
            "SELECT serial, registration_number, full_name, coalesce(schools.name, faculty) AS school, program, graduation_year,
                    completion_date AT TIME ZONE 'Africa/Nairobi' AS completion_date
             FROM clearance_certificates AS certificates JOIN clearance_requests AS requests ON requests.id = clearance_request_id
             JOIN students ON students.id = requests.student_id JOIN users ON users.id = students.user_id
             LEFT JOIN academic_schools AS schools ON schools.id = students.school_id
             WHERE certificates.revoked_at IS NULL AND requests.status = 'completed' AND requests.deleted_at IS NULL
               AND students.deleted_at IS NULL AND ($1::int IS NULL OR graduation_year = $1) AND ($2::text IS NULL OR faculty = $2)
               AND ($3::text IS NULL OR program = $3)
               AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS word
                               WHERE concat_ws(E'\\n', serial, registration_number, full_name, admission_number) NOT ILIKE word)
             ORDER BY serial"
        ),
        filter: Filter::Graduates,
        access: Person::is_admin,
    },
    Report {
        name: "audit",
        title: "Audit log",
        columns: &[
            column("created_at", 20, 2.2),
            column("actor_name", 28, 2.4),
            column("actor_email", 34, 0.0),
            column("action", 10, 1.3),
            column("entity", 20, 2.2),
            column("entity_id", 38, 3.0),
            column("description", 50, 3.4),
            column("ip_address", 18, 1.8),
        ],
        rows: sql!(
            "SELECT created_at AT TIME ZONE 'Africa/Nairobi' AS created_at, actor_name, actor_email, action, entity, entity_id,
                    description, ip_address
             FROM audit_logs
             WHERE ($1::text IS NULL OR action = $1) AND ($2::text IS NULL OR entity = $2)
               AND ($3::uuid IS NULL OR actor_id = $3) AND ($4::text IS NULL OR ip_address = $4)
               AND ($5::text IS NULL OR entity ILIKE $5) AND audit_logs.created_at >= coalesce($6, '-infinity'::timestamptz)
               AND audit_logs.created_at <= coalesce($7, 'infinity'::timestamptz)
               AND audit_logs.created_at < coalesce($8, 'infinity'::timestamptz)
               AND NOT EXISTS (
                   SELECT FROM unnest($9::text[]) AS word
                   WHERE concat_ws(E'\\n', entity, entity_id, description, actor_email, actor_name, ip_address) NOT ILIKE word)
             ORDER BY audit_logs.created_at DESC, id"
        ),
        filter: Filter::Audit,
        access: Person::is_admin,
    },
];
