//! Notifications of the system.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

use crate::window;

/// What the page has opened when a notification is clicked.
const OPENS: &str = "opens";

/// Has a click on a notification show the window and open what it tells of.
pub fn follow(app: &AppHandle) {
    let handle = app.clone();
    let listening = app.notification().on_action(move |performed| {
        window::show(&handle);
        if let Some(opens) = performed
            .notification()
            .and_then(|n| n.extra().get(OPENS))
            .and_then(|value| value.as_str())
        {
            window::open(&handle, opens);
        }
    });
    if let Err(error) = listening {
        eprintln!("quaywatch-desktop: clicks on notifications are not heard of: {error}");
    }
}

/// Shows a notification.
#[tauri::command]
pub async fn notify(
    app: AppHandle,
    title: String,
    body: String,
    opens: Option<String>,
) -> Result<(), String> {
    // Linux reads markup in the body; what a container is called is text.
    let body = if cfg!(target_os = "linux") {
        body.replace('&', "&amp;").replace('<', "&lt;")
    } else {
        body
    };
    let mut notice = app.notification().builder().title(title).body(body);
    if let Some(opens) = opens {
        notice = notice.extra(OPENS, opens);
    }
    notice.show().map_err(|error| error.to_string())
}
