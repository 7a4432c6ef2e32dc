//! Owns the server inside: starts it, reads what it says, starts it again when
//! it ends, and ends it. One task owns the process and all of this state; the
//! others send it orders and read the board.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tauri::Url;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::backoff::{Backoff, Policy};
use crate::status::{Board, State, Status};

/// How long a server may take until it says that it answers.
const READY: Duration = Duration::from_secs(20);
/// How long one may take to end by itself.
const END: Duration = Duration::from_secs(3);

/// Which server the page talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// One of our own.
    Local {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        args: Vec<String>,
        /// What it finds in its environment; None takes a variable away.
        env: Vec<(String, Option<String>)>,
    },
    /// One that runs somewhere.
    Remote {
        /// Its origin.
        url: String,
        /// What it is asked through.
        fetch_url: String,
        /// What to sign in with.
        token: Option<String>,
    },
    /// None can be had, for this reason.
    Impossible(String),
}

enum Order {
    Retry,
    Use(Launch),
    Stop,
}

/// Where orders go. At most 16 wait; what the user can't have meant is dropped.
#[derive(Clone)]
pub struct Sidecar {
    orders: mpsc::Sender<Order>,
}

impl Sidecar {
    /// The handle, and what has to be run until it ends: the owner.
    pub fn new(
        launch: Launch,
        policy: Policy,
        board: Arc<Board>,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (orders, received) = mpsc::channel(16);
        let owner = Owner {
            launch,
            policy,
            board,
            orders: received,
        };
        (Self { orders }, owner.run())
    }

    /// Tries again after it was given up.
    pub fn retry(&self) {
        let _ = self.orders.try_send(Order::Retry);
    }

    /// Ends the present server and starts or takes another.
    pub fn switch(&self, launch: Launch) {
        let _ = self.orders.try_send(Order::Use(launch));
    }

    /// Ends the server; the owner's future then ends.
    pub fn stop(&self) {
        let _ = self.orders.try_send(Order::Stop);
    }
}

struct Owner {
    launch: Launch,
    policy: Policy,
    board: Arc<Board>,
    orders: mpsc::Receiver<Order>,
}

/// How the life of a process ended.
enum Ended {
    Ordered(Order),
    Died(String),
}

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line {
    Ready { url: Url },
    Engine { host: Option<String> },
}

impl Owner {
    async fn run(mut self) {
        loop {
            let order = match self.launch.clone() {
                Launch::Local { .. } => self.keep().await,
                Launch::Remote {
                    url,
                    fetch_url,
                    token,
                } => {
                    self.board.set(|s| {
                        *s = Status {
                            state: State::Ready,
                            url: Some(url),
                            fetch_url: Some(fetch_url),
                            token,
                            remote: true,
                            ..Status::default()
                        };
                    });
                    self.order().await
                }
                Launch::Impossible(reason) => {
                    self.fail(reason);
                    self.order().await
                }
            };
            match order {
                Order::Stop => return,
                Order::Retry => {}
                Order::Use(launch) => self.launch = launch,
            }
        }
    }

    /// Keeps a server of our own alive until there is an order.
    async fn keep(&mut self) -> Order {
        let mut backoff = Backoff::default();
        self.board.set(|s| *s = Status::default());
        loop {
            let reason = match self.live().await {
                Ended::Ordered(order) => return order,
                Ended::Died(reason) => reason,
            };
            let Some(pause) = backoff.ended(&self.policy, Instant::now()) else {
                self.fail(reason);
                return self.order().await;
            };
            self.board.set(|s| {
                *s = Status {
                    state: State::Restarting,
                    restarts: backoff.count(),
                    reason: Some(reason),
                    retry_in_ms: u64::try_from(pause.as_millis()).ok(),
                    ..Status::default()
                };
            });
            tokio::select! {
                () = sleep(pause) => {}
                order = self.order() => return order,
            }
        }
    }

    /// One process, from its start to its end.
    async fn live(&mut self) -> Ended {
        let token = secret();
        let mut child = match self.spawn(&token) {
            Ok(child) => child,
            Err(reason) => return Ended::Died(reason),
        };
        // Held until the end: waiting for the process would close it, and a server
        // ends with its input.
        let input = child.stdin.take();
        let told = child.stderr.take().map(|stderr| {
            let board = self.board.clone();
            tokio::spawn(keep_lines(stderr, board))
        });
        let ended = self.follow(&mut child, token).await;
        drop(input);
        end(&mut child).await;
        if let Some(mut told) = told {
            // What it said last; a grandchild may hold the pipe open for long.
            if timeout(Duration::from_millis(200), &mut told)
                .await
                .is_err()
            {
                told.abort();
            }
        }
        ended
    }

    fn spawn(&self, token: &str) -> Result<Child, String> {
        let Launch::Local { program, args, env } = &self.launch else {
            return Err("There is no server to start.".into());
        };
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, value) in env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("QUAYWATCH_TOKEN", token);
        #[cfg(windows)]
        command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
        command
            .spawn()
            .map_err(|error| format!("{} can't be started: {error}.", program.display()))
    }

    /// Reads what the process says until it ends or there is an order.
    async fn follow(&mut self, child: &mut Child, token: String) -> Ended {
        let Some(stdout) = child.stdout.take() else {
            return Ended::Died("The server has no output.".into());
        };
        let mut lines = BufReader::new(stdout).lines();
        let first = tokio::select! {
            line = timeout(READY, lines.next_line()) => line,
            order = self.order() => return Ended::Ordered(order),
        };
        let first = match first {
            Ok(Ok(Some(line))) => line,
            Ok(_) => return Ended::Died(farewell(child.wait().await.ok())),
            Err(_) => {
                return Ended::Died(format!(
                    "The server said nothing for {} s.",
                    READY.as_secs()
                ));
            }
        };
        let Ok(Line::Ready { url }) = serde_json::from_str(&first) else {
            let first: String = first.chars().take(200).collect();
            return Ended::Died(format!(
                "The server said something else than where it listens: {first}"
            ));
        };
        let origin = url.origin().ascii_serialization();
        self.board.set(|s| {
            *s = Status {
                state: State::Ready,
                url: Some(origin.clone()),
                fetch_url: Some(origin),
                token: Some(token),
                restarts: s.restarts,
                reason: s.reason.take(),
                ..Status::default()
            };
        });
        let mut open = true;
        loop {
            tokio::select! {
                line = lines.next_line(), if open => match line {
                    Ok(Some(line)) => self.said(&line),
                    _ => open = false,
                },
                status = child.wait() => return Ended::Died(farewell(status.ok())),
                order = self.order() => return Ended::Ordered(order),
            }
        }
    }

    fn said(&self, line: &str) {
        if let Ok(Line::Engine { host }) = serde_json::from_str(line)
            && self.board.get().engine != host
        {
            self.board.set(|s| s.engine = host);
        }
    }

    fn fail(&self, reason: String) {
        self.board.set(|s| {
            *s = Status {
                state: State::Failed,
                restarts: s.restarts,
                reason: Some(reason),
                ..Status::default()
            };
        });
    }

    /// The next order. Without anybody who could send one, it is to stop.
    async fn order(&mut self) -> Order {
        self.orders.recv().await.unwrap_or(Order::Stop)
    }
}

/// Waits for the end of a process whose input has ended, and then makes an end.
async fn end(child: &mut Child) {
    if timeout(END, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}

async fn keep_lines(stderr: impl AsyncRead + Unpin, board: Arc<Board>) {
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    // Whatever it writes is read, or it would stand still one day.
    while matches!(stderr.read_until(b'\n', &mut line).await, Ok(1..)) {
        board.line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}

/// How a process ended, as a sentence.
fn farewell(status: Option<ExitStatus>) -> String {
    #[cfg(unix)]
    if let Some(signal) = status.and_then(|s| std::os::unix::process::ExitStatusExt::signal(&s)) {
        return format!("The server was ended by signal {signal}.");
    }
    match status.and_then(|s| s.code()) {
        Some(code) => format!("The server ended with exit code {code}."),
        None => "The server ended.".into(),
    }
}

/// 32 random bytes in hexadecimal. A server has its own, so that what another
/// program later does on the same port is not told a token that is worth something.
fn secret() -> String {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the system's random numbers");
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
