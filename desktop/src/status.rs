//! What the page is told of the server inside, and what was last read of it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// How many of the server's last lines are kept, and how much of each.
const LINES: usize = 40;
const LINE_CHARS: usize = 500;

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// What it is doing.
    pub state: State,
    /// Its origin.
    pub url: Option<String>,
    /// What the page signs in with.
    pub token: Option<String>,
    /// The server elsewhere that it relays to.
    pub remote: Option<String>,
    /// How often it was started again within the minute before.
    pub restarts: usize,
    /// Why it doesn't run.
    pub reason: Option<String>,
    /// The last it wrote to standard error.
    pub lines: Vec<String>,
}

/// The present status. Changes are told outside of the lock, by the one owner.
pub struct Board {
    status: Mutex<Status>,
    lines: Mutex<VecDeque<String>>,
    changed: Box<dyn Fn(Status) + Send + Sync>,
}

impl Board {
    /// A board that tells `changed` of each change.
    pub fn new(changed: impl Fn(Status) + Send + Sync + 'static) -> Self {
        Self {
            status: Mutex::default(),
            lines: Mutex::default(),
            changed: Box::new(changed),
        }
    }

    /// The status now, with the last lines.
    pub fn get(&self) -> Status {
        let lines = lock(&self.lines).iter().cloned().collect();
        Status {
            lines,
            ..lock(&self.status).clone()
        }
    }

    /// Takes another status and tells it.
    pub(crate) fn set(&self, status: Status) {
        *lock(&self.status) = status;
        (self.changed)(self.get());
    }

    /// Keeps a line. Nobody is told: the next change carries it.
    pub(crate) fn line(&self, line: &str) {
        let mut lines = lock(&self.lines);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line.chars().take(LINE_CHARS).collect());
    }
}

/// A lock whose holder panicked guards nothing that could be half done here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
