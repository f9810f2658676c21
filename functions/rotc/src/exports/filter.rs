//! Which rows are wanted.

use axum::extract::FromRequestParts;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use http::request::Parts;
use serde::Deserialize;
use shared::{
    App, Error, Result,
    error::invalid_field,
    http::{Query, lenient::chosen},
};
use utoipa::{IntoParams, ToSchema};

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Entity {
    /// The register, without the archive.
    Cadets,
    /// Grades of the cadets on the register.
    Grades,
    /// Who attended which training day.
    Attendance,
    /// Activities and announcements.
    Activities,
    /// The training staff, without the archive.
    Staff,
    /// Who changed what.
    Audit,
}

impl Entity {
    /// The word in requests and file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cadets => "cadets",
            Self::Grades => "grades",
            Self::Attendance => "attendance",
            Self::Activities => "activities",
            Self::Staff => "staff",
            Self::Audit => "audit",
        }
    }

    const ALL: [Self; 6] =
        [Self::Cadets, Self::Grades, Self::Attendance, Self::Activities, Self::Staff, Self::Audit];
}

/// Which rows are wanted. Everything given must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExportFilter {
    /// What to export.
    #[param(value_type = Entity, inline, required = true)]
    pub entity_type: Option<String>,
    /// From this day on (`2026-02-02`): of the training day or activity, or when the row was made. Not for grades.
    pub date_from: Option<String>,
    /// Up to and with this day.
    pub date_to: Option<String>,
    /// Of this company; for cadets, grades and attendance.
    pub company: Option<String>,
    /// Of this platoon; likewise.
    pub platoon: Option<String>,
    /// Of this status: of the cadet, or of the attendance; not for activities, staff and the audit log.
    pub status: Option<String>,
}

/// The same, checked.
#[derive(Clone, Debug)]
pub struct Selection {
    /// What.
    pub entity: Entity,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Up to and with this day.
    pub to: Option<NaiveDate>,
    /// The company.
    pub company: Option<String>,
    /// The platoon.
    pub platoon: Option<String>,
    /// The status.
    pub status: Option<String>,
}

impl Selection {
    /// The first moment that is wanted.
    pub fn since(&self) -> Option<NaiveDateTime> {
        self.from.map(|day| day.and_time(NaiveTime::MIN))
    }

    /// The first moment that is too late.
    pub fn before(&self) -> Option<NaiveDateTime> {
        self.to.and_then(|day| day.checked_add_days(Days::new(1))).map(|day| day.and_time(NaiveTime::MIN))
    }
}

impl FromRequestParts<App> for Selection {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Query(filter) = Query::<ExportFilter>::from_request_parts(parts, app).await?;
        let named = chosen(filter.entity_type);
        let named = named.ok_or_else(|| invalid_field("entity_type", "This field is required."))?;
        let entity = Entity::ALL.into_iter().find(|entity| entity.name() == named);
        let entity = entity
            .ok_or_else(|| invalid_field("entity_type", format!("\"{named}\" is not a valid choice.")))?;
        let selection = Self {
            entity,
            from: chosen(filter.date_from).map(|text| day(&text, "date_from")).transpose()?,
            to: chosen(filter.date_to).map(|text| day(&text, "date_to")).transpose()?,
            company: chosen(filter.company),
            platoon: chosen(filter.platoon),
            status: chosen(filter.status),
        };
        selection.fits()
    }
}

impl Selection {
    /// Refuses a filter that means nothing for what is exported: a file with more than was asked for would be taken for less.
    fn fits(self) -> Result<Self> {
        let of_cadets = matches!(self.entity, Entity::Cadets | Entity::Grades | Entity::Attendance);
        let dated = self.entity != Entity::Grades;
        let useless = [
            ("date_from", self.from.is_some() && !dated),
            ("date_to", self.to.is_some() && !dated),
            ("company", self.company.is_some() && !of_cadets),
            ("platoon", self.platoon.is_some() && !of_cadets),
            ("status", self.status.is_some() && !of_cadets),
        ];
        match useless.iter().find(|(_, useless)| *useless) {
            Some((field, _)) => {
                Err(invalid_field(field, format!("{field} does not apply to {}", self.entity.name())))
            }
            None => Ok(self),
        }
    }
}

fn day(text: &str, field: &'static str) -> Result<NaiveDate> {
    // PostgreSQL knows no year beyond these.
    let known = |day: &NaiveDate| (1..=9999).contains(&chrono::Datelike::year(day));
    let day = text.parse::<NaiveDate>().ok().filter(known);
    day.ok_or_else(|| invalid_field(field, format!("{field} must be a date such as 2026-02-02")))
}
