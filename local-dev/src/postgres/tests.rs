use super::*;

/// A data directory that is removed again.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("muster-launcher-{name}-{}", std::process::id())))
    }

    async fn start(&self) -> Cluster {
        let options = Options { data_dir: self.0.clone(), port: None, purpose: Purpose::Tests };
        Cluster::start(options, &|_| ()).await.unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn count(cluster: &Cluster) -> i64 {
    let client = connect(&cluster.url("school")).await.unwrap();
    client.query_one("SELECT count(*) FROM marks", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn data_survives_a_stop_a_kill_and_a_stale_pid_file() {
    let scratch = Scratch::new("survives");
    let cluster = scratch.start().await;
    cluster.create_database("school").await.unwrap();
    cluster.create_database("school").await.unwrap();
    let client = connect(&cluster.url("school")).await.unwrap();
    client.batch_execute("CREATE TABLE marks (mark int); INSERT INTO marks VALUES (1), (2)").await.unwrap();
    drop(client);
    cluster.stop().await.unwrap();
    assert!(Postmaster::read(&scratch.0.join("cluster")).is_none());

    let mut cluster = scratch.start().await;
    assert_eq!(count(&cluster).await, 2);
    let postmaster = Postmaster::read(&scratch.0.join("cluster")).unwrap();
    postmaster.signal("KILL").unwrap();
    cluster.children[0].wait().unwrap();
    drop(cluster);

    // The file of the killed server is still there; now it names a live process that is no server.
    let pid_file = scratch.0.join("cluster/postmaster.pid");
    let stale = std::fs::read_to_string(&pid_file).unwrap();
    std::fs::write(&pid_file, stale.replace(&postmaster.pid.to_string(), &std::process::id().to_string()))
        .unwrap();
    let cluster = scratch.start().await;
    assert_eq!(count(&cluster).await, 2);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn two_starts_share_one_server_and_the_last_user_stops_it() {
    let scratch = Scratch::new("shared");
    let (first, second) = tokio::join!(scratch.start(), scratch.start());
    assert_eq!(first.children.len() + second.children.len(), 2, "one of them started server and watchdog");
    let pid = Postmaster::read(&scratch.0.join("cluster")).unwrap().pid;
    first.stop().await.unwrap();
    assert_eq!(Postmaster::read(&scratch.0.join("cluster")).map(|postmaster| postmaster.pid), Some(pid));
    connect(&second.url("postgres")).await.unwrap();
    second.stop().await.unwrap();
    assert!(Postmaster::read(&scratch.0.join("cluster")).is_none());
}

#[test]
fn a_url_escapes_the_socket_directory() {
    assert_eq!(percent_encode("/tmp/a b"), "%2Ftmp%2Fa%20b");
}
