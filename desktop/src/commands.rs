//! What the page may call. build.rs names the commands, the capability allows
//! them.

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, State};
use tauri_plugin_autostart::ManagerExt as _;

use crate::app::{self, App};
use crate::secrets::{self, Kept};
use crate::settings::{Close, Settings, Target, origin};
use crate::sidecar::Sidecar;
use crate::status::{self, Status, lock};
use crate::tray::{self, Project, Trouble};
use crate::{notify as notices, window};

#[tauri::command]
pub fn server_status(app: State<'_, App>) -> Status {
    app.board.get()
}

#[tauri::command]
pub fn server_retry(app: State<'_, App>) {
    let state = app.board.get().state;
    if matches!(state, status::State::Failed | status::State::Restarting) {
        app.order(Sidecar::retry);
    }
}

#[tauri::command]
pub fn settings_get(app: AppHandle, state: State<'_, App>) -> Settings {
    Settings {
        // The user may have changed it elsewhere.
        start_at_login: app.autolaunch().is_enabled().unwrap_or_default(),
        ..state.settings()
    }
}

#[tauri::command]
pub async fn settings_set(app: AppHandle, settings: Settings) -> Result<(), String> {
    blocking(move || {
        App::keep(&app, settings)?;
        let paused = notices::paused(&app);
        tray::update(&app, |view| view.paused = paused).map_err(|error| error.to_string())
    })
    .await
}

#[tauri::command]
pub async fn remote_token_set(app: AppHandle, url: String, token: String) -> Result<Kept, String> {
    blocking(move || {
        let state = app.state::<App>();
        let url = origin(&url)?;
        let kept = secrets::keep(&state.tokens(), &url, token.trim())?;
        let target = state.settings().target;
        if matches!(&target, Target::Remote { url: now } if origin(now) == Ok(url)) {
            state.switch(&target);
        }
        Ok(kept)
    })
    .await
}

#[derive(Serialize, Deserialize)]
pub struct Context {
    name: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    current: bool,
}

#[tauri::command]
pub async fn contexts() -> Result<Vec<Context>, String> {
    let failed =
        |error: &dyn std::fmt::Display| format!("The docker contexts can't be listed: {error}.");
    let program = app::program().map_err(|error| failed(&error))?;
    let mut command = tokio::process::Command::new(program);
    command.args(["contexts", "--json"]).kill_on_drop(true);
    #[cfg(windows)]
    command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
    let limit = std::time::Duration::from_secs(10);
    let output = tokio::time::timeout(limit, command.output())
        .await
        .map_err(|_| failed(&"no answer within 10 s"))?
        .map_err(|error| failed(&error))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr).trim()));
    }
    serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| failed(&error))
}

#[tauri::command]
pub async fn tray_update(
    app: AppHandle,
    running: Vec<Project>,
    trouble: Trouble,
    summary: String,
) -> Result<(), String> {
    let paused = notices::paused(&app);
    tray::update(&app, |view| {
        *view = tray::View {
            running,
            trouble,
            summary: summary.chars().take(120).collect(),
            paused,
        };
    })
    .map_err(|error| error.to_string())
}

#[tauri::command]
pub async fn notify(
    app: AppHandle,
    title: String,
    body: String,
    container: Option<String>,
) -> Result<(), String> {
    notices::show(&app, &title, &body, container.as_deref())
}

#[tauri::command]
pub async fn close_answer(app: AppHandle, choice: Close, remember: bool) -> Result<(), String> {
    if choice == Close::Ask {
        return Err("The answer is tray or quit.".into());
    }
    if remember {
        let mut settings = app.state::<App>().settings();
        settings.close_to_tray = choice;
        App::keep(&app, settings)?;
    }
    if choice == Close::Quit {
        app.exit(0);
    } else {
        window::hide(&app);
    }
    Ok(())
}

/// The container that a link or a notification asked for before the page was
/// there to hear of it. The page asks once it listens to `open`.
#[tauri::command]
pub fn opened(app: State<'_, App>) -> Option<String> {
    let mut links = lock(&app.links);
    links.heard = true;
    links.pending.take()
}

/// Runs what may wait for a disk or the user beside the threads that serve others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tauri::async_runtime::spawn_blocking(work)
        .await
        .map_err(|error| error.to_string())?
}
