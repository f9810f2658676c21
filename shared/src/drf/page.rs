//! Page-number pagination: `{"count", "next", "previous", "results"}` with absolute links.

use axum::extract::FromRequestParts;
use http::{Uri, header, request::Parts};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::{called, last};
use crate::{App, Error, Result, error::not_found};

/// Which page of a list a request asks for. `SIZE` rows by default; with `MOST` > 0, `page_size` chooses up to as many.
#[derive(Clone, Debug)]
pub struct PageNumber<const SIZE: i64, const MOST: i64 = 0> {
    page: Asked,
    size: i64,
    links: PaginationLinks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Number(i64),
    Last,
    /// Text, zero, a negative number.
    Invalid,
}

/// The rows of a page, for `LIMIT` and `OFFSET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From 1.
    pub page: i64,
    /// Rows in a page.
    pub limit: i64,
    /// Rows before it.
    pub offset: i64,
    /// Rows in all pages.
    pub count: i64,
}

/// The address of a list as it was called, for the links to its other pages.
#[derive(Clone, Debug)]
pub struct PaginationLinks {
    /// `https://school.example`
    base: String,
    path: String,
    /// The other parameters, sorted by name as Django REST Framework does.
    query: Vec<(String, String)>,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Paginated<T> {
    /// Rows in all pages.
    pub count: i64,
    /// Absolute address of the next page; null on the last.
    pub next: Option<String>,
    /// Absolute address of the page before; null on the first.
    pub previous: Option<String>,
    /// The rows.
    pub results: Vec<T>,
}

impl<const SIZE: i64, const MOST: i64> PageNumber<SIZE, MOST> {
    /// The rows to read of a list of `count`; 404 `Invalid page.` when there is no such page. An empty list has one.
    pub fn window(&self, count: i64) -> Result<Window> {
        let pages = ((count + self.size - 1) / self.size).max(1);
        let page = match self.page {
            Asked::Last => pages,
            Asked::Number(number) if (1..=pages).contains(&number) => number,
            _ => return Err(not_found("Invalid page.")),
        };
        Ok(Window { page, limit: self.size, offset: (page - 1) * self.size, count })
    }

    /// The page with these rows.
    pub fn paginated<T>(&self, window: Window, results: Vec<T>) -> Paginated<T> {
        let has_next = window.offset + window.limit < window.count;
        Paginated {
            count: window.count,
            next: has_next.then(|| self.links.to(window.page + 1)),
            previous: (window.page > 1).then(|| self.links.to(window.page - 1)),
            results,
        }
    }
}

impl PaginationLinks {
    fn new(base: String, called: &Uri) -> Self {
        let query = url::form_urlencoded::parse(called.query().unwrap_or_default().as_bytes());
        let mut query: Vec<(String, String)> =
            query.into_owned().filter(|(name, _)| name != "page").collect();
        query.sort();
        Self { base, path: called.path().to_owned(), query }
    }

    /// The first page is written without the parameter.
    fn to(&self, page: i64) -> String {
        let mut query = self.query.clone();
        if page > 1 {
            query.push(("page".to_owned(), page.to_string()));
            query.sort();
        }
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let separator = if text.is_empty() { "" } else { "?" };
        format!("{}{}{separator}{text}", self.base, self.path)
    }
}

impl<const SIZE: i64, const MOST: i64> FromRequestParts<App> for PageNumber<SIZE, MOST> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self::of(called(parts), base(app, parts)))
    }
}

impl<const SIZE: i64, const MOST: i64> PageNumber<SIZE, MOST> {
    fn of(called: &Uri, base: String) -> Self {
        let page = match last(called, "page").as_deref() {
            None => Asked::Number(1),
            Some("last") => Asked::Last,
            Some(text) => text.trim().parse().map_or(Asked::Invalid, Asked::Number),
        };
        let size = last(called, "page_size").and_then(|text| text.trim().parse().ok());
        let size = size.filter(|size| (1..=MOST).contains(size)).unwrap_or(SIZE);
        Self { page, size, links: PaginationLinks::new(base, called) }
    }
}

/// Where the system is reached, without a slash at the end: `https://school.example`. For links to it.
#[derive(Clone, Debug)]
pub struct BaseAddress(pub String);

impl FromRequestParts<App> for BaseAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self(base(app, parts)))
    }
}

/// The configured address of the system, else the host that was called.
fn base(app: &App, parts: &Parts) -> String {
    if let Some(url) = &app.config.public_url {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> PageNumber<20, 100> {
        let called = format!("/api/items/{query}").parse().expect("an address");
        PageNumber::of(&called, "https://school.example".to_owned())
    }

    fn links(query: &str, count: i64) -> (Option<String>, Option<String>) {
        let page = asked(query);
        let shown = page.paginated(page.window(count).expect("a page"), vec![0]);
        (shown.previous, shown.next)
    }

    #[test]
    fn links_are_absolute_keep_other_parameters_and_omit_page_one() {
        let at = |query: &str| Some(format!("https://school.example/api/items/{query}"));
        assert_eq!(links("", 21), (None, at("?page=2")));
        assert_eq!(
            links("?page=2&search=a%20b&ordering=-id", 41),
            (at("?ordering=-id&search=a+b"), at("?ordering=-id&page=3&search=a+b"))
        );
        assert_eq!(links("?page=last", 21), (at(""), None));
        assert_eq!(links("", 20), (None, None));
    }

    #[test]
    fn pages_that_do_not_exist_are_not_found() {
        for query in ["?page=0", "?page=-1", "?page=3", "?page=x", "?page="] {
            let error = asked(query).window(21).expect_err(query);
            assert_eq!((error.kind().status().as_u16(), error.message()), (404, "Invalid page."), "{query}");
        }
        assert_eq!(
            asked("").window(0).map(|window| window.offset).ok(),
            Some(0),
            "an empty list has one page"
        );
    }

    #[test]
    fn page_size_counts_only_where_it_is_allowed() {
        let size = |query: &str| asked(query).window(500).expect("a page").limit;
        assert_eq!(
            [size("?page_size=7"), size("?page_size=100"), size("?page_size=101"), size("?page_size=x")],
            [7, 100, 20, 20]
        );
        let fixed =
            PageNumber::<25>::of(&"/api/items/?page_size=7".parse().expect("an address"), String::new());
        assert_eq!(fixed.window(500).expect("a page").limit, 25);
    }
}
