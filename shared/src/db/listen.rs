//! Notifications of the database.

use std::future::poll_fn;

use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client};

use super::{ConnectError, tls};
use crate::{Result, config::DatabaseConfig, error::unavailable_because, sql};

/// A connection that listens on one channel.
pub struct Notices {
    client: Client,
    bells: mpsc::Receiver<()>,
}

impl Notices {
    /// Waits for a notification; several at once count as one. False when the connection has ended.
    pub async fn next(&mut self) -> bool {
        self.bells.recv().await.is_some()
    }

    /// Sends a notification to everybody who listens.
    pub async fn ring(&self, channel: &str) -> Result<()> {
        self.client.execute(sql!("SELECT pg_notify($1, '')").text(), &[&channel]).await?;
        Ok(())
    }
}

/// Listens on a channel, with a connection of its own that ends with the answer.
pub async fn listen(config: &DatabaseConfig, channel: &'static str) -> Result<Notices> {
    if config.is_only_pooled() {
        return Err(unavailable_because(
            "A transaction pooler lets no notifications through: set DATABASE_DIRECT_URL to an address without it",
        ));
    }
    let (options, connector) = tls::connect_options(config, config.direct_address()?)?;
    let (client, mut connection) = options.connect(connector).await.map_err(ConnectError::from)?;
    let (bell, bells) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                // A full channel rings already.
                Ok(AsyncMessage::Notification(_)) => drop(bell.try_send(())),
                Ok(_) => {}
                Err(cause) => {
                    tracing::warn!(%cause, "the connection for notifications ended");
                    return;
                }
            }
        }
    });
    client.batch_execute(&format!("LISTEN {channel}")).await?;
    Ok(Notices { client, bells })
}
