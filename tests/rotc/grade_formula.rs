//! The grade formula: the figures the legacy server sent, to the last bit, and what holds for every figure.

use proptest::prelude::*;
use rotc::grades::formula::{Record, Standing, standing};
use serde_json::Value;

/// Every recording whose answers contain computed grades.
const RECORDINGS: [&str; 6] = [
    include_str!("recordings/cadet.jsonl"),
    include_str!("recordings/cadet-profile.jsonl"),
    include_str!("recordings/admin-cadets.jsonl"),
    include_str!("recordings/admin-grades.jsonl"),
    include_str!("recordings/admin-ledger.jsonl"),
    include_str!("recordings/auth.jsonl"),
];

#[test]
fn recorded_figures_come_out_bit_for_bit() {
    let mut rows = Vec::new();
    for line in RECORDINGS.iter().flat_map(|recording| recording.lines()) {
        let line: Value = serde_json::from_str(line).expect("a recorded line is JSON");
        graded_rows(&line["response"], &mut rows);
    }
    assert!(rows.len() > 100, "only {} rows with grades are recorded", rows.len());
    for row in &rows {
        assert_eq!(figures(&standing(&record(row))), recorded(row), "{row}");
    }
}

#[test]
fn grade_that_is_printed_as_a_threshold_has_reached_it() {
    for (attended, demerit, score, printed, transmuted) in [
        (24, 38, 69.0, "75.00", 3.0),
        (25, 0, 66.25, "86.50", 2.0),
        (25, 50, 75.0, "75.00", 3.0),
        (24, 38, 68.9, "74.96", 5.0),
        (25, 50, 74.985, "74.99", 5.0),
        (25, 50, 74.99, "75.00", 3.0),
    ] {
        let (prelim, midterm, final_) = (score, score, score);
        let record = Record {
            training_days: 25,
            attendance_present: attended,
            demerit,
            prelim,
            midterm,
            final_,
            ..Record::default()
        };
        let standing = standing(&record);
        assert_eq!(format!("{:.2}", standing.final_grade), printed);
        assert_eq!(standing.transmuted_grade, Some(transmuted), "{printed}");
    }
}

/// Collects the objects that hold computed grades, at any depth.
fn graded_rows(value: &Value, rows: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| graded_rows(item, rows)),
        Value::Object(members) if members.contains_key("finalGrade") => rows.push(value.clone()),
        Value::Object(members) => members.values().for_each(|member| graded_rows(member, rows)),
        _ => {}
    }
}

fn record(row: &Value) -> Record<'_> {
    let whole = |key: &str| i32::try_from(row[key].as_i64().unwrap_or(0)).expect("a small number");
    let score = |key: &str| row[key].as_f64().unwrap_or(0.0);
    let days = &row["totalTrainingDays"];
    Record {
        // The legacy server on PostgreSQL sent counts as texts.
        training_days: days.as_i64().or_else(|| days.as_str()?.parse().ok()).expect("training days"),
        attendance_present: whole("attendance_present"),
        merit: whole("merit_points"),
        demerit: whole("demerit_points"),
        prelim: score("prelim_score"),
        midterm: score("midterm_score"),
        final_: score("final_score"),
        status: row.get("grade_status").or_else(|| row.get("status")).and_then(Value::as_str),
    }
}

/// The bits of the four sums, the transmuted grade and the remarks.
type Figures = ([u64; 4], Option<f64>, String);

fn figures(standing: &Standing) -> Figures {
    let sums =
        [standing.attendance_score, standing.aptitude_score, standing.subject_score, standing.final_grade];
    (sums.map(f64::to_bits), standing.transmuted_grade, standing.remarks.to_owned())
}

fn recorded(row: &Value) -> Figures {
    let sums = ["attendanceScore", "aptitudeScore", "subjectScore", "finalGrade"];
    let bits = sums.map(|key| row[key].as_f64().expect("a recorded sum").to_bits());
    (bits, row["transmutedGrade"].as_f64(), row["remarks"].as_str().unwrap_or_default().to_owned())
}

/// Full attendance and conduct, and this score on all three examinations.
fn graded(subject: f64) -> Record<'static> {
    Record {
        training_days: 1,
        attendance_present: 1,
        prelim: subject,
        midterm: subject,
        final_: subject,
        ..Record::default()
    }
}

#[test]
fn each_grade_begins_at_its_threshold() {
    // Full attendance and conduct give 60; a score s on all examinations adds 0.4 s.
    let grades = [(87.5, 1.0), (75.0, 1.5), (62.5, 2.0), (50.0, 2.5), (37.5, 3.0)];
    for (score, grade) in grades {
        assert_eq!(standing(&graded(score)).transmuted_grade, Some(grade), "at {score}");
        let below = standing(&graded(score - 0.25)).transmuted_grade;
        assert!(below > Some(grade), "below {score}: {below:?}");
    }
    assert_eq!(standing(&graded(37.25)).transmuted_grade, Some(5.0));
    assert_eq!(standing(&graded(37.25)).remarks, "Failed");
    assert_eq!(standing(&graded(37.5)).remarks, "Passed");
}

#[test]
fn a_cadet_without_grades_has_only_the_conduct() {
    let nobody = standing(&Record { training_days: 15, ..Record::default() });
    assert_eq!((nobody.aptitude_score, nobody.final_grade), (30.0, 30.0));
    assert_eq!((nobody.transmuted_grade, nobody.remarks), (Some(5.0), "Failed"));
}

#[test]
fn a_status_without_grade_takes_its_place_in_any_case() {
    for (status, remarks) in
        [("INC", "Incomplete"), ("inc", "Incomplete"), ("Do", "Dropped"), ("t", "Deferred")]
    {
        let standing = standing(&Record { status: Some(status), ..graded(100.0) });
        assert_eq!((standing.transmuted_grade, standing.remarks), (None, remarks));
        assert_eq!(standing.final_grade, 100.0, "the sums are still shown");
    }
    for status in ["active", "", "INCOMPLETE", " T"] {
        let standing = standing(&Record { status: Some(status), ..graded(100.0) });
        assert_eq!(standing.remarks, "Passed", "{status:?}");
    }
}

#[test]
fn more_attendances_than_days_are_not_cut() {
    let standing = standing(&Record { training_days: 10, attendance_present: 12, ..Record::default() });
    assert_eq!(standing.attendance_score, 36.0);
}

fn any_record() -> impl Strategy<Value = Record<'static>> {
    let score = || 0.0..=100.0f64;
    (0i64..400, 0i32..400, any::<i32>(), any::<i32>(), score(), score(), score()).prop_map(
        |(training_days, attendance_present, merit, demerit, prelim, midterm, final_)| Record {
            training_days,
            attendance_present,
            merit,
            demerit,
            prelim,
            midterm,
            final_,
            status: None,
        },
    )
}

proptest! {
    #[test]
    fn conduct_and_examinations_stay_in_their_share(record in any_record()) {
        let standing = standing(&record);
        prop_assert!((0.0..=30.0).contains(&standing.aptitude_score));
        prop_assert!((0.0..=40.0).contains(&standing.subject_score));
        prop_assert!(standing.attendance_score >= 0.0);
        prop_assert!(standing.final_grade.is_finite());
    }

    #[test]
    fn the_final_grade_is_the_sum_and_decides_the_rest(record in any_record()) {
        let standing = standing(&record);
        let sum = standing.attendance_score + standing.aptitude_score + standing.subject_score;
        prop_assert_eq!(standing.final_grade.to_bits(), sum.to_bits());
        let passed = standing.final_grade >= 75.0;
        prop_assert_eq!(standing.remarks, if passed { "Passed" } else { "Failed" });
        prop_assert_eq!(standing.transmuted_grade == Some(5.0), !passed);
    }

    #[test]
    fn more_points_are_never_worse(record in any_record(), more in 0.0..=100.0f64, days in 0i32..50) {
        let better = Record {
            prelim: record.prelim.max(more),
            attendance_present: record.attendance_present + days,
            ..record
        };
        prop_assert!(standing(&better).final_grade >= standing(&record).final_grade);
        prop_assert!(standing(&better).transmuted_grade <= standing(&record).transmuted_grade);
    }
}
