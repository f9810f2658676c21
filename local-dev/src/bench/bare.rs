//! The measure of things: hyper and tokio-postgres, one prepared query, its rows as JSON, nothing else; and for answers
//! that are kept, as many bytes from memory.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use chrono::{NaiveDate, NaiveDateTime};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::{Serialize, Serializer, ser::SerializeMap};
use shared::{config::Config, db::Sql};
use tokio::net::TcpListener;
use tokio_postgres::{
    Client, Row, Statement,
    types::{FromSql, ToSql, Type},
};

use crate::BoxError;

/// As many connections as the server's pool has.
const CONNECTIONS: usize = 20;

const WORD: &str = "Family";

type Params = Vec<Box<dyn ToSql + Sync + Send>>;

/// The path of an answer of so many bytes from memory.
pub fn fixed(bytes: usize) -> String {
    format!("{FIXED}{bytes}")
}

const FIXED: &str = "/fixed/";

/// The endpoints that have a bare twin: path, query, parameters.
fn twins() -> [(&'static str, Sql, Params); 3] {
    let none = || Box::new(None::<String>) as Box<dyn ToSql + Sync + Send>;
    // A word that every name of the bench has: what is searched for is not kept.
    let word = || Box::new(Some(WORD.to_owned())) as Box<dyn ToSql + Sync + Send>;
    let list = |limit: i64| -> Params {
        let mut params: Params = vec![Box::new(false), Box::new(None::<i32>)];
        params.extend((0..5).map(|_| none()));
        params.extend([word(), Box::new(limit) as Box<dyn ToSql + Sync + Send>, Box::new(0_i64)]);
        params
    };
    let client_list = |limit: Option<i64>| -> Params {
        let mut params: Params = vec![Box::new(false), Box::new(false), Box::new(false)];
        params.extend((0..2).map(|_| none()));
        params.extend([
            word(),
            Box::new(limit) as Box<dyn ToSql + Sync + Send>,
            Box::new(limit.map(|_| 0_i64)),
        ]);
        params
    };
    [
        ("/api/cadets?limit=100&search=Family", rotc::cadets::LIST, list(100)),
        ("/api/admin/cadets?search=Family", rotc::cadets::CLIENT_LIST, client_list(None)),
        (
            "/api/admin/cadets?page=1&limit=100&search=Family",
            rotc::cadets::CLIENT_LIST,
            client_list(Some(100)),
        ),
    ]
}

struct Twin {
    path: &'static str,
    params: Params,
    /// The statement on each connection.
    prepared: Vec<(Arc<Client>, Statement)>,
    next: AtomicUsize,
}

/// Serves the twins until it is killed.
pub async fn serve(port: u16) -> Result<(), BoxError> {
    let config = Config::for_system(&rotc::SYSTEM)?;
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(Arc::new(shared::db::connect(&config.database).await?));
    }
    let mut prepared = Vec::new();
    for (path, sql, params) in twins() {
        let mut statements = Vec::new();
        for client in &clients {
            statements.push((client.clone(), client.prepare(sql.text()).await?));
        }
        prepared.push(Twin { path, params, prepared: statements, next: AtomicUsize::new(0) });
    }
    let twins: Arc<[Twin]> = prepared.into();
    let fixed = Fixed::default();
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let twins = twins.clone();
        let fixed = fixed.clone();
        let service = service_fn(move |request| answer(twins.clone(), fixed.clone(), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// The last answer from memory, which is asked for many times.
type Fixed = Arc<Mutex<Bytes>>;

fn from_memory(fixed: &Fixed, path: &str) -> Option<Bytes> {
    let bytes: usize = path.strip_prefix(FIXED)?.parse().ok()?;
    let mut kept = fixed.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() != bytes {
        *kept = vec![b' '; bytes].into();
    }
    Some(kept.clone())
}

async fn answer(
    twins: Arc<[Twin]>,
    fixed: Fixed,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path_and_query().map_or("/", |both| both.as_str());
    let body = match twins.iter().find(|twin| twin.path == path) {
        Some(twin) => rows(twin).await.ok().map(Bytes::from),
        None => from_memory(&fixed, path),
    };
    let status = if body.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut response = Response::new(Full::from(body.unwrap_or_default()));
    *response.status_mut() = status;
    Ok(response)
}

async fn rows(twin: &Twin) -> Result<Vec<u8>, BoxError> {
    let at = twin.next.fetch_add(1, Ordering::Relaxed) % twin.prepared.len();
    let (client, statement) = &twin.prepared[at];
    let params: Vec<&(dyn ToSql + Sync)> = twin.params.iter().map(|param| &**param as _).collect();
    let rows = client.query(statement, &params).await?;
    let rows: Vec<Columns<'_>> = rows.iter().map(Columns).collect();
    Ok(serde_json::to_vec(&rows)?)
}

/// A row that writes itself, column by column, without anything in between.
struct Columns<'a>(&'a Row);

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.0.columns();
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for (at, column) in columns.iter().enumerate() {
            let name = column.name();
            match *column.type_() {
                Type::BOOL => map.serialize_entry(name, &self.read::<bool, S::Error>(at)?)?,
                Type::INT4 => map.serialize_entry(name, &self.read::<i32, S::Error>(at)?)?,
                Type::INT8 => map.serialize_entry(name, &self.read::<i64, S::Error>(at)?)?,
                Type::FLOAT8 => map.serialize_entry(name, &self.read::<f64, S::Error>(at)?)?,
                Type::DATE => map.serialize_entry(name, &self.read::<NaiveDate, S::Error>(at)?)?,
                Type::TIMESTAMP => map.serialize_entry(name, &self.read::<NaiveDateTime, S::Error>(at)?)?,
                _ => map.serialize_entry(name, &self.read::<&str, S::Error>(at)?)?,
            }
        }
        map.end()
    }
}

impl<'a> Columns<'a> {
    fn read<T: FromSql<'a>, E: serde::ser::Error>(&self, at: usize) -> Result<Option<T>, E> {
        self.0.try_get(at).map_err(E::custom)
    }
}
