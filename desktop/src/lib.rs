//! The desktop window of Quaywatch. It is as thin as it can be: it owns a server
//! (the Go program beside it), shows the page in a web view, and tells the page
//! where the server is. What else a program of the desktop has, the page uses
//! through Tauri and its plugins: the tray's menu, notifications, links, a place
//! at login.
//!
//! Tasks: the sidecar's owner (`sidecar`), from the start of the app to its end;
//! commands, each as long as its call. Locks: those of `sidecar::Board` and
//! `window::event`, neither held during I/O.
#![allow(
    clippy::needless_pass_by_value,
    reason = "Tauri's commands take values"
)]

pub mod app;
pub mod settings;
pub mod sidecar;
pub mod window;

mod secrets;
mod tray;

use tauri::{Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use crate::app::App;

/// Runs the app until the user quits it.
///
/// # Panics
///
/// Without a display, or with a broken installation, there is nothing to run.
pub fn run() {
    let app = tauri::Builder::default()
        // First: a second start ends here and shows the first one's window.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::show(app);
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_websocket::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_autostart::Builder::new().build())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                // It starts visible, whatever it was.
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .invoke_handler(tauri::generate_handler![
            app::server_status,
            app::server_retry,
            app::target_set,
            app::remote_token_set,
            app::contexts,
        ])
        .setup(|app| {
            // The server starts while the web view does.
            app.manage(App::start(app.handle())?);
            window::create(app.handle())?;
            Ok(tray::create(app.handle())?)
        })
        .on_window_event(window::event)
        .build(tauri::generate_context!())
        .expect("the app can't be built");
    app.run(|app, event| match event {
        RunEvent::Exit => app.state::<App>().stop(),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
}
