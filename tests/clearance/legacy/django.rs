//! Databases of the legacy server, made from its tables and the rows of the recordings, in the three dialects it ran on.

use serde_json::{Map, Value};

use super::awkward;

/// A database that Django can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Mysql,
    Postgres,
}

/// How Django stores a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Uuid,
    Boolean,
    Moment,
    Day,
    Amount,
    Number,
    Words,
    Text,
    Json,
    Address,
}

use Kind::{Address, Amount, Boolean, Day, Json, Moment, Number, Text, Uuid, Words};

type Columns = &'static [(&'static str, Kind)];

/// Model, table and columns; a column whose name ends with `_id` is a field without it.
const TABLES: [(&str, &str, Columns); 13] = [
    (
        "departments.department",
        "departments",
        &[
            ("id", Uuid),
            ("name", Words),
            ("code", Words),
            ("department_type", Words),
            ("head_email", Words),
            ("description", Text),
            ("is_active", Boolean),
            ("approval_order", Number),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "users.user",
        "users",
        &[
            ("id", Uuid),
            ("password", Words),
            ("is_superuser", Boolean),
            ("username", Words),
            ("first_name", Words),
            ("last_name", Words),
            ("is_staff", Boolean),
            ("date_joined", Moment),
            ("email", Words),
            ("admission_number", Words),
            ("full_name", Words),
            ("role", Words),
            ("department_id", Uuid),
            ("is_active", Boolean),
            ("last_login", Moment),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "academics.school",
        "academic_schools",
        &[
            ("id", Uuid),
            ("name", Words),
            ("code", Words),
            ("dean_email", Words),
            ("description", Text),
            ("is_active", Boolean),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "academics.academicdepartment",
        "academic_departments",
        &[
            ("id", Uuid),
            ("school_id", Uuid),
            ("name", Words),
            ("code", Words),
            ("head_email", Words),
            ("is_active", Boolean),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "academics.course",
        "academic_courses",
        &[
            ("id", Uuid),
            ("department_id", Uuid),
            ("code", Words),
            ("name", Words),
            ("duration_years", Number),
            ("is_active", Boolean),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "students.student",
        "students",
        &[
            ("id", Uuid),
            ("user_id", Uuid),
            ("registration_number", Words),
            ("admission_year", Number),
            ("school_id", Uuid),
            ("department_id", Uuid),
            ("course_id", Uuid),
            ("faculty", Words),
            ("program", Words),
            ("graduation_year", Number),
            ("eligibility_status", Words),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "clearances.clearancerequest",
        "clearance_requests",
        &[
            ("id", Uuid),
            ("student_id", Uuid),
            ("status", Words),
            ("submission_date", Moment),
            ("completion_date", Moment),
            ("rejection_reason", Text),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "approvals.clearanceapproval",
        "clearance_approvals",
        &[
            ("id", Uuid),
            ("clearance_request_id", Uuid),
            ("department_id", Uuid),
            ("status", Words),
            ("approved_by_id", Uuid),
            ("approval_date", Moment),
            ("rejection_reason", Text),
            ("notes", Text),
            ("evidence_file", Words),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "finance.financerecord",
        "finance_records",
        &[
            ("id", Uuid),
            ("student_id", Uuid),
            ("tuition_balance", Amount),
            ("graduation_fee", Amount),
            ("graduation_fee_status", Words),
            ("mpesa_code", Words),
            ("mpesa_payment_date", Moment),
            ("last_verified_date", Moment),
            ("verified_by", Words),
            ("notes", Text),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "finance.payment",
        "payments",
        &[
            ("id", Uuid),
            ("student_id", Uuid),
            ("amount", Amount),
            ("payment_method", Words),
            ("transaction_id", Words),
            ("phone_number", Words),
            ("payment_date", Moment),
            ("is_verified", Boolean),
            ("verified_by_id", Uuid),
            ("verification_date", Moment),
            ("notes", Text),
            ("receipt", Words),
            ("fee_statement", Words),
            ("graduation_fee_amount", Amount),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "gown_issuance.gownissuance",
        "gown_issuances",
        &[
            ("id", Uuid),
            ("student_id", Uuid),
            ("gown_number", Words),
            ("gown_size", Words),
            ("deposit_amount", Amount),
            ("deposit_paid", Boolean),
            ("deposit_receipt", Words),
            ("issued_date", Moment),
            ("issued_by_id", Uuid),
            ("expected_return_date", Day),
            ("actual_return_date", Moment),
            ("returned_to_id", Uuid),
            ("status", Words),
            ("condition_notes", Text),
            ("deposit_refunded", Boolean),
            ("refund_amount", Amount),
            ("refund_date", Moment),
            ("notes", Text),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "notifications.notification",
        "notifications",
        &[
            ("id", Uuid),
            ("recipient_id", Uuid),
            ("notification_type", Words),
            ("title", Words),
            ("message", Text),
            ("clearance_id", Uuid),
            ("approval_id", Uuid),
            ("payment_id", Uuid),
            ("is_read", Boolean),
            ("read_at", Moment),
            ("sent_via_email", Boolean),
            ("email_sent_at", Moment),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
    ),
    (
        "audit_logs.auditlog",
        "audit_logs",
        &[
            ("id", Uuid),
            ("actor_id", Uuid),
            ("action", Words),
            ("entity", Words),
            ("entity_id", Words),
            ("description", Text),
            ("changes", Json),
            ("ip_address", Address),
            ("created_at", Moment),
        ],
    ),
];

/// Tables of Django itself.
const OF_DJANGO: [&str; 2] = ["django_session", "token_blacklist_outstandingtoken"];

/// The statements that make the database: the tables, the rows of the dump, and some that went wrong in the field.
pub fn database(dialect: Dialect) -> String {
    let rows: Vec<Value> = serde_json::from_str(crate::recorded::DUMP).expect("the dump is JSON");
    let mut statements = String::new();
    for (_, table, columns) in TABLES {
        let columns: Vec<String> =
            columns.iter().map(|(name, kind)| format!("{name} {}", dialect.stored(*kind))).collect();
        statements += &format!("CREATE TABLE {table} ({});\n", columns.join(", "));
    }
    for table in OF_DJANGO {
        statements += &format!("CREATE TABLE {table} (id integer, token text);\n");
    }
    for (model, table, columns) in TABLES {
        for row in rows.iter().filter(|row| row["model"] == model) {
            let mut fields = row["fields"].as_object().cloned().unwrap_or_default();
            fields.insert("id".to_owned(), row["pk"].clone());
            statements += &dialect.insert(table, columns, &fields);
        }
    }
    for (table, fields) in awkward::rows() {
        let (_, _, columns) = TABLES.iter().find(|(_, name, _)| *name == table).expect("a table");
        statements += &dialect.insert(table, columns, fields.as_object().expect("fields"));
    }
    statements
}

impl Dialect {
    fn stored(self, kind: Kind) -> &'static str {
        match (kind, self) {
            (Kind::Uuid, Self::Postgres) => "uuid",
            (Kind::Uuid, _) => "char(32)",
            (Boolean, Self::Sqlite) => "bool",
            (Boolean, Self::Mysql) => "tinyint(1)",
            (Boolean, Self::Postgres) => "boolean",
            (Moment, Self::Sqlite) => "datetime",
            (Moment, Self::Mysql) => "datetime(6)",
            (Moment, Self::Postgres) => "timestamptz",
            (Day, _) => "date",
            (Amount, Self::Sqlite) => "decimal",
            (Amount, _) => "decimal(10,2)",
            (Number, _) => "integer",
            (Words, _) => "varchar(255)",
            (Text, Self::Mysql) => "longtext",
            (Text, _) => "text",
            (Json, Self::Sqlite) => "text",
            (Json, Self::Mysql) => "json",
            (Json, Self::Postgres) => "jsonb",
            (Address, Self::Postgres) => "inet",
            (Address, _) => "char(39)",
        }
    }

    fn insert(self, table: &str, columns: Columns, fields: &Map<String, Value>) -> String {
        let values: Vec<String> = columns
            .iter()
            .map(|(name, kind)| {
                let field =
                    name.strip_suffix("_id").filter(|field| fields.contains_key(*field)).unwrap_or(name);
                self.literal(*kind, fields.get(field).unwrap_or(&Value::Null))
            })
            .collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        format!("INSERT INTO {table} ({}) VALUES ({});\n", names.join(", "), values.join(", "))
    }

    fn literal(self, kind: Kind, value: &Value) -> String {
        let text = match value {
            Value::Null => return "NULL".to_owned(),
            Value::Bool(yes) if self == Self::Postgres => return yes.to_string(),
            Value::Bool(yes) => return u8::from(*yes).to_string(),
            Value::Number(number) => return number.to_string(),
            Value::String(text) => text.clone(),
            json => json.to_string(),
        };
        let text = match kind {
            Kind::Uuid if self != Self::Postgres => text.replace('-', ""),
            Moment if self != Self::Postgres => text.replace('T', " ").trim_end_matches('Z').to_owned(),
            _ => text,
        };
        let text = text.replace('\'', "''");
        format!("'{}'", if self == Self::Mysql { text.replace('\\', "\\\\") } else { text })
    }
}

/// The id of a row of the recordings.
pub fn alias(name: &str) -> String {
    let aliases: Value = serde_json::from_str(crate::recorded::ALIASES).expect("aliases are JSON");
    aliases[name].as_str().unwrap_or_else(|| panic!("no alias {name}")).to_owned()
}
