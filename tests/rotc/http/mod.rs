//! The layers around every route.

mod health;
