//! A Redis server of one test, that can be stopped, frozen and started again.

use std::{net::TcpListener, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::programs;

/// A `redis-server` on a port of its own, which keeps nothing on the disk. It ends with this value.
pub struct RedisServer {
    port: u16,
    child: Child,
}

impl RedisServer {
    /// Starts one, and returns when it takes connections.
    pub async fn start() -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let port = port.expect("a free port").port();
        Self { port, child: spawn(port).await }
    }

    /// For `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Ends it at once, as a crash does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("redis-server ends");
    }

    /// Starts it again, empty.
    pub async fn start_again(&mut self) {
        self.child = spawn(self.port).await;
    }

    /// It takes connections and answers nothing.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    /// It answers again, and has forgotten nothing.
    pub async fn thaw(&self) {
        self.signal("-CONT").await;
    }

    /// The longest time that a cached response has left.
    pub async fn longest_life_seconds(&self) -> i64 {
        let script = "local most = -1
            for _, key in ipairs(redis.call('KEYS', '*@*')) do most = math.max(most, redis.call('TTL', key)) end
            return most";
        self.command(&["EVAL", script, "0"]).await.parse().expect("a number")
    }

    /// Nothing that would end lives longer than so many seconds.
    pub async fn shorten_lives_to_seconds(&self, seconds: u32) {
        let script = "for _, key in ipairs(redis.call('KEYS', '*')) do
            if redis.call('TTL', key) > 0 then redis.call('EXPIRE', key, ARGV[1]) end end";
        self.command(&["EVAL", script, "0", &seconds.to_string()]).await;
    }

    /// Forgets everything that would end sometime.
    pub async fn forget_answers(&self) {
        let script = "for _, key in ipairs(redis.call('KEYS', '*')) do
            if redis.call('TTL', key) > 0 then redis.call('DEL', key) end end";
        self.command(&["EVAL", script, "0"]).await;
    }

    /// Forgets the keys with this name, of all installations.
    pub async fn forget(&self, name: &str) {
        let script =
            "for _, key in ipairs(redis.call('KEYS', '*:' .. ARGV[1])) do redis.call('DEL', key) end";
        self.command(&["EVAL", script, "0", name]).await;
    }

    async fn command(&self, words: &[&str]) -> String {
        let answer =
            Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(words).output().await;
        let answer = answer.expect("redis-cli starts");
        String::from_utf8_lossy(&answer.stdout).trim().to_owned()
    }

    async fn signal(&self, signal: &str) {
        let id = self.child.id().expect("redis-server runs").to_string();
        let status = Command::new("kill").args([signal, &id]).status().await;
        assert!(status.is_ok_and(|status| status.success()), "the signal arrives");
    }
}

async fn spawn(port: u16) -> Child {
    programs::installed().await;
    let port = port.to_string();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let mut child = child.expect("redis-server starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    while let Some(line) = lines.next_line().await.expect("its output is text") {
        if line.contains("Ready to accept connections") {
            // Whatever it says later must find a reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return child;
        }
    }
    panic!("redis-server ended before it took connections");
}
