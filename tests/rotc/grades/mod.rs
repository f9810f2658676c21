//! Grades and the ledger.

mod admin_grades;
mod ledger;
mod my_grades;
mod resource;
