//! The dashboards' numbers and the views of people.

mod numbers;
mod people;
