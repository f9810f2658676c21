//! Grades, merits and demerits.

pub mod formula;
