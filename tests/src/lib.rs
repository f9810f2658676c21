//! What the tests stand on: a database per test, the system called in process, people to act as.
//!
//! ```ignore
//! let app = TestApp::rotc().await;
//! let cadet = app.add(a_cadet().ranked("MS1")).await;
//! let answer = app.as_staff().get(&format!("/api/cadets/{}", cadet.id)).await;
//! answer.is(200).has(json!({ "id": cadet.id, "rank": "MS1" }));
//! ```

use muster::systems::{Registered, SYSTEMS as OURS};

mod amazon;
mod answer;
mod app;
mod build;
mod client;
mod cloudinary;
pub mod cluster;
pub mod coverage;
pub mod description;
pub mod examples;
pub mod exercised;
mod functions;
mod gateway;
pub mod library;
mod mariadb;
pub mod matrix;
pub mod node;
mod pgbouncer;
pub mod programs;
mod push;
pub mod python;
mod redis;
pub mod replay;
pub mod schema;
mod server;
mod sign_in;
mod smtp;
mod socket;
pub mod sources;
mod sql;
mod stream;
mod versions;

/// Every system, and the one that is there for tests only.
pub static SYSTEMS: &[Registered] = &[OURS[0], OURS[1], (&library::SYSTEM, 5009)];

pub use amazon::Amazon;
pub use answer::Answer;
pub use app::{TestApp, own_settings};
pub use build::{
    Add, Cadet, NewCadet, NewStaff, NewTrainingDay, StaffMember, TrainingDay, UserAccount, a_cadet,
    a_staff_member, a_training_day, an_admin,
};
pub use client::{Client, Part, field};
pub use cloudinary::CloudinaryServer;
pub use functions::sqs_batch;
pub use gateway::{Gateway, socket_event};
pub use mariadb::MariadbServer;
pub use pgbouncer::Pooler;
pub use push::{Browser, PushServer, Pushed};
pub use redis::RedisServer;
pub use server::Server;
pub use smtp::MailServer;
pub use socket::{Listening, Socket};
pub use stream::{EventStream, Frame};
pub use versions::PostgresServer;
