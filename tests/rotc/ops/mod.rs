//! Running the server: numbers, alerts, the audit log, backups, the clean-up.

mod alerts;
mod audit_logs;
mod backup;
mod clean_up;
mod installation;
mod metrics;
mod prometheus;
mod reports;
mod status;
