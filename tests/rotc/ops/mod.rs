//! Running the server: numbers, alerts, the audit log, backups, the clean-up.

mod alerts;
mod audit_logs;
mod backup;
mod clean_up;
mod installation;
mod metrics;
mod prometheus;
mod read_only;
mod reports;
mod status;
