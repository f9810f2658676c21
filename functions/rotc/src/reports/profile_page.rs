//! A cadet's profile, drawn.

use chrono::{DateTime, Utc};
use documents::pdf::{Chart, ChartKind, Letterhead, Report, TableColumn};
use shared::{Result, text::capitalized};

use super::profile::{Profile, transmuted};

impl Profile {
    /// The profile as a file.
    pub fn print(&self, head: Letterhead, made: DateTime<Utc>) -> Result<Vec<u8>> {
        let person = &self.person;
        let mut report = Report::new(head, &person.full_name(), "Cadet profile", made)?;
        report.facts(&person.course_facts());
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        report.facts(&[
            ("Position", text(&person.corp_position)),
            ("Gender", text(&person.gender)),
            (
                "Date of birth",
                person.birthdate.map(|day| day.format("%-d %B %Y").to_string()).unwrap_or_default(),
            ),
            ("Phone", text(&person.contact_number)),
            ("Email", text(&person.email)),
            ("Address", text(&person.address)),
        ]);
        self.grades(&mut report);
        self.history(&mut report);
        Ok(report.finish()?)
    }

    fn grades(&self, report: &mut Report) {
        let (person, standing) = (&self.person, self.person.standing());
        report.heading("Grades");
        let columns = [
            TableColumn::text("Component", 3.0),
            TableColumn::text("Record", 5.0),
            TableColumn::number("Points", 1.2),
            TableColumn::number("Maximum", 1.2),
        ];
        let row = |component: &str, record: String, points: f64, of: &str| {
            vec![component.to_owned(), record, format!("{points:.2}"), of.to_owned()]
        };
        let (present, days) = (person.attendance_present, person.training_days);
        let (merit, demerit) = (person.merit_points, person.demerit_points);
        let scores = format!(
            "Prelim {}, midterm {}, final {}",
            person.prelim_score, person.midterm_score, person.final_score
        );
        let rows = [
            row("Attendance", format!("{present} of {days} training days"), standing.attendance_score, "30"),
            row(
                "Military aptitude",
                format!("{merit} merit points, {demerit} demerit points"),
                standing.aptitude_score,
                "30",
            ),
            row("Subject proficiency", scores, standing.subject_score, "40"),
            row(
                "Final grade",
                format!("Equivalent {}, {}", transmuted(&standing), standing.remarks.to_lowercase()),
                standing.final_grade,
                "100",
            ),
        ];
        report.table(&columns, &rows, "");
        self.charts(report);
    }

    fn charts(&self, report: &mut Report) {
        let person = &self.person;
        let scores = [
            ("Prelim", person.prelim_score),
            ("Midterm", person.midterm_score),
            ("Final", person.final_score),
        ];
        let statuses = ["present", "late", "excused", "absent"].map(|status| {
            let days =
                self.statuses.iter().filter(|row| row.status == status).map(|row| row.days as f64).sum();
            (capitalized(status), days)
        });
        report.charts(&[
            Chart {
                title: "Examinations".to_owned(),
                kind: ChartKind::Bars,
                values: scores.map(|(name, score)| (name.to_owned(), score)).to_vec(),
                most: Some(100.0),
            },
            Chart {
                title: "Attendance".to_owned(),
                kind: ChartKind::Pie,
                values: statuses.to_vec(),
                most: None,
            },
        ]);
    }

    fn history(&self, report: &mut Report) {
        report.heading("Attendance");
        let columns = [
            TableColumn::text("Date", 1.4),
            TableColumn::text("Training", 4.0),
            TableColumn::text("Status", 1.2),
            TableColumn::text("Remarks", 3.4),
        ];
        let days = self.days.iter().map(|day| {
            vec![
                day.date.clone(),
                day.title.clone(),
                capitalized(&day.status),
                day.remarks.clone().unwrap_or_default(),
            ]
        });
        report.table(&columns, &days.collect::<Vec<_>>(), "No attendance has been recorded.");
        report.heading("Merits and demerits");
        let columns = [
            TableColumn::text("Date", 1.4),
            TableColumn::text("Type", 1.2),
            TableColumn::number("Points", 0.9),
            TableColumn::text("Reason", 4.0),
            TableColumn::text("Issued by", 2.5),
        ];
        let entries = self.entries.iter().map(|entry| {
            vec![
                entry.recorded.map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default(),
                capitalized(&entry.kind),
                entry.points.to_string(),
                entry.reason.clone().unwrap_or_default(),
                entry.issued_by.clone().unwrap_or_default(),
            ]
        });
        report.table(&columns, &entries.collect::<Vec<_>>(), "No merits or demerits have been recorded.");
    }
}
