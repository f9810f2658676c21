//! Accounts: who is let in, who is taken out, and what is deleted for good.

mod accounts;
mod purge;
