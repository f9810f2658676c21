//! Variables of one system only: it describes and reads them, the platform keeps what came of them.

use std::{any::Any, fmt, str::FromStr, sync::Arc};

use url::Url;

use super::{Part, Variables};
use crate::{Result, error::internal, http::Money};

/// The variables of a system.
#[derive(Debug)]
pub struct OwnSettings {
    /// What is said of them in `docs/configuration.md`.
    pub part: Part,
    /// Reads them once, at start; problems are told with those of the platform.
    pub read: fn(&mut OwnVariables<'_, '_>) -> Own,
}

/// What a system has read of its variables.
#[derive(Clone, Default)]
pub struct Own(Option<Arc<dyn Any + Send + Sync>>);

/// The variables of the environment, for the reader of a system.
pub struct OwnVariables<'a, 'b> {
    pub(super) variables: &'a mut Variables<'b>,
    pub(super) part: &'static Part,
    pub(super) origins: Vec<String>,
}

impl Own {
    /// Keeps the settings of a system.
    pub fn new(settings: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(settings)))
    }

    /// The settings, of the type that the system has read.
    pub fn get<T: Any>(&self) -> Result<&T> {
        let found = self.0.as_ref().and_then(|settings| settings.downcast_ref());
        found.ok_or_else(|| internal("the system has read no settings of this type"))
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // They may hold keys.
        formatter.write_str("Own")
    }
}

impl OwnVariables<'_, '_> {
    /// The text of a variable, if it is set.
    pub fn text(&self, name: &str) -> Option<String> {
        debug_assert!(
            self.part.variables.iter().any(|variable| variable.name == name),
            "describe {name} in the settings of the system"
        );
        self.variables.value(&[name])
    }

    /// Whether this is a production environment.
    pub fn production(&self) -> bool {
        self.variables.production()
    }

    /// A value that can be read from text, such as a number; `what` completes "NAME must be ..".
    pub fn parsed<T: FromStr>(&mut self, name: &str, what: &str, default: T) -> T {
        match self.text(name).map(|text| text.parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                self.problem(format!("{name} must be {what}"));
                default
            }
        }
    }

    /// One of these words; the first is the default.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let Some(text) = self.text(name) else { return choices.first().map(|(_, value)| *value) };
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.problem(format!("{name} must be one of: {}", words.join(", ")));
        }
        found
    }

    /// An amount of money, not negative, with at most two decimals.
    pub fn money(&mut self, name: &str, default: &str) -> Money {
        let text = self.text(name).unwrap_or_else(|| default.to_owned());
        let amount = Money::parse(&text).filter(|amount| *amount >= Money::ZERO && amount.places() <= 2);
        amount.unwrap_or_else(|| {
            self.problem(format!("{name} must be an amount such as {default}"));
            Money::ZERO
        })
    }

    /// A comma list.
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Lets the pages of this address call the API.
    pub fn allow_origin(&mut self, address: &Url) {
        self.origins.push(address.origin().ascii_serialization());
    }

    /// Something that is wrong: the system does not start.
    pub fn problem(&mut self, text: String) {
        self.variables.problems.push(text);
    }
}

impl Variables<'_> {
    pub(super) fn imitations(&mut self) -> bool {
        match self.text("IMITATIONS").as_deref() {
            None => !self.production(),
            Some("on") => true,
            Some("off") => false,
            Some(_) => {
                self.problems.push("IMITATIONS must be on or off".to_owned());
                false
            }
        }
    }
}
