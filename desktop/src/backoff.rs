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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_gives_up_and_forgets() {
        let policy = Policy::default();
        let mut backoff = Backoff::default();
        let start = Instant::now();
        let pauses: Vec<_> = (0..6)
            .map(|_| backoff.ended(&policy, start).map(|p| p.as_millis()))
            .collect();
        let doubled = [250, 500, 1000, 2000, 4000].map(Some);
        assert_eq!(pauses[..5], doubled);
        assert_eq!(pauses[5], None);
        let later = start + Duration::from_secs(59);
        assert_eq!(backoff.ended(&policy, later), None);
        let after = start + Duration::from_mins(1);
        assert_eq!(backoff.ended(&policy, after), Some(policy.first));
        assert_eq!(backoff.count(), 1);
    }
}
