//! Notifications of the system, and their pause.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::app::App;
use crate::{tray, window};

const PAUSE: Duration = Duration::from_hours(1);
/// The container that a notification tells of.
const CONTAINER: &str = "container";

/// Has a click on a notification open what it tells of.
pub fn follow(app: &AppHandle) {
    let handle = app.clone();
    let listening = app.notification().on_action(move |performed| {
        window::show(&handle);
        let container = performed
            .notification()
            .and_then(|n| n.extra().get(CONTAINER))
            .and_then(|value| value.as_str());
        if let Some(container) = container {
            window::open(&handle, container);
        }
    });
    if let Err(error) = listening {
        eprintln!("quaywatch-desktop: clicks on notifications are not heard of: {error}");
    }
}

/// Shows a notification, unless they are paused.
pub fn show(
    app: &AppHandle,
    title: &str,
    body: &str,
    container: Option<&str>,
) -> Result<(), String> {
    if paused(app) {
        return Ok(());
    }
    let mut notice = app.notification().builder().title(title).body(plain(body));
    if let Some(container) = container {
        notice = notice.extra(CONTAINER, container);
    }
    notice.show().map_err(|error| error.to_string())
}

/// Linux reads markup in the body; what a container is called is text.
fn plain(body: &str) -> String {
    if cfg!(target_os = "linux") {
        body.replace('&', "&amp;").replace('<', "&lt;")
    } else {
        body.into()
    }
}

/// Whether they are paused now.
pub fn paused(app: &AppHandle) -> bool {
    let until = app.state::<App>().settings().notifications_paused_until;
    until.is_some_and(|until| now() < until)
}

/// Pauses them for an hour, or goes on.
pub fn toggle_pause(app: &AppHandle) {
    let until = (!paused(app)).then(|| now() + u64::try_from(PAUSE.as_millis()).unwrap_or(0));
    let mut settings = app.state::<App>().settings();
    settings.notifications_paused_until = until;
    if let Err(error) = App::keep(app, settings) {
        eprintln!("quaywatch-desktop: {error}");
    }
    let _ = tray::update(app, |view| view.paused = until.is_some());
}

fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
