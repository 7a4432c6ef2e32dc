//! The life of the server inside, with small real processes in its place.
#![cfg(unix)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quaywatch_desktop::settings::save;
use quaywatch_desktop::sidecar::{Board, FIRST_PAUSE, Launch, State, Status, keep, pause};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const READY: &str = r#"echo '{"event":"ready","url":"http://127.0.0.1:4711/#token=x","listen":"127.0.0.1:4711","pid":1}'"#;

/// A sidecar, its statuses in order, and its owner.
struct Scene {
    wanted: watch::Sender<Option<Launch>>,
    board: Arc<Board>,
    told: UnboundedReceiver<Status>,
    owner: JoinHandle<()>,
}

fn shell(script: &str) -> Launch {
    Launch {
        program: PathBuf::from("/bin/sh"),
        args: vec!["-c".into(), script.into()],
        target: json!({ "kind": "context", "name": "far" }),
        data: PathBuf::from("/data"),
        ..Launch::default()
    }
}

fn start(launch: Launch) -> Scene {
    let (tell, told) = unbounded_channel();
    let board = Arc::new(Board::new(move |status| {
        let _ = tell.send(status);
    }));
    let (wanted, receiver) = watch::channel(Some(launch));
    let owner = keep(receiver, Duration::from_millis(2), board.clone());
    Scene {
        wanted,
        board,
        told,
        owner: tokio::spawn(owner),
    }
}

impl Scene {
    /// Waits for a status that is as wanted.
    async fn until(&mut self, what: &str, wanted: impl Fn(&Status) -> bool) -> Status {
        let wait = async {
            loop {
                let status = self.told.recv().await.expect("the owner has ended");
                if wanted(&status) {
                    return status;
                }
            }
        };
        timeout(Duration::from_secs(30), wait)
            .await
            .unwrap_or_else(|_| panic!("no {what}"))
    }

    /// A line on standard error.
    async fn line(&self, number: usize) -> String {
        loop {
            if let Some(line) = self.board.get().lines.get(number) {
                return line.clone();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn stopped(self) {
        self.wanted.send_replace(None);
        timeout(Duration::from_secs(30), self.owner)
            .await
            .expect("the owner ends")
            .expect("without a panic");
    }
}

fn alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn the_pause_doubles_gives_up_and_forgets() {
    let mut restarts = Vec::new();
    let start = Instant::now();
    let pauses: Vec<_> = (0..6)
        .map(|_| pause(&mut restarts, FIRST_PAUSE, start).map(|p| p.as_millis()))
        .collect();
    let doubled = [250, 500, 1000, 2000, 4000].map(Some);
    assert_eq!(pauses[..5], doubled);
    assert_eq!(pauses[5], None);
    let later = start + Duration::from_secs(59);
    assert_eq!(pause(&mut restarts, FIRST_PAUSE, later), None);
    let after = start + Duration::from_mins(1);
    assert_eq!(pause(&mut restarts, FIRST_PAUSE, after), Some(FIRST_PAUSE));
    assert_eq!(restarts.len(), 1);
}

#[tokio::test]
async fn what_is_wanted_then_ready_then_the_end_of_its_input() {
    let script = format!(
        r#"read -r start; {READY}; echo '{{"event":"engine","state":"connected"}}'
           echo "$start" >&2; echo "$$" >&2; cat >/dev/null; echo bye >&2"#
    );
    let mut scene = start(shell(&script));
    let ready = scene.until("ready", |s| s.state == State::Ready).await;
    assert_eq!(ready.url.as_deref(), Some("http://127.0.0.1:4711"));
    assert_eq!((ready.restarts, &ready.reason), (0, &None));
    let token = ready.token.expect("a token");
    assert_eq!(token.len(), 64);
    let target = json!({ "kind": "context", "name": "far" });
    assert_eq!(ready.target, target);
    let wanted: Value = serde_json::from_str(&scene.line(0).await).expect("json");
    assert_eq!(
        wanted,
        json!({ "target": target, "token": token, "dataDir": "/data" })
    );
    let pid = scene.line(1).await;
    let board = scene.board.clone();
    assert!(alive(&pid));
    scene.stopped().await;
    assert!(!alive(&pid));
    assert_eq!(board.get().lines.back().map(String::as_str), Some("bye"));
}

#[tokio::test]
async fn garbage_instead_of_the_ready_line() {
    let mut scene = start(shell("echo '<html>'; cat >/dev/null"));
    let status = scene
        .until("restart", |s| s.state == State::Restarting)
        .await;
    assert!(
        status
            .reason
            .as_deref()
            .is_some_and(|r| r.contains("<html>")),
        "{status:?}"
    );
    scene.stopped().await;
}

#[tokio::test]
async fn an_end_before_ready_is_given_up_after_five_restarts_and_can_be_tried_again() {
    let mut scene = start(shell("echo no engine >&2; exit 3"));
    for n in 1..=5 {
        let status = scene
            .until("restart", |s| s.state == State::Restarting)
            .await;
        assert_eq!(status.restarts, n);
    }
    let failed = scene.until("failure", |s| s.state == State::Failed).await;
    assert_eq!(
        failed.reason.as_deref(),
        Some("The server ended (exit status: 3).")
    );
    assert_eq!(failed.lines, vec!["no engine"; 6]);
    assert_eq!(
        (failed.restarts, &failed.url, &failed.token),
        (5, &None, &None)
    );
    scene.wanted.send_modify(|_| ());
    let again = scene.until("start", |s| s.state == State::Starting).await;
    assert_eq!(again.restarts, 0);
    scene
        .until("second failure", |s| s.state == State::Failed)
        .await;
    scene.stopped().await;
}

#[tokio::test]
async fn an_end_after_ready_starts_another_with_another_token() {
    let script = format!("{READY}; sleep 0.05; kill -9 $$");
    let mut scene = start(shell(&script));
    let first = scene.until("ready", |s| s.state == State::Ready).await;
    let restarting = scene
        .until("restart", |s| s.state == State::Restarting)
        .await;
    assert_eq!(
        restarting.reason.as_deref(),
        Some("The server ended (signal: 9 (SIGKILL)).")
    );
    assert_eq!((&restarting.url, &restarting.token), (&None, &None));
    let second = scene
        .until("ready again", |s| s.state == State::Ready)
        .await;
    assert_ne!(first.token, second.token);
    assert_eq!(second.restarts, 1);
    scene.stopped().await;
}

#[tokio::test]
async fn a_program_that_is_not_there_fails_with_its_name() {
    let launch = Launch {
        program: PathBuf::from("/nonexistent/quaywatch"),
        ..Launch::default()
    };
    let mut scene = start(launch);
    let failed = scene.until("failure", |s| s.state == State::Failed).await;
    assert!(
        failed
            .reason
            .is_some_and(|r| r.contains("/nonexistent/quaywatch"))
    );
    scene.stopped().await;
}

#[tokio::test]
async fn one_that_ignores_the_end_of_its_input_is_killed() {
    let script = format!("{READY}; echo $$ >&2; exec sleep 60");
    let mut scene = start(shell(&script));
    scene.until("ready", |s| s.state == State::Ready).await;
    let pid = scene.line(0).await;
    scene.stopped().await;
    assert!(!alive(&pid));
}

#[tokio::test]
async fn another_target_ends_the_server_and_one_elsewhere_has_its_own_token() {
    let script = format!("read -r start; {READY}; echo \"$$ $start\" >&2; cat >/dev/null");
    let tokens = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tokens-of-servers.json");
    let url = "https://watch.example.org";
    save(
        &tokens,
        &json!({ url: "t", "https://other.example.org": "u" }),
    )
    .expect("saved");
    let mut scene = start(shell(&script));
    let first = scene.until("ready", |s| s.state == State::Ready).await;
    let line = scene.line(0).await;
    let before = line.split(' ').next().expect("a pid");
    let target = json!({ "kind": "remote", "url": url });
    scene.wanted.send_replace(Some(Launch {
        target: target.clone(),
        tokens,
        ..shell(&script)
    }));
    let remote = scene
        .until("relay", |s| s.state == State::Ready && s.target == target)
        .await;
    assert_ne!(first.token, remote.token);
    assert_eq!(remote.url.as_deref(), Some("http://127.0.0.1:4711"));
    assert_eq!(remote.token.as_deref(), Some("t"));
    assert!(!alive(before));
    // A program that passes things on needs no secret.
    let line = scene.line(1).await;
    assert!(line.contains(r#""token":null"#), "{line}");
    scene.wanted.send_replace(Some(shell(&script)));
    scene
        .until("ready again", |s| {
            s.state == State::Ready && s.target["kind"] == "context"
        })
        .await;
    scene.stopped().await;
}

#[tokio::test]
async fn much_output_neither_fills_memory_nor_stops_it() {
    let script = format!(
        "i=0; while [ $i -lt 3000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; printf '\\377\\n' >&2; {READY}; cat >/dev/null"
    );
    let mut scene = start(shell(&script));
    scene.until("ready", |s| s.state == State::Ready).await;
    let board = scene.board.clone();
    scene.stopped().await;
    let lines = board.get().lines;
    assert_eq!(lines.len(), 40);
    assert_eq!(lines[38], "line 2999");
}
