//! What every system stands on, tested without the rules of any.

mod http;
