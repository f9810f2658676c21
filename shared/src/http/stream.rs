//! Answers that are written while they are sent, so that memory does not grow with them.

use std::{future::Future, io, task::Poll};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture, stream};
use tokio::sync::mpsc;

use crate::{Result, error};

/// Pieces that may wait for the client.
const WAITING: usize = 2;

/// Where the pieces of an answer go.
#[derive(Clone, Debug)]
pub struct Pieces(mpsc::Sender<Bytes>);

impl Pieces {
    /// Sends a piece; waits while the client is slow, and fails when it has gone.
    pub async fn send(&self, piece: impl Into<Bytes>) -> Result<()> {
        self.0.send(piece.into()).await.map_err(|_| error::unavailable("The client"))
    }
}

/// What a writer writes, piece by piece. It runs only while somebody asks for the next piece.
pub struct Written {
    writer: Option<BoxFuture<'static, Result<()>>>,
    pieces: mpsc::Receiver<Bytes>,
}

/// Starts a writer.
pub fn written<F>(write: impl FnOnce(Pieces) -> F) -> Written
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (sender, pieces) = mpsc::channel(WAITING);
    Written { writer: Some(write(Pieces(sender)).boxed()), pieces }
}

impl Written {
    /// The next piece; none when the writer has finished.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        std::future::poll_fn(|context| {
            if let Some(writer) = &mut self.writer
                && let Poll::Ready(outcome) = writer.as_mut().poll(context)
            {
                self.writer = None;
                outcome?;
            }
            self.pieces.poll_recv(context).map(Ok)
        })
        .await
    }

    /// As the body of an answer. When the writer fails the connection is cut: the client never takes a part for the whole.
    pub fn into_body(self) -> Body {
        Body::from_stream(stream::try_unfold(self, |mut written| async move {
            match written.next().await {
                Ok(piece) => Ok(piece.map(|piece| (piece, written))),
                Err(cause) => {
                    tracing::error!(%cause, "an answer was cut");
                    Err(io::Error::other("the answer was cut"))
                }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_piece_arrives_in_order_and_a_failure_ends_the_answer() {
        let mut good = written(|pieces| async move {
            for piece in ["a", "b", "c", "d", "e"] {
                pieces.send(piece).await?;
            }
            Ok(())
        });
        let mut all = Vec::new();
        while let Some(piece) = good.next().await.expect("no failure") {
            all.extend_from_slice(&piece);
        }
        assert_eq!(all, b"abcde");

        let mut bad = written(|pieces| async move {
            pieces.send("a").await?;
            Err(error::unavailable("The database"))
        });
        let mut outcome = bad.next().await;
        while let Ok(Some(_)) = outcome {
            outcome = bad.next().await;
        }
        assert!(outcome.is_err());
    }
}
