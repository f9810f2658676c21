//! The adapter: events of the gateway through a deployed program, and through every group's routes.

mod as_installed;
mod events;
mod groups;
mod killed;
mod messages;
mod program;
mod signed_in;
mod sockets;
mod watch;
mod without_database;
