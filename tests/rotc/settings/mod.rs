//! Preferences of people, settings of the installation, and maintenance.

mod maintenance;
mod own;
mod system;
