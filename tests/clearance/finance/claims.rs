//! Claims, and verifying them.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::Part;

use crate::money::{Payer, World, account, world, world_with};

async fn claim(world: &World, payer: Payer, method: &str, number: &str) -> String {
    let body = json!({
        "student_id": payer.student, "amount": "5500.00", "payment_method": method, "transaction_id": number,
        "phone_number": "0712345601",
    });
    let made = world.app.as_user(payer.user).post("/api/finance/payments/", body).await;
    made.is(201).has(
        json!({ "state": "claimed", "amount": "5500.00", "is_verified": false, "amount_due": "5500.00" }),
    );
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn verify(world: &World, id: &str, body: Value) -> tests::Answer {
    world.as_desk().post(&format!("/api/finance/payments/{id}/verify/"), body).await
}

#[tokio::test]
async fn claim_is_the_exact_amount_and_there_is_one() {
    let world = world().await;
    let (payer, other) = (world.payer(1).await, world.payer(2).await);
    let post = async |user, body| world.app.as_user(user).post("/api/finance/payments/", body).await;
    let of = |payer: Payer, amount: &str| json!({ "student_id": payer.student, "amount": amount, "payment_method": "bank", "transaction_id": "BNK-1" });
    post(payer.user, of(payer, "5000")).await.is(400).has(json!({
        "amount": ["Payment amount must be exactly KES 5,500.00 (graduation fee)"],
    }));
    post(payer.user, of(other, "5500")).await.is(403).has(json!({
        "error": "You can only create payment records for yourself",
    }));
    post(payer.user, json!({ "student_id": payer.student, "amount": "5500" })).await.is(400).has(json!({
        "phone_number": ["Phone number is required for M-PESA payments"],
    }));
    let unknown = json!({ "student_id": uuid::Uuid::nil(), "amount": "5500", "payment_method": "cash" });
    post(world.desk, unknown).await.is(400).has(json!({ "student_id": ["Student not found"] }));
    claim(&world, payer, "bank", "BNK-1").await;
    post(world.desk, of(payer, "5500")).await.is(400).has(json!({
        "student_id": ["Payment record already exists for this student. Use update instead."],
    }));
    post(other.user, of(other, "5500")).await.is(400).has(json!({
        "transaction_id": ["payment with this transaction id already exists."],
    }));
    let librarian = account(&world.app, "lib@mksu.test", "library_staff").await;
    post(librarian, of(other, "5500")).await.is(403);
    let seen = world.app.as_user(librarian).get("/api/finance/payments/").await;
    seen.is(200).has(json!({ "count": 0 }));
}

#[tokio::test]
async fn verified_claim_is_a_receipt_once_even_at_once() {
    let world = world_with(&[], |config| config.database.pool_size = 6).await;
    let payer = world.payer(1).await;
    let id = claim(&world, payer, "bank", "bnk-7").await;
    let answers =
        join_all((0..5).map(|_| verify(&world, &id, json!({ "verify": true, "notes": "slip seen" })))).await;
    let mut statuses: Vec<u16> = answers.iter().map(tests::Answer::status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400, 400]);
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 manual"]);
    let shown = world.as_desk().get(&format!("/api/finance/payments/{id}/")).await;
    shown.is(200).has(json!({
        "state": "paid", "is_verified": true, "transaction_id": "BNK-7", "payment_method": "bank",
        "verified_by": world.desk, "notes": "\nVerified: slip seen", "receipts": [{ "source": "manual" }],
    }));
    assert_eq!(world.notices(payer.user, "Payment Verified").await, 1);
    let path = format!("/api/finance/payments/{id}/");
    let patch = async |body| world.as_desk().patch(&path, body).await;
    patch(json!({ "phone_number": "0712345602" }))
        .await
        .is(400)
        .has(json!({ "error": "A verified payment cannot be changed" }));
    patch(json!({ "notes": "seen" })).await.is(200).has(json!({ "notes": "seen" }));
    world
        .as_admin()
        .delete(&path)
        .await
        .is(409)
        .has(json!({ "detail": "A verified payment cannot be deleted." }));
}

#[tokio::test]
async fn cash_gets_a_number_and_others_need_one() {
    let world = world().await;
    let (cash, bank) = (world.payer(1).await, world.payer(2).await);
    let id = claim(&world, cash, "cash", "").await;
    verify(&world, &id, json!({ "verify": true })).await.is(200).has(json!({
        "message": "Payment verified successfully", "payment": { "transaction_id": "CASH-20260202-0001" },
    }));
    let id = claim(&world, bank, "bank", "").await;
    verify(&world, &id, json!({ "verify": false }))
        .await
        .is(400)
        .has(json!({ "error": "Verification cancelled" }));
    verify(&world, &id, json!({ "verify": true })).await.is(400).has(json!({
        "transaction_id": ["A transaction number is required to verify this payment."],
    }));
    verify(&world, &id, json!({ "transaction_id": "cash-20260202-0001" })).await.is(400).has(json!({
        "transaction_id": ["payment with this transaction id already exists."],
    }));
    let dated = json!({ "transaction_id": "BNK-2", "payment_date": "2026-01-31T10:00:00" });
    verify(&world, &id, dated).await.is(200).has(json!({
        "payment": { "transaction_id": "BNK-2", "payment_date": "2026-01-31T10:00:00+03:00" },
    }));
}

#[tokio::test]
async fn four_eyes_keep_people_from_verifying_what_they_entered() {
    let world = world_with(&[("FOUR_EYES", "on")], |_| ()).await;
    let payer = world.payer(1).await;
    let body = json!({ "student_id": payer.student, "amount": "5500", "payment_method": "cash" });
    let made = world.as_desk().post("/api/finance/payments/", body).await.is(201).json();
    let path = format!("/api/finance/payments/{}/verify/", made["id"].as_str().expect("an id"));
    world
        .as_desk()
        .post(&path, json!({ "verify": true }))
        .await
        .is(403)
        .has(json!({ "error": "Somebody else must do this." }));
    world.as_admin().post(&path, json!({ "verify": true })).await.is(200);
}

#[tokio::test]
async fn claim_can_be_deleted_and_entered_again() {
    let world = world().await;
    let payer = world.payer(1).await;
    let id = claim(&world, payer, "cash", "SLIP-1").await;
    let path = format!("/api/finance/payments/{id}/");
    let whole = json!({ "student_id": payer.student, "amount": "5500.00", "notes": "at the counter" });
    world.as_desk().put(&path, whole).await.is(200).has(json!({ "notes": "at the counter" }));
    world.as_desk().put(&path, json!({ "amount": "5500.00" })).await.is(400);
    world.as_desk().delete(&path).await.is(403);
    world.as_admin().delete(&path).await.is(204);
    world.as_desk().get(&path).await.is(404);
    claim(&world, payer, "cash", "SLIP-1").await;
}

#[tokio::test]
async fn files_are_taken_by_content_only() {
    let world = world().await;
    let payer = world.payer(1).await;
    let id = claim(&world, payer, "bank", "BNK-1").await;
    let path = format!("/api/finance/payments/{id}/");
    let send = async |name: &str, body: Vec<u8>| {
        let file = Part::File("receipt".into(), name.into(), "application/pdf".into(), body);
        world.as_desk().form(http::Method::PATCH, &path, &[file]).await
    };
    let only = json!({ "receipt": ["Only PDF, JPEG and PNG files are allowed"] });
    send("receipt.pdf", b"<html><script>1</script>".to_vec()).await.is(400).has(only.clone());
    send("receipt.pdf.exe", b"MZ\x90\0\x03".to_vec()).await.is(400).has(only);
    send("receipt.pdf", Vec::new()).await.is(400).has(json!({ "receipt": ["The submitted file is empty."] }));
    let mut large = b"%PDF-1.4\n".to_vec();
    large.resize(5 * 1024 * 1024 + 1, b'x');
    send("receipt.pdf", large).await.is(400).has(json!({ "receipt": ["File size cannot exceed 5MB"] }));
    let stored = send("receipt.pdf", b"%PDF-1.4\nx".to_vec()).await;
    let link = stored.is(200).json()["receipt"].as_str().expect("a link").to_owned();
    let link = url::Url::parse(&link).expect("an address");
    world.app.anonymous().get(&link[url::Position::BeforePath..]).await.is(200);
}
