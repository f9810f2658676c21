//! Decisions of offices: who may, on what, and what they send along.

mod bulk;
mod evidence;
mod guards;
mod lists;
