//! A mail server that keeps what it receives.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Speaks enough SMTP (RFC 5321) to take mails, or to refuse every recipient.
pub struct MailServer {
    address: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// A server that takes every mail.
    pub async fn taking() -> Self {
        Self::start("250 fine").await
    }

    /// A server that refuses every recipient, for now.
    pub async fn refusing() -> Self {
        Self::start("450 try again later").await
    }

    /// A server that has no mailbox for anybody.
    pub async fn without_mailboxes() -> Self {
        Self::start("550 no such mailbox").await
    }

    /// A server that answers every recipient like this.
    pub async fn answering(to_recipient: &'static str) -> Self {
        Self::start(to_recipient).await
    }

    async fn start(to_recipient: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::<Mutex<Vec<String>>>::default();
        let kept = received.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, to_recipient, kept.clone()));
            }
        });
        Self { address, received }
    }

    /// For `SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The mails received, with their headers.
    pub fn received(&self) -> Vec<String> {
        self.received.lock().expect("nobody panicked").clone()
    }
}

async fn converse(
    stream: TcpStream,
    to_recipient: &'static str,
    received: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.example.test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "RCPT" => to_recipient,
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                received.lock().expect("nobody panicked").push(mail);
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
