//! When a server that ended is started again.

use std::time::{Duration, Instant};

use quaywatch_desktop::backoff::{Backoff, Policy};

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
