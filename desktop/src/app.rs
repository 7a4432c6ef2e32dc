//! The app's state, and what the page may ask of it. build.rs names the commands,
//! the capability allows them.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tauri::async_runtime::{block_on, spawn};
use tauri::{AppHandle, Emitter, Manager, State};
use tokio::sync::watch;
use tokio::task::block_in_place;

use crate::secrets;
use crate::settings::{load, save};
use crate::sidecar::{self, Board, FIRST_PAUSE, Launch, Status};

/// The state that Tauri keeps for the app.
pub struct App {
    board: Arc<Board>,
    /// The server that is wanted.
    wanted: watch::Sender<Option<Launch>>,
    /// Where what is watched is kept: it is needed before there is a page.
    file: PathBuf,
    tokens: PathBuf,
}

impl App {
    /// Reads what is kept and starts the server.
    pub fn start(app: &AppHandle) -> tauri::Result<Self> {
        let config = app.path().app_config_dir()?;
        let (file, tokens) = (config.join("target.json"), config.join("tokens.json"));
        let launch = Launch {
            program: env::current_exe()?
                .with_file_name(format!("quaywatch{}", env::consts::EXE_SUFFIX)),
            args: vec!["sidecar".into()],
            target: load::<Option<Value>>(&file).unwrap_or(json!({ "kind": "auto" })),
            data: app.path().app_local_data_dir()?.join("server"),
            tokens: tokens.clone(),
        };
        let handle = app.clone();
        let board = Arc::new(Board::new(move |status| {
            let _ = handle.emit("server", status);
        }));
        let (wanted, receiver) = watch::channel(Some(launch));
        spawn(sidecar::keep(receiver, FIRST_PAUSE, board.clone()));
        Ok(Self {
            board,
            wanted,
            file,
            tokens,
        })
    }

    /// Ends the server and waits for it.
    pub fn stop(&self) {
        self.wanted.send_replace(None);
        block_on(self.wanted.closed());
    }

    /// Starts the server anew, with something changed.
    fn anew(&self, change: impl FnOnce(&mut Launch)) {
        self.wanted.send_modify(|wanted| {
            wanted.as_mut().map(change);
        });
    }
}

/// What the server inside is doing.
#[tauri::command]
pub fn server_status(app: State<'_, App>) -> Status {
    app.board.get()
}

/// Another try, where the server does not run.
#[tauri::command]
pub fn server_retry(app: State<'_, App>) {
    if app.board.get().reason.is_some() {
        app.anew(|_| ());
    }
}

/// Keeps what is watched from now on, and goes over to it.
#[tauri::command(async)]
pub fn target_set(app: State<'_, App>, target: Value) -> Result<(), String> {
    save(&app.file, &target)?;
    app.anew(|launch| launch.target = target);
    Ok(())
}

/// Keeps a remote server's token and says where; the one that is watched is asked
/// with it at once. The key store may wait for the user.
#[tauri::command(async)]
pub fn remote_token_set(
    app: State<'_, App>,
    url: &str,
    token: &str,
) -> Result<&'static str, String> {
    let kept = block_in_place(|| secrets::keep(&app.tokens, url, token.trim()))?;
    if app.board.get().target["url"] == url {
        app.anew(|_| ());
    }
    Ok(kept)
}

/// The docker contexts, as the server's program lists them: an object a line.
#[tauri::command]
pub async fn contexts(app: State<'_, App>) -> Result<String, String> {
    let program = app.wanted.borrow().clone().unwrap_or_default().program;
    let listed = sidecar::command(&program, ["contexts", "--json"])
        .output()
        .await
        .map_err(|error| format!("{} can't be started: {error}.", program.display()))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if listed.status.success() {
        Ok(text(&listed.stdout))
    } else {
        Err(text(&listed.stderr))
    }
}
