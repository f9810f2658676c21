//! The sheet of a day.

use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member, a_training_day};

#[tokio::test]
async fn the_sheet_shows_every_active_cadet_by_name_with_what_is_recorded() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    let (ana, bea) = (app.add(a_cadet().in_company("Bravo")).await, app.add(a_cadet()).await);
    let hidden = [
        "UPDATE cadets SET is_profile_completed = FALSE WHERE id = $1",
        "UPDATE users SET is_approved = 0 WHERE cadet_id = $1",
        "UPDATE cadets SET is_archived = TRUE WHERE id = $1",
        "DELETE FROM users WHERE cadet_id = $1",
    ];
    for hide in hidden {
        let cadet = app.add(a_cadet()).await;
        app.execute(hide, &[&cadet.id]).await;
    }
    for (cadet, name) in [(&ana, "Ana"), (&bea, "Bea")] {
        let rename =
            "UPDATE cadets SET first_name = $2, last_name = 'Cruz', cadet_course = 'MS1' WHERE id = $1";
        app.execute(rename, &[&cadet.id, &name]).await;
    }
    let mark = json!({
        "dayId": day.id, "cadetId": bea.id, "status": "late", "remarks": "bus", "time_in": "08:10", "time_out": "11:00",
    });
    app.as_admin().post("/api/attendance/mark", mark).await.is(200);

    let path = format!("/api/attendance/records/{}", day.id);
    let sheet = app.as_admin().get(&path).await;
    sheet.is(200).has(json!([
        {
            "cadet_id": ana.id, "last_name": "Cruz", "first_name": "Ana", "rank": "Cdt", "company": "Bravo",
            "platoon": "1st Platoon", "corp_position": null, "status": null, "remarks": null, "time_in": null,
            "time_out": null, "cadet_course": "MS1", "student_id": ana.student_id,
        },
        { "cadet_id": bea.id, "status": "late", "remarks": "bus", "time_in": "08:10", "time_out": "11:00" },
    ]));
    let bravo = app.as_admin().get(&format!("{path}?company=Bravo&platoon=1st%20Platoon")).await;
    bravo.is(200).has(json!([{ "cadet_id": ana.id }]));
    app.as_admin().get(&format!("{path}?company=Bravo&platoon=2nd")).await.is(200).has(json!([]));
    let all = app.as_admin().get(&format!("{path}?company=&platoon=")).await;
    all.is(200).has(json!([{ "cadet_id": ana.id }, { "cadet_id": bea.id }]));
}

#[tokio::test]
async fn the_staff_sheet_shows_everybody_who_is_not_archived() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    let (here, gone) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    app.execute("UPDATE training_staff SET is_archived = TRUE WHERE id = $1", &[&gone.id]).await;
    let path = format!("/api/attendance/records/staff/{}", day.id);
    let row = json!({ "staff_id": here.id, "rank": "Sgt", "status": null, "time_in": null });
    app.as_admin().get(&path).await.is(200).has(json!([row]));
    let mark = json!({ "dayId": day.id, "staffId": here.id, "status": "excused", "remarks": "leave" });
    app.as_admin().post("/api/attendance/mark/staff", mark).await.is(200).message("Marked");
    app.as_admin()
        .get(&path)
        .await
        .has(json!([{ "staff_id": here.id, "status": "excused", "remarks": "leave" }]));
}
