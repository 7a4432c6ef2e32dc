//! Owns the server inside: starts it, reads what it says, starts it again when
//! it ends, and ends it. One task owns the process; the others say which server
//! they want and read the board.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tauri::Url;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader, copy, sink};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{sleep, timeout};

use crate::secrets;

/// How long a server may take until it says that it answers.
const READY: Duration = Duration::from_secs(20);
/// How long one may take to end by itself.
const END: Duration = Duration::from_secs(3);
/// At most so many restarts within a time, each after twice the pause of the one
/// before.
const RESTARTS: usize = 5;
const WINDOW: Duration = Duration::from_mins(1);
/// The first pause of the app's.
pub const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// How many of the server's last lines are kept, and how much of each.
const LINES: usize = 40;
const LINE_CHARS: usize = 500;

/// The server that is wanted.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// What is watched: the page's words, which the server understands.
    pub target: Value,
    /// Where the server keeps what it keeps.
    pub data: PathBuf,
    /// The tokens of servers elsewhere, where the system has no key store.
    pub tokens: PathBuf,
}

/// What the server inside is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It was started and has not said yet that it answers.
    #[default]
    Starting,
    /// It answers.
    Ready,
    /// It ended and is started again soon.
    Restarting,
    /// It ended too often: nothing happens until somebody asks for it.
    Failed,
}

/// The whole of it, as the page gets it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Status {
    /// What it is doing.
    pub state: State,
    /// What it watches.
    pub target: Value,
    /// Its origin.
    pub url: Option<String>,
    /// What the page signs in with.
    pub token: Option<String>,
    /// How often it was started again within the minute before.
    pub restarts: usize,
    /// Why it does not run, or ended last.
    pub reason: Option<String>,
    /// The last it wrote to standard error.
    pub lines: VecDeque<String>,
}

/// The present status. Changes are told outside of the lock, by the one owner.
pub struct Board {
    status: Mutex<Status>,
    changed: Box<dyn Fn(Status) + Send + Sync>,
}

impl Board {
    /// A board that tells `changed` of each change.
    pub fn new(changed: impl Fn(Status) + Send + Sync + 'static) -> Self {
        Self {
            status: Mutex::default(),
            changed: Box::new(changed),
        }
    }

    /// The status now.
    pub fn get(&self) -> Status {
        lock(&self.status).clone()
    }

    fn set(&self, change: impl FnOnce(&mut Status)) {
        change(&mut lock(&self.status));
        (self.changed)(self.get());
    }

    /// Keeps a line. Nobody is told: the next change carries it.
    fn line(&self, line: &str) {
        let lines = &mut lock(&self.status).lines;
        lines.push_back(line.chars().take(LINE_CHARS).collect());
        if lines.len() > LINES {
            lines.pop_front();
        }
    }
}

/// A lock whose holder panicked guards nothing that could be half done here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the server alive that is wanted, until none is.
pub async fn keep(mut wanted: watch::Receiver<Option<Launch>>, first: Duration, board: Arc<Board>) {
    // Without anybody who could say so, none is.
    while wanted.has_changed().is_ok() {
        let Some(launch) = wanted.borrow_and_update().clone() else {
            return;
        };
        board.set(|status| {
            *status = Status {
                target: launch.target.clone(),
                lines: take(&mut status.lines),
                ..Status::default()
            };
        });
        let mut restarts = Vec::new();
        loop {
            let ended = match Server::start(&launch, board.clone()) {
                Ok(mut server) => {
                    let ended = tokio::select! {
                        reason = server.live(&launch, &board) => Some(reason),
                        _ = wanted.changed() => None,
                    };
                    server.end().await;
                    ended
                }
                Err(error) => Some(format!(
                    "{} can't be started: {error}.",
                    launch.program.display()
                )),
            };
            let Some(reason) = ended else { break };
            let pause = pause(&mut restarts, first, Instant::now());
            board.set(|status| {
                status.state = pause.map_or(State::Failed, |_| State::Restarting);
                status.restarts = restarts.len();
                status.reason = Some(reason);
                (status.url, status.token) = (None, None);
            });
            tokio::select! {
                () = sleep(pause.unwrap_or(Duration::MAX)) => {}
                _ = wanted.changed() => break,
            }
        }
    }
}

/// How long to wait before the next start, or None when it is enough. Notes the
/// restart, and forgets those that don't count anymore.
pub fn pause(restarts: &mut Vec<Instant>, first: Duration, now: Instant) -> Option<Duration> {
    restarts.retain(|at| now.duration_since(*at) < WINDOW);
    let before = u32::try_from(restarts.len()).ok()?;
    (restarts.len() < RESTARTS).then(|| {
        restarts.push(now);
        first * 2_u32.pow(before)
    })
}

/// A process of the server's program, which ends with its input or with us.
pub fn command(program: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(program);
    command.args(args).kill_on_drop(true);
    #[cfg(windows)] // A console program gets no window of its own.
    command.creation_flags(0x0800_0000);
    command
}

/// A server's process.
struct Server {
    child: Child,
    /// Held until the end: a server ends with its input.
    input: ChildStdin,
    told: JoinHandle<()>,
}

impl Server {
    fn start(launch: &Launch, board: Arc<Board>) -> io::Result<Self> {
        let mut child = command(&launch.program, &launch.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = child.stderr.take().expect("a pipe");
        Ok(Self {
            input: child.stdin.take().expect("a pipe"),
            told: tokio::spawn(keep_lines(stderr, board)),
            child,
        })
    }

    /// Says what is wanted, reads what it says until it ends, and tells why.
    async fn live(&mut self, launch: &Launch, board: &Board) -> String {
        #[derive(Deserialize)]
        #[serde(tag = "event", rename_all = "lowercase")]
        enum Line {
            Ready { url: Url },
        }
        // A server elsewhere has a token of its own, and what passes things on to
        // it needs none.
        let remote = launch.target["url"].as_str().map(String::from);
        let own = remote.is_none().then(secret);
        let mut token = own.clone();
        if let Some(url) = remote {
            let tokens = launch.tokens.clone();
            let found = spawn_blocking(move || secrets::find(&tokens, &url));
            token = found.await.ok().flatten();
        }
        let wanted = json!({ "target": launch.target, "token": own, "dataDir": launch.data });
        // One that has ended already is told of below.
        let _ = self.input.write_all(format!("{wanted}\n").as_bytes()).await;
        let mut stdout = BufReader::new(self.child.stdout.take().expect("a pipe"));
        let mut first = Vec::new();
        match timeout(READY, stdout.read_until(b'\n', &mut first)).await {
            Ok(Ok(1..)) => {}
            Ok(_) => return self.farewell().await,
            Err(_) => return format!("The server said nothing for {READY:?}."),
        }
        let Ok(Line::Ready { url }) = serde_json::from_slice(&first) else {
            let first = String::from_utf8_lossy(&first);
            return format!(
                "The server said something else than where it listens: {:.200}",
                first.trim_end()
            );
        };
        board.set(|status| {
            status.state = State::Ready;
            status.url = Some(url.origin().ascii_serialization());
            status.token = token;
        });
        // The page hears the rest from the server itself; it is read, or the
        // server would stand still one day.
        tokio::spawn(async move { copy(&mut stdout, &mut sink()).await });
        self.farewell().await
    }

    /// How it ended, as a sentence.
    async fn farewell(&mut self) -> String {
        let ended = self.child.wait().await.map(|status| status.to_string());
        let how = ended.unwrap_or_else(|error| error.to_string());
        format!("The server ended ({how}).")
    }

    async fn end(mut self) {
        drop(self.input);
        if timeout(END, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
        // What it said last; a grandchild may hold the pipe open for long.
        let rest = timeout(Duration::from_millis(200), &mut self.told);
        if rest.await.is_err() {
            self.told.abort();
        }
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

/// 32 random bytes in hexadecimal. A server has its own, so that what another
/// program later does on the same port is not told a token that is worth something.
fn secret() -> String {
    let random = || getrandom::u64().expect("the system's random numbers");
    [(); 4].map(|()| format!("{:016x}", random())).concat()
}
