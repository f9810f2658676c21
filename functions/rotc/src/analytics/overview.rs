//! The numbers of the dashboard (rules.md 8).

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use serde::Serialize;
use shared::{App, Result, db::Read, row, sql};
use utoipa::ToSchema;

use crate::{
    access::Staff,
    cached::cached_for_all,
    grades::formula::{Record, standing},
};

/// How long the numbers are kept while nothing changes.
const LIFE: Duration = Duration::from_mins(10);

/// Everything the dashboard shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Analytics {
    /// The last ten training days, oldest first.
    pub attendance: Vec<DayAttendance>,
    /// How the graded cadets stand.
    pub grades: GradeCounts,
    /// Who the cadets are.
    pub demographics: UnitCounts,
}

row! {
    /// Who came on one training day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct DayAttendance {
        /// `YYYY-MM-DD`.
        pub date: String,
        /// Cadets present.
        pub present: i64,
        /// Cadets absent.
        pub absent: i64,
    }
}

/// Standings of the cadets with an approved account, archived ones too.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct GradeCounts {
    /// 75 or better.
    pub passed: u64,
    /// Worse.
    pub failed: u64,
    /// `INC`, `DO` or `T`.
    pub incomplete: u64,
}

/// Groups of cadets, the largest first.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitCounts {
    /// By company, archived cadets too.
    pub company: Vec<NameCount>,
    /// By rank, archived cadets too.
    pub rank: Vec<NameCount>,
    /// By status, archived cadets too.
    pub status: Vec<NameValue>,
    /// By military course and status: cadets who have completed their profile and whose account is approved.
    pub course_stats: Vec<CourseStatusCount>,
    /// Every cadet there is, archived ones too.
    pub total_cadets: i64,
    /// By academic course and status, of the same cadets as `courseStats`.
    pub academic_course_stats: Vec<AcademicStatusCount>,
    /// By military course and gender, without archived cadets. A pair stands more than once when the gender is
    /// written in several ways.
    pub gender_by_course: Vec<CourseGenderCount>,
    /// By military course, without archived cadets.
    pub course_totals: Vec<CourseCount>,
}

/// So many cadets of one name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NameCount {
    /// What they have in common.
    pub name: String,
    /// How many they are.
    pub count: i64,
}

/// The same, as the chart of statuses wants it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NameValue {
    /// The status.
    pub name: String,
    /// How many they are.
    pub value: i64,
}

/// Cadets of one military course and status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseStatusCount {
    /// `MS1`.
    pub cadet_course: String,
    /// `Verified`.
    pub status: Option<String>,
    /// How many they are.
    pub count: i64,
}

/// Cadets of one academic course and status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcademicStatusCount {
    /// In capitals.
    pub course: String,
    /// `Verified`.
    pub status: Option<String>,
    /// How many they are.
    pub count: i64,
}

/// Cadets of one military course and gender.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseGenderCount {
    /// In capitals.
    pub cadet_course: String,
    /// `Male`, `Female` or `Unknown`.
    pub gender: Option<String>,
    /// How many they are.
    pub count: i64,
}

/// Cadets of one military course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseCount {
    /// In capitals.
    pub cadet_course: String,
    /// How many they are.
    pub count: i64,
}

row! {
    struct Graded {
        training_days: i64,
        attendance_present: i32,
        merit: i32,
        demerit: i32,
        prelim: f64,
        midterm: f64,
        final_: f64,
        is_incomplete: bool,
    }
}

row! {
    struct Tally {
        part: String,
        name: String,
        detail: Option<String>,
        count: i64,
    }
}

/// Show the dashboard's numbers
///
/// Three queries whatever the size of the unit. Kept for ten minutes, or until they change.
#[utoipa::path(get, path = "/api/admin/analytics", tag = "analytics",
    responses((status = 200, body = Analytics)))]
pub async fn show_analytics(
    Staff(user): Staff,
    State(app): State<App>,
    address: OriginalUri,
) -> Result<Response> {
    cached_for_all(
        &app,
        &user,
        &address,
        "analytics",
        LIFE,
        &["attendance_records", "cadets", "grades", "training_days", "users"],
        async || analytics(&app).await,
    )
    .await
}

async fn analytics(app: &App) -> Result<Analytics> {
    let mut read = app.db.read().await?;
    Ok(Analytics {
        attendance: attendance(&mut read).await?,
        grades: grades(&mut read).await?,
        demographics: unit(&mut read).await?,
    })
}

/// Legacy: compared with capitalised words, so every count was 0.
async fn attendance(read: &mut Read) -> Result<Vec<DayAttendance>> {
    let last_ten = sql!(
        "SELECT days.date, count(*) FILTER (WHERE lower(records.status) = 'present') AS present,
                count(*) FILTER (WHERE lower(records.status) = 'absent') AS absent
         FROM (SELECT id, date FROM training_days ORDER BY date DESC, id DESC LIMIT 10) AS days
         LEFT JOIN attendance_records AS records ON records.training_day_id = days.id
         GROUP BY days.id, days.date ORDER BY days.date, days.id"
    );
    read.all(last_ten, &[]).await
}

/// The formula is in one place only, so the rows are counted here and not by PostgreSQL.
async fn grades(read: &mut Read) -> Result<GradeCounts> {
    // Legacy: the three statuses count in capitals only.
    let list = sql!(
        "SELECT (SELECT count(*) FROM training_days) AS training_days,
                coalesce(attendance_present, 0) AS attendance_present, coalesce(merit_points, 0) AS merit,
                coalesce(demerit_points, 0) AS demerit, coalesce(prelim_score, 0) AS prelim,
                coalesce(midterm_score, 0) AS midterm, coalesce(final_score, 0) AS final_,
                coalesce(status IN ('INC', 'DO', 'T'), FALSE) AS is_incomplete
         FROM grades
         WHERE EXISTS (SELECT FROM users WHERE users.cadet_id = grades.cadet_id AND users.is_approved = 1)"
    );
    let mut counts = GradeCounts::default();
    for row in read.all::<Graded>(list, &[]).await? {
        let place = match row.has_passed() {
            None => &mut counts.incomplete,
            Some(true) => &mut counts.passed,
            Some(false) => &mut counts.failed,
        };
        *place += 1;
    }
    Ok(counts)
}

impl Graded {
    /// None while the course is not completed.
    fn has_passed(&self) -> Option<bool> {
        let record = Record {
            training_days: self.training_days,
            attendance_present: self.attendance_present,
            merit: self.merit,
            demerit: self.demerit,
            prelim: self.prelim,
            midterm: self.midterm,
            final_: self.final_,
            status: None,
        };
        (!self.is_incomplete).then(|| standing(&record).has_passed())
    }
}

async fn unit(read: &mut Read) -> Result<UnitCounts> {
    let tally = sql!(
        "WITH active AS (
             SELECT id, status, gender, is_profile_completed, course, cadet_course,
                    upper(btrim(course)) AS academic, upper(btrim(cadet_course)) AS military
             FROM cadets WHERE is_archived IS NOT TRUE
         ), verified AS (
             SELECT status, academic, military, cadet_course FROM active
             WHERE is_profile_completed AND EXISTS (
                 SELECT FROM users WHERE users.cadet_id = active.id AND users.is_approved = 1
                                     AND users.is_archived IS NOT TRUE)
         )
         SELECT 'company' AS part,
                CASE WHEN coalesce(btrim(company), '') IN ('', '. . . . . . . .') THEN 'Advance Officer'
                     ELSE btrim(company) END AS name, NULL::text AS detail, count(*) AS count
         FROM cadets GROUP BY name
         UNION ALL
         SELECT 'rank', coalesce(rank, 'Unverified') AS name, NULL, count(*) FROM cadets GROUP BY name
         UNION ALL
         SELECT 'status', coalesce(status, 'Unverified') AS name, NULL, count(*) FROM cadets GROUP BY name
         UNION ALL
         SELECT 'verified', cadet_course, status, count(*) FROM verified
         WHERE military <> '' GROUP BY cadet_course, status
         UNION ALL
         SELECT 'academic', academic, status, count(*) FROM verified WHERE academic <> '' GROUP BY academic, status
         UNION ALL
         SELECT 'gender', military,
                CASE lower(btrim(gender)) WHEN 'male' THEN 'Male' WHEN 'female' THEN 'Female' ELSE 'Unknown' END,
                count(*)
         FROM active WHERE military <> '' GROUP BY military, gender
         UNION ALL
         SELECT 'course', military, NULL, count(*) FROM active WHERE military <> '' GROUP BY military
         ORDER BY count DESC, name, detail"
    );
    let mut unit = UnitCounts::default();
    for tally in read.all::<Tally>(tally, &[]).await? {
        unit.add(tally);
    }
    Ok(unit)
}

impl UnitCounts {
    fn add(&mut self, Tally { part, name, detail, count }: Tally) {
        match part.as_str() {
            "company" => {
                self.total_cadets += count;
                self.company.push(NameCount { name, count });
            }
            "rank" => self.rank.push(NameCount { name, count }),
            "status" => self.status.push(NameValue { name, value: count }),
            "verified" => {
                self.course_stats.push(CourseStatusCount { cadet_course: name, status: detail, count });
            }
            "academic" => {
                self.academic_course_stats.push(AcademicStatusCount { course: name, status: detail, count });
            }
            "gender" => {
                self.gender_by_course.push(CourseGenderCount { cadet_course: name, gender: detail, count });
            }
            _ => self.course_totals.push(CourseCount { cadet_course: name, count }),
        }
    }
}
