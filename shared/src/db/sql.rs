//! SQL text that can only come from a literal.

/// One SQL statement, written as a literal in the source. Made by [`crate::sql!`] only.
#[derive(Clone, Copy, Debug)]
pub struct Sql(&'static str);

impl Sql {
    #[doc(hidden)]
    pub const fn literal(text: &'static str) -> Self {
        Self(text)
    }

    /// The statement's text.
    pub const fn text(self) -> &'static str {
        self.0
    }
}

/// A statement: `sql!("SELECT name FROM people WHERE id = $1")`, or the statements of a file of ours: `sql!(file "..")`. Text built at run time does not compile.
#[macro_export]
macro_rules! sql {
    ($text:literal) => {
        $crate::db::Sql::literal($text)
    };
    (file $path:literal) => {
        $crate::db::Sql::literal(include_str!($path))
    };
}
