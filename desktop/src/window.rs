//! The one window: made, shown, and what happens when its page hangs. Its place
//! and size are the configuration's and the user's, all else the page's.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager, Url, WebviewWindowBuilder, Window, WindowEvent};

use crate::sidecar::lock;

/// Who closes again so soon was not answered: the page hangs.
const IMPATIENT: Duration = Duration::from_secs(3);

/// Makes the window.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::from_config(app, &app.config().app.windows[0])?
        // Links leave by the browser; nothing else is ever shown in here, and
        // a page from elsewhere could call the app's commands.
        .on_navigation(own)
        .on_document_title_changed(|window, title| drop(window.set_title(&title)))
        .build()?;
    // Without a graphics card the web view would imitate one on the processor,
    // which costs a hundred megabytes and half of the work again.
    #[cfg(target_os = "linux")]
    if !std::path::Path::new("/dev/dri").exists() {
        use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
        window.with_webview(|view| {
            if let Some(settings) = view.inner().settings() {
                settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            }
        })?;
    }
    drop(window);
    Ok(())
}

/// Whether a page is the app's own.
pub fn own(url: &Url) -> bool {
    matches!(
        (url.scheme(), url.host_str()),
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost"))
    )
}

/// Brings the window before the user.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// The page listens to the window's close, so that it says what that means; two of
/// them while the window stays in front are for one that doesn't.
pub fn event(window: &Window, event: &WindowEvent) {
    static CLOSED: Mutex<Option<Instant>> = Mutex::new(None);
    match event {
        WindowEvent::CloseRequested { .. } => {
            let before = lock(&CLOSED).replace(Instant::now());
            if before.is_some_and(|at| at.elapsed() < IMPATIENT) {
                window.app_handle().exit(0);
            }
        }
        WindowEvent::Focused(true) => *lock(&CLOSED) = None,
        _ => {}
    }
}
