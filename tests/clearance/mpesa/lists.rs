//! Lists of M-PESA beside our receipts.

use serde_json::json;
use tests::Part;

use crate::money::{World, world, world_with};

const HEAD: &str = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,A/C No.\n";

async fn reconcile(world: &World, list: String) -> tests::Answer {
    let file = Part::File("file".into(), "list.csv".into(), "text/csv".into(), list.into_bytes());
    world.as_desk().form(http::Method::POST, "/api/finance/reconciliations/", &[file]).await
}

#[tokio::test]
async fn list_books_what_we_did_not_know_and_twice_nothing_twice() {
    let world = world().await;
    let (known, new) = (world.payer(1).await, world.payer(2).await);
    world.confirm("QKNOWN0001", "5500.00", &known.registration()).await.is(200);
    world.confirm("QKNOWN0002", "100.00", "nobody").await.is(200);
    world.confirm("QKNOWN0003", "200.00", "nobody").await.is(200);
    let list = format!(
        "{HEAD}QKNOWN0001,02-02-2026 11:00:00,Pay Bill,Completed,\"5,500.00\",,{}\n\
         QKNOWN0002,02-02-2026 11:00:00,Pay Bill,Completed,150.00,,nobody\n\
         QNEW000001,2026-02-02 10:30:00,Pay Bill,Completed,5500,,{}\n\
         QREV000001,2026-02-02 11:30:00,Reversal of QKNOWN0001,Completed,,-5500.00,\n",
        known.registration(),
        new.registration()
    );
    let first = reconcile(&world, list.clone()).await;
    first.is(201).has(json!({
        "source": "statement", "rows": 4, "matched": 1, "booked": 1, "amount_differs": 1, "missing_there": 1,
        "reversed": 1, "status": "done", "created_by_name": "desk",
    }));
    assert_eq!(first.json()["items"].as_array().map(Vec::len), Some(5));
    assert_eq!(world.receipts(new).await, ["applied 5500.00 5500.00 statement"]);
    assert_eq!(
        world.receipts(known).await,
        ["applied 5500.00 5500.00 c2b"],
        "the desk reverses, not the list"
    );
    reconcile(&world, list).await.is(201).has(json!({ "matched": 2, "booked": 0 }));
    assert_eq!(world.receipts(new).await.len(), 1);
    world.as_desk().get("/api/finance/reconciliations/").await.is(200).has(json!({ "count": 2 }));
    let id = first.json()["id"].as_str().expect("an id").to_owned();
    world
        .as_desk()
        .get(&format!("/api/finance/reconciliations/{id}/"))
        .await
        .is(200)
        .has(json!({ "id": id }));
    world.app.as_user(known.user).get("/api/finance/reconciliations/").await.is(403);
}

#[tokio::test]
async fn list_names_the_number_of_a_payment_known_by_query() {
    let world = world().await;
    let payer = world.payer(1).await;
    world.push(payer, "05").await.is(200);
    world.wait(61);
    world.round().await;
    let reference: String = world.app.value("SELECT account_reference FROM mpesa_attempts", &[]).await;
    let list = format!("{HEAD}QNUMBER001,2026-02-02 11:00:05,Pay Bill,Completed,5500,,{reference}\n");
    reconcile(&world, list).await.is(201).has(json!({ "matched": 1, "booked": 0, "missing_there": 0 }));
    assert_eq!(world.receipts(payer).await, ["applied 5500.00 5500.00 stk"]);
    let number: String = world.app.value("SELECT transaction_id FROM receipts", &[]).await;
    assert_eq!(number, "QNUMBER001");
}

#[tokio::test]
async fn list_with_a_line_that_cannot_be_read_books_nothing_and_names_it() {
    let world = world().await;
    let good = "QGOOD00001,2026-02-02 10:00:00,Pay Bill,Completed,10.00,,nobody";
    for (bad, said) in [
        (
            "QBAD000001,2026-02-02 10:00:00,Pay Bill,Completed,ten,,nobody",
            "Paid In of QBAD000001 cannot be read.",
        ),
        (
            "QBAD000001,yesterday,Pay Bill,Completed,10.00,,nobody",
            "Completion Time of QBAD000001 cannot be read.",
        ),
        (
            "QBAD000001,31-02-2026 10:00:00,Pay Bill,Completed,10.00,,x",
            "Completion Time of QBAD000001 cannot be read.",
        ),
    ] {
        reconcile(&world, format!("{HEAD}{good}\n{bad}\n")).await.is(400).has(json!({ "file": [said] }));
    }
    let booked: i64 = world.app.value("SELECT count(*) FROM receipts", &[]).await;
    assert_eq!(booked, 0);
    let passed =
        "QOUT000001,2026-02-02 10:00:00,Withdrawal,Completed,,-10.00,\nQFAIL00001,?,Pay Bill,Failed,?,,";
    reconcile(&world, format!("{HEAD}{good}\n{passed}\n"))
        .await
        .is(201)
        .has(json!({ "rows": 3, "booked": 1 }));
}

#[tokio::test]
async fn long_list_is_compared_by_a_job() {
    let world = world().await;
    let lines: String = (0..2001)
        .map(|line| format!("QL{line:08},2026-02-02 10:00:00,Pay Bill,Completed,1.00,,nobody\n"))
        .collect();
    let begun = reconcile(&world, format!("{HEAD}{lines}")).await;
    begun.is(201).has(json!({ "status": "running", "rows": 2001, "booked": 0 }));
    world.app.work().await;
    let id = begun.json()["id"].as_str().expect("an id").to_owned();
    let done = world.as_desk().get(&format!("/api/finance/reconciliations/{id}/")).await;
    done.is(200).has(json!({ "status": "done", "booked": 2001 }));
}

#[tokio::test]
async fn refused_lists_say_why() {
    let world = world().await;
    let post = async |body| world.as_desk().post("/api/finance/reconciliations/", body).await;
    post(json!({})).await.is(400).has(json!({ "file": ["This field is required."] }));
    post(json!({ "from": "2026-02-01", "to": "2026-02-04" })).await.is(400);
    reconcile(&world, "a,b\n".to_owned())
        .await
        .is(400)
        .has(json!({ "file": ["Column Receipt No. is missing."] }));
    let off = world_with(&[("MPESA_PULL", "off")], |_| ()).await;
    let body = json!({ "from": "2026-02-01", "to": "2026-02-02" });
    off.as_desk().post("/api/finance/reconciliations/", body).await.is(400).has(json!({
        "error": "The pull service is not switched on.",
    }));
}

#[tokio::test]
async fn pull_finds_a_payment_that_nobody_told_of() {
    let world = world().await;
    let (told, untold) = (world.payer(1).await, world.payer(2).await);
    world.push(told, "01").await.is(200);
    world.wait(3);
    world.hear().await;
    world.push(untold, "01").await.is(200);
    world.outside.take();
    let body = json!({ "from": "2026-02-02T00:00", "to": "2026-02-03T00:00" });
    let pulled = world.as_desk().post("/api/finance/reconciliations/", body).await;
    pulled.is(201).has(json!({ "source": "pull", "rows": 2, "matched": 1, "booked": 1, "missing_there": 0 }));
    assert_eq!(world.receipts(untold).await, ["applied 5500.00 5500.00 pull"]);
    assert_eq!(world.attempt(untold).await, "succeeded");
    world.wait(86_400);
    world.round().await;
    let nightly: i64 =
        world.app.value("SELECT count(*) FROM reconciliations WHERE source = 'pull'", &[]).await;
    assert_eq!((nightly, world.receipts(untold).await.len()), (2, 1));
}
