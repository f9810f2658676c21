//! The first page of a system without a web client: what it is and where to go on, or in production one plain sentence.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use shared::{App, system::System};

use crate::outbox;

/// A system that this program serves.
#[derive(Clone, Debug)]
pub struct Neighbor {
    /// Its title.
    pub title: &'static str,
    /// Its address on this machine.
    pub home: String,
}

/// The systems that are served so far, in the order of their start.
#[derive(Clone, Debug, Default)]
pub struct Neighbors(Arc<Mutex<Vec<Neighbor>>>);

impl Neighbors {
    /// Adds a system that answers now.
    pub fn add(&self, neighbor: Neighbor) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(neighbor);
    }

    fn all(&self) -> Vec<Neighbor> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    title: &'static str,
    about: &'static str,
    production: bool,
    outbox: bool,
    accounts: Vec<String>,
    others: Vec<Neighbor>,
}

#[derive(Clone)]
struct Site {
    system: &'static System,
    production: bool,
    outbox: bool,
    accounts: Vec<String>,
    neighbors: Neighbors,
}

/// Answers every path that is not the API's with the page. `accounts` are those of the demo data; only browsers on this machine
/// see them.
pub fn pages(system: &'static System, app: &App, accounts: Vec<String>, neighbors: Neighbors) -> Router {
    let (production, outbox) = (app.config.production, outbox::is_shown(app));
    Router::new().fallback(page).with_state(Site { system, production, outbox, accounts, neighbors })
}

async fn page(State(site): State<Site>, request: Request) -> Response {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let is_local = outbox::is_local(&request);
    let others = site.neighbors.all().into_iter().filter(|other| other.title != site.system.title);
    let welcome = Welcome {
        title: site.system.title,
        about: site.system.about,
        production: site.production,
        outbox: site.outbox,
        accounts: if is_local { site.accounts } else { Vec::new() },
        others: others.collect(),
    };
    match welcome.render() {
        Ok(page) => ([(header::CACHE_CONTROL, "no-cache")], Html(page)).into_response(),
        Err(error) => shared::Error::from(error).into_response(),
    }
}
