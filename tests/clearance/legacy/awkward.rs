//! Rows that were possible in the legacy databases and are not in ours.

use serde_json::Value;

use super::django::alias;

/// With their tables.
pub fn rows() -> Vec<(&'static str, Value)> {
    let student = alias("student.S05");
    let (at, user) = ("2025-12-01T08:00:00.123456Z", "00000000-0000-4000-8000-0000000000a1");
    let open = |id: &str, created_at: &str| {
        serde_json::json!({
            "id": id, "student": student, "status": "in_progress", "submission_date": at, "completion_date": null,
            "rejection_reason": "", "created_at": created_at, "updated_at": at,
        })
    };
    vec![
        (
            "users",
            serde_json::json!({
                "id": user, "password": "!unusable", "is_superuser": false, "username": "s01b", "first_name": "",
                "last_name": "", "is_staff": false, "date_joined": at, "email": "S01@Students.mksu.test",
                "admission_number": null, "full_name": "Zoë \\ O'Brien 🎓", "role": "student", "department": null,
                "is_active": true, "last_login": null, "created_at": at, "updated_at": at,
            }),
        ),
        ("clearance_requests", open("00000000-0000-4000-8000-0000000000c1", "2025-12-02T08:00:00Z")),
        (
            "clearance_requests",
            serde_json::json!({
                "id": "00000000-0000-4000-8000-0000000000c2", "student": "00000000-0000-4000-8000-00000000dead",
                "status": "pending", "submission_date": at, "completion_date": null, "rejection_reason": "",
                "created_at": at, "updated_at": at,
            }),
        ),
        ("payments", payment("00000000-0000-4000-8000-0000000000f1", &alias("student.S22"), at)),
        ("payments", payment("00000000-0000-4000-8000-0000000000f2", &alias("student.S23"), at)),
        (
            "audit_logs",
            serde_json::json!({
                "id": "00000000-0000-4000-8000-0000000000b1", "actor": alias("user.admin"), "action": "create",
                "entity": "/api/auth/token/", "entity_id": "200", "description": "POST /api/auth/token/",
                "changes": { "request": { "method": "POST", "path": "/api/auth/token/",
                                          "headers": { "Authorization": "Bearer eyJ.secret.token" }, "body": null },
                             "response": { "status_code": 200, "body": { "access": "eyJ.other.token" } },
                             "meta": { "ip": "127.0.0.1" } },
                "ip_address": "127.0.0.1", "created_at": at,
            }),
        ),
    ]
}

/// Two payments with one number, which the legacy server allowed.
fn payment(id: &str, student: &str, at: &str) -> Value {
    serde_json::json!({
        "id": id, "student": student, "amount": "10000.00", "payment_method": "mpesa", "transaction_id": "TWICE0001",
        "phone_number": "254700000001", "payment_date": at, "is_verified": true, "verified_by": null,
        "verification_date": at, "notes": "", "receipt": "", "fee_statement": "", "graduation_fee_amount": "10000.00",
        "created_at": at, "updated_at": at,
    })
}
