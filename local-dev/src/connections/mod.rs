//! Connections of clients: how many there may be, how long one may take for what, and how they end.
//!
//! Whoever has sent a whole request is served for as long as it takes (event streams, WebSockets). Whoever has not, or sends
//! nothing, makes room for others: first after a time, at once where the limits are reached. When every place is taken by
//! requests at work, the health check still gets through.

use std::{convert::Infallible, io, net::IpAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use shared::http::address::Peer;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::Instant,
};
use tower::ServiceExt;

mod exchange;
mod limits;
mod places;
mod state;
#[cfg(test)]
mod tests;

pub use limits::Limits;
use places::{Place, Places};
use state::State;

/// How often a connection looks at the clock, at most.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The same while the server stops.
const LOOK_EVERY_STOPPING: Duration = Duration::from_millis(100);

/// Before what is wrong with a listening socket is looked at again.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, then until the requests at work are answered, [`Limits::answer_within`] at most.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: watch::Receiver<bool>,
    limits: Limits,
) -> io::Result<()> {
    let places = Places::new(limits);
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = open.join_next() => continue,
            () = crate::serve::stopped(stop.clone()) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(place) = places.take(peer.ip()) else { continue };
                open.spawn(converse(stream, peer.ip(), place, router.clone(), stop.clone(), limits));
            }
            // Descriptors have run out, or a client was gone before it was accepted.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let ended = async { while open.join_next().await.is_some() {} };
    // Who is left after that is cut off: the tasks end with the set.
    drop(tokio::time::timeout(limits.answer_within, ended).await);
    Ok(())
}

/// Speaks with one client until either ends it.
async fn converse(
    stream: TcpStream,
    peer: IpAddr,
    place: Place,
    router: Router,
    stop: watch::Receiver<bool>,
    limits: Limits,
) {
    tune(&stream);
    let (state, is_spare) = (place.state().clone(), place.is_spare());
    let for_requests = state.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        answer(router.clone(), peer, for_requests.clone(), is_spare, request)
    });
    let stream = TokioIo::new(exchange::Watched::new(stream, place));
    let mut connection = pin!(http1::Builder::new().serve_connection(stream, service).with_upgrades());
    let mut stopping = None;
    loop {
        let look_at =
            if stopping.is_some() { LOOK_EVERY_STOPPING } else { LOOK_EVERY.min(limits.header / 2) };
        tokio::select! {
            // A client that has gone, or speaks no HTTP, is nobody's concern.
            _ = connection.as_mut() => return,
            () = state.told_to_go() => return,
            () = tokio::time::sleep(look_at) => {}
            () = crate::serve::stopped(stop.clone()), if stopping.is_none() => {
                stopping = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
            }
        }
        let is_over = match stopping {
            None => state.is_overdue(limits, is_spare),
            Some(since) => !state.may_finish(since, limits),
        };
        if is_over {
            return;
        }
    }
}

/// Answers one request.
async fn answer(
    router: Router,
    peer: IpAddr,
    state: Arc<State>,
    is_spare: bool,
    request: hyper::Request<Incoming>,
) -> Result<Response, Infallible> {
    state.begin(hyper::body::Body::is_end_stream(request.body()));
    let mut request: Request = request.map(|body| Body::new(exchange::Received::new(body, state.clone())));
    let mut response = match exchange::refusal(&request, is_spare) {
        Some(refusal) => refusal,
        None => {
            request.extensions_mut().insert(Peer(peer));
            router.oneshot(request).await.unwrap_or_else(|never| match never {})
        }
    };
    exchange::say_whether_it_stays(&mut response, &state, is_spare);
    Ok(response.map(|body| Body::new(exchange::Sent::new(body, state))))
}

/// A client that takes nothing for this long is cut off: an event stream that nobody reads would stay for ever.
#[cfg(target_os = "linux")]
const STUCK: Duration = Duration::from_secs(60);

fn tune(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(problem) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(STUCK)) {
        tracing::debug!(%problem, "stuck clients are not cut off");
    }
    // Events are small and must leave at once.
    if let Err(problem) = stream.set_nodelay(true) {
        tracing::debug!(%problem, "events may be delayed");
    }
}
