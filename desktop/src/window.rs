//! The one window: made, shown, closed, and what is opened in it.

use std::time::{Duration, Instant};

use tauri::webview::PageLoadEvent;
use tauri::{
    AppHandle, CloseRequestApi, Emitter, Manager, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder,
};

use crate::app::App;
use crate::status::lock;

const LABEL: &str = "main";
/// Who closes again so soon was not answered: the page hangs.
const IMPATIENT: Duration = Duration::from_secs(3);

/// Makes the window.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Quaywatch")
        .inner_size(1280.0, 840.0)
        .min_inner_size(360.0, 420.0)
        // Links leave by the browser; nothing else is ever shown in here, and
        // a page from elsewhere could call the app's commands.
        .on_navigation(own)
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Started {
                lock(&window.state::<App>().links).heard = false;
            }
        })
        .on_document_title_changed(|window: WebviewWindow, title| {
            let _ = window.set_title(&title);
        })
        .build()?;
    draw_plainly(&window)
}

/// Without a graphics card the web view would imitate one on the processor, which
/// costs a hundred megabytes and half of the work again.
#[cfg(target_os = "linux")]
fn draw_plainly(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    if std::path::Path::new("/dev/dri").exists() {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn draw_plainly(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Whether a page is the app's own.
pub fn own(url: &Url) -> bool {
    let host = url.host_str();
    match url.scheme() {
        "tauri" => host == Some("localhost"),
        "http" | "https" => host == Some("tauri.localhost"),
        _ => false,
    }
}

/// Brings the window before the user.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Leaves only the tray.
pub fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.hide();
        *lock(&app.state::<App>().asked) = None;
    }
}

/// Has the page open a container: now, or when it is there.
pub fn open(app: &AppHandle, container: &str) {
    let state = app.state::<App>();
    let mut links = lock(&state.links);
    if links.heard {
        drop(links);
        let _ = app.emit("open", container);
    } else {
        links.pending = Some(container.into());
    }
}

/// The user closed the window: the page says what that means.
pub fn close(app: &AppHandle, api: &CloseRequestApi) {
    api.prevent_close();
    let before = lock(&app.state::<App>().asked).replace(Instant::now());
    if before.is_some_and(|at| at.elapsed() < IMPATIENT) {
        app.exit(0);
    } else {
        let _ = app.emit("close-asked", ());
    }
}

/// The container of a link `quaywatch://container/NAME`.
pub fn container(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    if url.scheme() != "quaywatch" || url.host_str() != Some("container") {
        return None;
    }
    let name = url.path().strip_prefix('/')?;
    let name = name.strip_suffix('/').unwrap_or(name);
    // What the engine allows in a name or an id, so nothing is to be decoded.
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    (!name.is_empty() && name.len() <= 255 && name.chars().all(fits)).then(|| name.into())
}
