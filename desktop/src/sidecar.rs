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

/// The server that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// What it finds in its environment; None takes a variable away.
    pub env: Vec<(String, Option<String>)>,
    /// The server elsewhere that it relays to, which has its own token.
    pub remote: Option<String>,
    /// That one's token; a server of our own gets a new one for each start.
    pub token: Option<String>,
}

/// What the owner is told to do.
pub enum Order {
    /// To try again after it was given up.
    Retry,
    /// To end the present server and start another.
    Use(Launch),
    /// To end the server, and itself.
    Stop,
}

/// Where orders go, and what has to be run until it ends: the owner. At most 16
/// orders wait; more the user can't have meant.
pub fn sidecar(
    launch: Launch,
    policy: Policy,
    board: Arc<Board>,
) -> (mpsc::Sender<Order>, impl Future<Output = ()> + Send) {
    let (sender, orders) = mpsc::channel(16);
    let mut owner = Owner {
        launch,
        policy,
        board,
        orders,
    };
    (sender, async move {
        loop {
            match owner.keep().await {
                Order::Stop => return,
                Order::Retry => {}
                Order::Use(launch) => owner.launch = launch,
            }
        }
    })
}

struct Owner {
    launch: Launch,
    policy: Policy,
    board: Arc<Board>,
    orders: mpsc::Receiver<Order>,
}

/// How the life of a process ended: by an order, or by itself for a reason.
type Ended = Result<Order, String>;

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line {
    Ready { url: Url },
}

impl Owner {
    /// Keeps a server alive until there is an order.
    async fn keep(&mut self) -> Order {
        let mut backoff = Backoff::default();
        let mut last = Status::default();
        loop {
            if last.state == State::Starting {
                self.board.set(last.clone());
            }
            let reason = match self.live(&last).await {
                Ok(order) => return order,
                Err(reason) => Some(reason),
            };
            let pause = backoff.ended(&self.policy, Instant::now());
            last = Status {
                state: pause.map_or(State::Failed, |_| State::Restarting),
                restarts: backoff.count(),
                reason,
                ..Status::default()
            };
            self.board.set(last.clone());
            tokio::select! {
                () = sleep(pause.unwrap_or_default()), if pause.is_some() => {}
                order = self.order() => return order,
            }
        }
    }

    /// One process, from its start to its end.
    async fn live(&mut self, last: &Status) -> Ended {
        let token = match self.launch.remote {
            Some(_) => self.launch.token.clone(),
            None => Some(secret()),
        };
        let mut child = self.spawn(token.as_deref())?;
        // Held until the end: waiting for the process would close it, and a server
        // ends with its input.
        let input = child.stdin.take();
        let told = child.stderr.take().map(|stderr| {
            let board = self.board.clone();
            tokio::spawn(keep_lines(stderr, board))
        });
        let ready = Status {
            state: State::Ready,
            token,
            remote: self.launch.remote.clone(),
            ..last.clone()
        };
        let ended = self.follow(&mut child, ready).await;
        drop(input);
        if timeout(END, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
        if let Some(mut told) = told {
            // What it said last; a grandchild may hold the pipe open for long.
            let rest = timeout(Duration::from_millis(200), &mut told);
            if rest.await.is_err() {
                told.abort();
            }
        }
        ended
    }

    fn spawn(&self, token: Option<&str>) -> Result<Child, String> {
        let program = &self.launch.program;
        let mut command = Command::new(program);
        command
            .args(&self.launch.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, value) in &self.launch.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let (Some(token), None) = (token, &self.launch.remote) {
            command.env("QUAYWATCH_TOKEN", token);
        }
        #[cfg(windows)]
        command.creation_flags(NO_WINDOW);
        command
            .spawn()
            .map_err(|error| format!("{} can't be started: {error}.", program.display()))
    }

    /// Reads what the process says until it ends or there is an order.
    async fn follow(&mut self, child: &mut Child, ready: Status) -> Ended {
        let stdout = child.stdout.take().ok_or("The server has no output.")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = tokio::select! {
            line = timeout(READY, lines.next_line()) => line,
            order = self.order() => return Ok(order),
        };
        let first = match first {
            Ok(Ok(Some(line))) => line,
            Ok(_) => return Err(farewell(child.wait().await.ok())),
            Err(_) => return Err(format!("The server said nothing for {READY:?}.")),
        };
        let Ok(Line::Ready { url }) = serde_json::from_str(&first) else {
            let first: String = first.chars().take(200).collect();
            return Err(format!(
                "The server said something else than where it listens: {first}"
            ));
        };
        self.board.set(Status {
            url: Some(url.origin().ascii_serialization()),
            ..ready
        });
        // The page hears the rest from the server itself; it is read, or the
        // server would stand still one day.
        let mut open = true;
        loop {
            tokio::select! {
                line = lines.next_line(), if open => open = matches!(line, Ok(Some(_))),
                status = child.wait() => return Err(farewell(status.ok())),
                order = self.order() => return Ok(order),
            }
        }
    }

    /// The next order. Without anybody who could send one, it is to stop.
    async fn order(&mut self) -> Order {
        self.orders.recv().await.unwrap_or(Order::Stop)
    }
}

/// A console program gets no window of its own.
#[cfg(windows)]
pub(crate) const NO_WINDOW: u32 = 0x0800_0000;

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
    let random = || {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).expect("the system's random numbers");
        u128::from_ne_bytes(bytes)
    };
    format!("{:032x}{:032x}", random(), random())
}
