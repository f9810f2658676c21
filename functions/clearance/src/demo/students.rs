//! The students, each in a state of their own.

use shared::{Result, sql};
use uuid::Uuid;

use super::stage::{OFFICES, Stage};
use crate::workflow;

/// Everything that has happened, student by student.
pub async fn play(stage: &mut Stage<'_>) -> Result<()> {
    stage.pay(2, -7).await?;
    stage.ask(2, -6).await?;
    stage.pay(3, -11).await?;
    let request = stage.ask(3, -10).await?;
    stage.approve(request, &OFFICES[..3], -9).await?;
    stage.pay(4, -13).await?;
    let request = stage.ask(4, -12).await?;
    stage.approve(request, &OFFICES[..7], -11).await?;
    for number in 5..=10 {
        cleared(stage, number, -40).await?;
    }
    gowns(stage).await?;
    refused(stage).await?;
    money(stage).await?;
    others(stage).await?;
    cleared(stage, 25, -38).await?;
    cleared(stage, 26, -68).await?;
    stage.move_to(0);
    Ok(())
}

/// Somebody whom every office has cleared, eight days after they asked.
async fn cleared(stage: &mut Stage<'_>, number: usize, asked: i64) -> Result<Uuid> {
    stage.pay(number, asked - 1).await?;
    let request = stage.ask(number, asked).await?;
    stage.approve(request, &OFFICES, asked + 1).await?;
    Ok(request)
}

async fn gowns(stage: &mut Stage<'_>) -> Result<()> {
    stage.lend(5, -7, 14).await?;
    stage.lend(6, -25, -5).await?;
    for (number, status, refund) in
        [(7, "returned", None), (8, "returned", Some("1900.00")), (9, "lost", None), (10, "damaged", None)]
    {
        let gown = stage.lend(number, -20, 2).await?;
        stage.settle_gown(gown, status, refund, -3).await?;
    }
    Ok(())
}

/// Those whom an office has refused, one of whom has asked again.
async fn refused(stage: &mut Stage<'_>) -> Result<()> {
    let waive = sql!("UPDATE finance_records SET graduation_fee = 0, notes = 'Waived' WHERE student_id = $1");
    let student = stage.student(11)?;
    stage.change.execute(waive, &[&student]).await?;
    let request = stage.ask(11, -9).await?;
    stage.approve(request, &OFFICES[..1], -8).await?;
    stage.reject(request, "LIBRARY", "Two books are missing", -7).await?;
    stage.pay(12, -26).await?;
    let request = stage.ask(12, -25).await?;
    stage.approve(request, &OFFICES[..3], -24).await?;
    stage.reject(request, "HOSTEL", "The room was not handed over", -20).await?;
    stage.ask(12, -3).await?;
    Ok(())
}

/// Those who have not paid what they should, or not yet.
async fn money(stage: &mut Stage<'_>) -> Result<()> {
    stage.ask(13, -5).await?;
    stage.claim(13, "bank", "BNK-0013", -5).await?;
    let request = stage.ask(14, -6).await?;
    let (mess, sports) = (&OFFICES[2..3], &OFFICES[6..7]);
    stage.approve(request, sports, -5).await?;
    stage.claim(14, "cash", "", -4).await?;
    stage.ask(15, -4).await?;
    stage.paybill(Some(15), "3000.00", -3).await?;
    let request = stage.ask(16, -6).await?;
    stage.approve(request, mess, -5).await?;
    stage.paybill(Some(16), "6000.00", -4).await?;
    stage.attempt(19, "cancelled", -2).await?;
    stage.attempt(20, "timed_out", -2).await?;
    stage.paybill(None, "5500.00", -1).await?;
    let owe = sql!("UPDATE finance_records SET tuition_balance = 12000 WHERE student_id = $1");
    let student = stage.student(22)?;
    stage.change.execute(owe, &[&student]).await?;
    stage.pay(22, -4).await?;
    stage.ask(22, -3).await?;
    Ok(())
}

async fn others(stage: &mut Stage<'_>) -> Result<()> {
    let eligibility = sql!("UPDATE students SET eligibility_status = $2 WHERE id = $1");
    for (number, status) in [(17, "ineligible"), (18, "pending")] {
        let student = stage.student(number)?;
        stage.change.execute(eligibility, &[&student, &status]).await?;
    }
    let request = stage.ask(21, -15).await?;
    stage.move_to(-14);
    let request = workflow::lock(stage.change, request, None).await?;
    workflow::cancel(&stage.app, stage.change, &request, "").await?;
    let leave =
        sql!("UPDATE users SET is_active = FALSE WHERE id = (SELECT user_id FROM students WHERE id = $1)");
    let student = stage.student(23)?;
    stage.change.execute(leave, &[&student]).await?;
    Ok(())
}
