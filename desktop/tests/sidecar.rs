//! The life of the server inside, with small real processes in its place.
#![cfg(unix)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use quaywatch_desktop::backoff::Policy;
use quaywatch_desktop::sidecar::{Launch, Order, sidecar};
use quaywatch_desktop::status::{Board, State, Status};
use tokio::sync::mpsc::{Sender, UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const READY: &str = r#"echo '{"event":"ready","url":"http://127.0.0.1:4711/#token=x","listen":"127.0.0.1:4711","pid":1}'"#;

fn quick() -> Policy {
    Policy {
        first: Duration::from_millis(2),
        restarts: 5,
        window: Duration::from_mins(1),
    }
}

/// A sidecar, its statuses in order, and its owner.
struct Scene {
    orders: Sender<Order>,
    board: Arc<Board>,
    told: UnboundedReceiver<Status>,
    owner: JoinHandle<()>,
}

fn shell(script: &str) -> Launch {
    Launch {
        program: PathBuf::from("/bin/sh"),
        args: vec!["-c".into(), script.into()],
        env: vec![("MARK".into(), Some("here".into())), ("HOME".into(), None)],
        ..Launch::default()
    }
}

fn start(launch: Launch, policy: Policy) -> Scene {
    let (tell, told) = unbounded_channel();
    let board = Arc::new(Board::new(move |status| {
        let _ = tell.send(status);
    }));
    let (orders, owner) = sidecar(launch, policy, board.clone());
    Scene {
        orders,
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

    fn order(&self, order: Order) {
        assert!(self.orders.try_send(order).is_ok());
    }

    async fn stopped(self) {
        self.order(Order::Stop);
        timeout(Duration::from_secs(30), self.owner)
            .await
            .expect("the owner ends")
            .expect("without a panic");
    }
}

fn alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn ready_line_then_engine_then_the_end_of_its_input() {
    let script = format!(
        r#"{READY}; echo '{{"event":"engine","state":"connected"}}'
           echo "pid $$ mark $MARK home ${{HOME-none}} token $QUAYWATCH_TOKEN" >&2; cat >/dev/null; echo bye >&2"#
    );
    let mut scene = start(shell(&script), quick());
    let ready = scene.until("ready", |s| s.state == State::Ready).await;
    assert_eq!(ready.url.as_deref(), Some("http://127.0.0.1:4711"));
    assert_eq!(
        (ready.restarts, &ready.remote, &ready.reason),
        (0, &None, &None)
    );
    let token = ready.token.expect("a token");
    assert_eq!(token.len(), 64);
    let line = loop {
        if let Some(line) = scene.board.get().lines.first() {
            break line.clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(
        line.contains(&format!("mark here home none token {token}")),
        "{line}"
    );
    let pid = line.split(' ').nth(1).expect("a pid").to_string();
    let board = scene.board.clone();
    assert!(alive(&pid));
    scene.stopped().await;
    assert!(!alive(&pid));
    assert_eq!(board.get().lines.last().map(String::as_str), Some("bye"));
}

#[tokio::test]
async fn garbage_instead_of_the_ready_line() {
    let mut scene = start(shell("echo '<html>'; cat >/dev/null"), quick());
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
    let mut scene = start(shell("echo no engine >&2; exit 3"), quick());
    for n in 1..=5 {
        let status = scene
            .until("restart", |s| s.state == State::Restarting)
            .await;
        assert_eq!(status.restarts, n);
    }
    let failed = scene.until("failure", |s| s.state == State::Failed).await;
    assert_eq!(
        failed.reason.as_deref(),
        Some("The server ended with exit code 3.")
    );
    assert_eq!(failed.lines, vec!["no engine"; 6]);
    assert_eq!(
        (failed.restarts, &failed.url, &failed.token),
        (5, &None, &None)
    );
    scene.order(Order::Retry);
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
    let mut scene = start(shell(&script), quick());
    let first = scene.until("ready", |s| s.state == State::Ready).await;
    let restarting = scene
        .until("restart", |s| s.state == State::Restarting)
        .await;
    assert_eq!(
        restarting.reason.as_deref(),
        Some("The server was ended by signal 9.")
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
    let mut scene = start(launch, quick());
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
    let mut scene = start(shell(&script), quick());
    scene.until("ready", |s| s.state == State::Ready).await;
    let pid = loop {
        if let Some(pid) = scene.board.get().lines.first() {
            break pid.clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    scene.stopped().await;
    assert!(!alive(&pid));
}

#[tokio::test]
async fn another_target_ends_the_server_and_one_elsewhere_has_its_own_token() {
    let script = format!("{READY}; echo \"$$ ${{QUAYWATCH_TOKEN-none}}\" >&2; cat >/dev/null");
    let mut scene = start(shell(&script), quick());
    scene.until("ready", |s| s.state == State::Ready).await;
    scene.order(Order::Use(Launch {
        remote: Some("https://example.org".into()),
        token: Some("t".into()),
        ..shell(&script)
    }));
    let remote = scene.until("relay", |s| s.remote.is_some()).await;
    assert_eq!(remote.state, State::Ready);
    assert_eq!(remote.url.as_deref(), Some("http://127.0.0.1:4711"));
    assert_eq!(remote.remote.as_deref(), Some("https://example.org"));
    assert_eq!(remote.token.as_deref(), Some("t"));
    let before = remote.lines[0].split(' ').next().expect("a pid");
    assert!(!alive(before));
    // A program that passes things on needs no secret.
    let line = loop {
        if let Some(line) = scene.board.get().lines.get(1) {
            break line.clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(line.ends_with(" none"), "{line}");
    scene.order(Order::Use(shell(&script)));
    scene
        .until("ready again", |s| {
            s.state == State::Ready && s.remote.is_none()
        })
        .await;
    scene.stopped().await;
}

#[tokio::test]
async fn much_output_neither_fills_memory_nor_stops_it() {
    let script = format!(
        "i=0; while [ $i -lt 3000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; printf '\\377\\n' >&2; {READY}; cat >/dev/null"
    );
    let mut scene = start(shell(&script), quick());
    scene.until("ready", |s| s.state == State::Ready).await;
    let board = scene.board.clone();
    scene.stopped().await;
    let lines = board.get().lines;
    assert_eq!(lines.len(), 40);
    assert_eq!(lines[38], "line 2999");
}
