//! Which cadets and days a report is about.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::{Result, error::invalid_field, http::lenient::filled};
use utoipa::IntoParams;

/// A part of a file's name: what was asked for, or `all`.
pub fn or_all(part: &Option<String>) -> &str {
    part.as_deref().unwrap_or("all")
}

/// Some of the unit.
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ReportFilter {
    /// One company.
    pub company: Option<String>,
    /// One platoon.
    pub platoon: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    #[serde(alias = "from")]
    pub date_from: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    #[serde(alias = "to")]
    pub date_to: Option<String>,
    /// One training day.
    pub training_day_id: Option<i32>,
}

impl ReportFilter {
    /// The same without what is empty; refuses what cannot be meant.
    pub fn checked(self) -> Result<Self> {
        let given = |text: Option<String>| filled(&text).map(str::to_owned);
        let filter = Self {
            company: given(self.company),
            platoon: given(self.platoon),
            date_from: given(self.date_from),
            date_to: given(self.date_to),
            training_day_id: self.training_day_id,
        };
        for (field, text) in [("company", &filter.company), ("platoon", &filter.platoon)] {
            if text.as_ref().is_some_and(|text| text.len() > 200 || text.chars().any(char::is_control)) {
                return Err(invalid_field(field, format!("{field} is not valid")));
            }
        }
        let (from, to) = (day("date_from", &filter.date_from)?, day("date_to", &filter.date_to)?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(invalid_field("date_to", "date_to must not be before date_from"));
        }
        Ok(filter)
    }

    /// The same for a report that knows no days: it would be headed by days that it does not keep to.
    pub fn without_days(self, report: &str) -> Result<Self> {
        let days = [
            ("date_from", self.date_from.is_some()),
            ("date_to", self.date_to.is_some()),
            ("training_day_id", self.training_day_id.is_some()),
        ];
        match days.iter().find(|(_, given)| *given) {
            Some((field, _)) => Err(invalid_field(field, format!("{field} does not apply to {report}"))),
            None => Ok(self),
        }
    }

    /// What it says, for the line below a title; `day` names the one training day it asks for.
    pub fn words(&self, day: Option<String>) -> String {
        let mut words: Vec<String> = Vec::new();
        words.extend(day);
        words.extend(self.company.iter().map(|company| format!("Company {company}")));
        words.extend(self.platoon.iter().map(|platoon| format!("Platoon {platoon}")));
        words.extend(self.date_from.iter().map(|day| format!("from {day}")));
        words.extend(self.date_to.iter().map(|day| format!("to {day}")));
        if words.is_empty() { "All companies and platoons".to_owned() } else { words.join(", ") }
    }

    /// Everything it says, as the key of what is kept.
    pub fn key(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

fn day(field: &'static str, text: &Option<String>) -> Result<Option<NaiveDate>> {
    let Some(text) = text else { return Ok(None) };
    // Exactly ten characters, because days are compared as text.
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    day.map(Some).ok_or_else(|| invalid_field(field, format!("{field} must be a day such as 2026-01-31")))
}
