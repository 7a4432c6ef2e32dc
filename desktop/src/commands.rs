//! What the page may call, besides the tray and notifications. build.rs names
//! the commands, the capability allows them.

use std::time::Duration;

use serde_json::Value;
use tauri::{AppHandle, Manager, State};
use tokio::process::Command;
use tokio::time::timeout;

use crate::app::App;
use crate::secrets;
use crate::settings::Target;
use crate::sidecar::Order;
use crate::status::{State as Server, Status, lock};
use crate::window;

#[tauri::command]
pub fn server_status(app: State<'_, App>) -> Status {
    app.board.get()
}

#[tauri::command]
pub fn server_retry(app: State<'_, App>) {
    if matches!(app.board.get().state, Server::Failed | Server::Restarting) {
        app.order(Order::Retry);
    }
}

#[tauri::command]
pub fn target_get(app: State<'_, App>) -> Target {
    app.target()
}

#[tauri::command]
pub async fn target_set(app: AppHandle, target: Target) -> Result<(), String> {
    blocking(move || app.state::<App>().watch(target)).await
}

/// Keeps a remote server's token; where it is the one that is watched, it is
/// asked with the new token.
#[tauri::command]
pub async fn remote_token_set(
    app: AppHandle,
    url: String,
    token: String,
) -> Result<&'static str, String> {
    blocking(move || {
        let app = app.state::<App>();
        let kept = secrets::keep(&app.tokens, &url, token.trim())?;
        let target = app.target();
        if target == (Target::Remote { url }) {
            app.watch(target)?;
        }
        Ok(kept)
    })
    .await
}

/// The docker contexts, as the server's program lists them.
#[tauri::command]
pub async fn contexts(app: State<'_, App>) -> Result<Vec<Value>, String> {
    let mut command = Command::new(&app.program);
    command.args(["contexts", "--json"]).kill_on_drop(true);
    #[cfg(windows)]
    command.creation_flags(crate::sidecar::NO_WINDOW);
    let output = timeout(Duration::from_secs(10), command.output())
        .await
        .map_err(|_| "The docker contexts were not listed within 10 s.")?
        .map_err(|error| format!("The docker contexts can't be listed: {error}."))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

/// What closing the window means: the page knows, or has asked.
#[tauri::command]
pub fn close_answer(app: AppHandle, quit: bool) {
    if quit {
        app.exit(0);
    } else {
        window::hide(&app);
    }
}

/// What a link or a notification asked for before the page was there to hear of
/// it. The page asks once it listens to `open`.
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
