//! The desktop window of Quaywatch. It is as thin as it can be: it owns a server
//! (the Go program beside it), shows the page in a web view, tells the page where
//! the server is, and lends it what only a program of the desktop has: a tray,
//! notifications, links, a place at login. Everything else is the server's or
//! the page's.
//!
//! Tasks: the sidecar's owner (`sidecar`), from the start of the app to its end;
//! commands, each as long as its call. Locks: those of `status::Board` and
//! `App`, none held during I/O.
#![allow(
    clippy::needless_pass_by_value,
    reason = "Tauri's commands take values"
)]

pub mod backoff;
pub mod settings;
pub mod sidecar;
pub mod status;
pub mod window;

mod app;
mod commands;
mod notify;
mod secrets;
mod tray;

use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use tauri_plugin_deep_link::DeepLinkExt;
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
        .plugin(tauri_plugin_single_instance::init(|app, args, _| {
            window::show(app);
            open_links(app, args);
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
            commands::server_status,
            commands::server_retry,
            commands::target_get,
            commands::target_set,
            commands::remote_token_set,
            commands::contexts,
            tray::tray_update,
            notify::notify,
            commands::close_answer,
            commands::opened,
        ])
        .setup(|app| {
            setup(app.handle())?;
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                window::close(window.app_handle(), api);
            }
        })
        .build(tauri::generate_context!())
        .expect("the app can't be built");
    app.run(|app, event| match event {
        RunEvent::Exit => app.state::<App>().stop(),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
}

fn setup(app: &AppHandle) -> tauri::Result<()> {
    // The server starts while the web view does.
    app.manage(App::start(app)?);
    open_links(app, std::env::args().collect());
    let handle = app.clone();
    // macOS tells of links by an event, the other systems by arguments.
    app.deep_link().on_open_url(move |event| {
        if cfg!(target_os = "macos") {
            open_links(
                &handle,
                event.urls().iter().map(ToString::to_string).collect(),
            );
        }
    });
    notify::follow(app);
    window::create(app)?;
    tray::create(app)
}

/// Opens the container that a link among the arguments names.
fn open_links(app: &AppHandle, args: Vec<String>) {
    if let Some(container) = args.iter().find_map(|arg| window::container(arg)) {
        window::open(app, &container);
    }
}
