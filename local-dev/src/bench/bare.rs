//! The measure of things: hyper and tokio-postgres, one prepared query, its rows as JSON, nothing else.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use chrono::{NaiveDate, NaiveDateTime};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use shared::{config::Config, db::Sql};
use tokio::net::TcpListener;
use tokio_postgres::{
    Client, Row, Statement,
    types::{ToSql, Type},
};

use crate::BoxError;

/// As many connections as the server's pool has.
const CONNECTIONS: usize = 20;

type Params = Vec<Box<dyn ToSql + Sync + Send>>;

/// The endpoints that have a bare twin: path, query, parameters.
fn twins() -> [(&'static str, Sql, Params); 3] {
    let none = || Box::new(None::<String>) as Box<dyn ToSql + Sync + Send>;
    let list = |limit: i64| -> Params {
        let mut params: Params = vec![Box::new(false), Box::new(None::<i32>)];
        params.extend((0..6).map(|_| none()));
        params.extend([Box::new(limit) as Box<dyn ToSql + Sync + Send>, Box::new(0_i64)]);
        params
    };
    let client_list = |limit: Option<i64>| -> Params {
        let mut params: Params = vec![Box::new(false), Box::new(false), Box::new(false)];
        params.extend((0..3).map(|_| none()));
        params.extend([Box::new(limit) as Box<dyn ToSql + Sync + Send>, Box::new(limit.map(|_| 0_i64))]);
        params
    };
    [
        ("/api/cadets?limit=100", rotc::cadets::LIST, list(100)),
        ("/api/admin/cadets", rotc::cadets::CLIENT_LIST, client_list(None)),
        ("/api/admin/cadets?page=1&limit=100", rotc::cadets::CLIENT_LIST, client_list(Some(100))),
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
    let config = Config::from_env()?;
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
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let twins = twins.clone();
        let service = service_fn(move |request| answer(twins.clone(), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(twins: Arc<[Twin]>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path_and_query().map_or("/", |both| both.as_str());
    let body = match twins.iter().find(|twin| twin.path == path) {
        Some(twin) => rows(twin).await.ok(),
        None => None,
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
    let rows: Vec<Map<String, Value>> = rows.iter().map(object).collect::<Result<_, _>>()?;
    Ok(serde_json::to_vec(&rows)?)
}

fn object(row: &Row) -> Result<Map<String, Value>, BoxError> {
    let mut object = Map::new();
    for (at, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::BOOL => serde_json::to_value(row.try_get::<_, Option<bool>>(at)?)?,
            Type::INT4 => serde_json::to_value(row.try_get::<_, Option<i32>>(at)?)?,
            Type::INT8 => serde_json::to_value(row.try_get::<_, Option<i64>>(at)?)?,
            Type::FLOAT8 => serde_json::to_value(row.try_get::<_, Option<f64>>(at)?)?,
            Type::DATE => serde_json::to_value(row.try_get::<_, Option<NaiveDate>>(at)?)?,
            Type::TIMESTAMP => serde_json::to_value(row.try_get::<_, Option<NaiveDateTime>>(at)?)?,
            _ => serde_json::to_value(row.try_get::<_, Option<String>>(at)?)?,
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(object)
}
