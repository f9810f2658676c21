//! The people and things that `matrix.txt` names: rows of the recordings, and a few of what the legacy server did not have.

use std::collections::BTreeMap;

use clearance::certificates::issue_missing;
use serde_json::Value;
use tests::{Client, TestApp};

use crate::recorded;

/// Names and ids of the further rows.
const FURTHER: [(&str, &str); 6] = [
    ("record", "f0000000-0000-4000-8000-000000000001"),
    ("attempt", "f0000000-0000-4000-8000-000000000002"),
    ("receipt", "f0000000-0000-4000-8000-000000000003"),
    ("reconciliation", "f0000000-0000-4000-8000-000000000004"),
    ("unknown_receipt", "f0000000-0000-4000-8000-000000000005"),
    ("excess_receipt", "f0000000-0000-4000-8000-000000000006"),
];

/// Who calls, in the order of the columns, by their names in the recordings.
pub const CALLERS: [&str; 10] = [
    "admin",
    "staff:finance_staff",
    "staff:FINANCE",
    "staff:gown_issuance_staff",
    "staff:library_staff",
    "staff:SPORTS",
    "staff:NONE",
    "student:S05",
    "student:S08",
    "anonymous",
];

/// The requests of a caller, which count as no test of what they call.
pub fn client<'a>(app: &'a TestApp, caller: &str) -> Client<'a> {
    recorded::account(caller).map_or_else(|| app.anonymous(), |user| app.as_user(user)).quiet()
}

/// The id of a name.
pub fn id(name: &str) -> Option<String> {
    let aliases: BTreeMap<String, String> =
        serde_json::from_str(recorded::ALIASES).expect("aliases are JSON");
    let further = FURTHER.iter().find(|(known, _)| *known == name).map(|(_, id)| (*id).to_owned());
    further.or_else(|| aliases.get(name).cloned())
}

/// Whether a text shows things of this student and of no other.
pub fn shows_own_only(caller: &str, text: &str) -> bool {
    let Some(own) = recorded::account(caller) else { return false };
    let (own, others): (Vec<_>, Vec<_>) =
        recorded::students().into_iter().partition(|known| known.user == own);
    own.iter().any(|known| known.marks.iter().any(|mark| text.contains(mark)))
        && others.iter().all(|known| known.marks.iter().all(|mark| !text.contains(mark)))
}

/// Whether a page, a list or a count has nothing in it.
pub fn is_empty(body: &Value) -> bool {
    body.as_array().is_some_and(Vec::is_empty)
        || body["count"] == 0 && body["results"] == serde_json::json!([])
}

/// Everything as it was, whatever has been done; the sessions live on.
pub async fn restore(app: &TestApp) {
    recorded::refill(app.database().await, EMPTY).await;
    let further =
        FURTHER.iter().fold(ROWS.to_owned(), |sql, (name, id)| sql.replace(&format!("{{{name}}}"), id));
    app.database().await.batch_execute(&further).await.unwrap_or_else(|error| panic!("{error:?}: {further}"));
    let mut change = app.app.db.change_for_system("certificates").await.expect("a transaction");
    issue_missing(&app.app, &mut change).await.expect("certificates of the completed requests");
    change.commit().await.expect("they are kept");
    app.app.db.versions().all_changed().await;
}

const EMPTY: &str = "
    DO $$ BEGIN
        EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('public.%I', tablename), ', ')
                 FROM pg_tables WHERE schemaname = 'public');
    END $$;
    TRUNCATE muster.jobs, muster.mails;
    UPDATE muster.sessions SET revoked_at = NULL";

/// Rows of the owner (S05) that the legacy server did not know.
const ROWS: &str = "
    UPDATE finance_records SET id = '{record}'
    WHERE student_id = (SELECT id FROM students WHERE user_id = (SELECT id FROM users WHERE email LIKE 's05@%'));
    INSERT INTO mpesa_attempts (id, student_id, phone_number, amount, account_reference, checkout_request_id, status)
    SELECT '{attempt}', student_id, '254700000005', 10000, 'CLRZZZZZ0001', 'ws_CO_191220191020363925', 'cancelled'
    FROM finance_records WHERE id = '{record}';
    INSERT INTO receipts (id, transaction_id, source, student_id, amount, applied_amount, paid_at, state)
    SELECT '{receipt}', 'ZPAYBILL01', 'c2b', student_id, 100, 100, '2025-11-20Z', 'applied'
    FROM finance_records WHERE id = '{record}';
    INSERT INTO receipts (id, transaction_id, source, amount, paid_at, state, reason)
    VALUES ('{unknown_receipt}', 'ZPAYBILL02', 'c2b', 5500, '2025-11-20Z', 'review', 'Unknown account');
    INSERT INTO receipts (id, transaction_id, source, student_id, amount, applied_amount, paid_at, state)
    SELECT '{excess_receipt}', 'ZPAYBILL03', 'c2b', student_id, 200, 100, '2025-11-20Z', 'applied'
    FROM finance_records WHERE id = '{record}';
    INSERT INTO reconciliations (id, source, status) VALUES ('{reconciliation}', 'statement', 'done')";
