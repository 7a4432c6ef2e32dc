//! When a server that ended is started again. Pure: the caller has the clock.

use std::time::{Duration, Instant};

/// At most so many restarts within `window`, each after twice the pause of the
/// one before.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The pause before the first restart.
    pub first: Duration,
    /// How many restarts there are within the window.
    pub restarts: usize,
    /// How long a restart counts.
    pub window: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            restarts: 5,
            window: Duration::from_mins(1),
        }
    }
}

/// The restarts that count still.
#[derive(Debug, Default)]
pub struct Backoff {
    restarts: Vec<Instant>,
}

impl Backoff {
    /// How many restarts counted when it was last asked.
    pub fn count(&self) -> usize {
        self.restarts.len()
    }

    /// How long to wait before the next start, or None when it is enough.
    pub fn ended(&mut self, policy: &Policy, now: Instant) -> Option<Duration> {
        self.restarts
            .retain(|at| now.duration_since(*at) < policy.window);
        let before = self.restarts.len();
        (before < policy.restarts).then(|| {
            self.restarts.push(now);
            policy.first.saturating_mul(1 << before.min(16))
        })
    }
}
