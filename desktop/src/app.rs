//! What the parts of the app share: settings, the server inside, and what waits
//! for the page.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tauri::{AppHandle, Emitter, Manager};
use tauri_plugin_autostart::ManagerExt as _;

use crate::backoff::Policy;
use crate::remote::{self, Remote};
use crate::secrets;
use crate::settings::{Settings, Target, origin};
use crate::sidecar::{Launch, Sidecar};
use crate::status::{Board, lock};

/// What waits for the page.
#[derive(Default)]
pub struct Links {
    /// The page listens.
    pub heard: bool,
    /// The container that it opens when it does.
    pub pending: Option<String>,
}

/// The state that Tauri keeps for the app.
pub struct App {
    settings: Mutex<Settings>,
    config: PathBuf,
    data: PathBuf,
    /// What is known of the server.
    pub board: Arc<Board>,
    /// What the page asks a remote server through.
    pub remote: Remote,
    sidecar: Mutex<Option<Sidecar>>,
    owner: Mutex<Option<tauri::async_runtime::JoinHandle<()>>>,
    /// What the page is to open.
    pub links: Mutex<Links>,
}

impl App {
    /// Reads the settings.
    pub fn new(app: &AppHandle) -> tauri::Result<Self> {
        let config = app.path().app_config_dir()?;
        let handle = app.clone();
        Ok(Self {
            settings: Mutex::new(Settings::load(&config.join("settings.json"))),
            data: app.path().app_local_data_dir()?.join("server"),
            config,
            board: Arc::new(Board::new(move |status| {
                let _ = handle.emit("server", status);
            })),
            remote: Remote::default(),
            sidecar: Mutex::default(),
            owner: Mutex::default(),
            links: Mutex::default(),
        })
    }

    /// The present settings.
    pub fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// The file with tokens, where the system has no key store.
    pub fn tokens(&self) -> PathBuf {
        self.config.join("tokens.json")
    }

    /// Starts the server, or takes the remote one.
    pub fn start(app: &AppHandle) {
        let this = app.state::<Self>();
        let launch = this.launch(&this.settings().target);
        let (sidecar, owner) = Sidecar::new(launch, Policy::default(), this.board.clone());
        *lock(&this.sidecar) = Some(sidecar);
        *lock(&this.owner) = Some(tauri::async_runtime::spawn(owner));
    }

    /// Ends the server and waits for it.
    pub fn stop(&self) {
        self.order(Sidecar::stop);
        let owner = lock(&self.owner).take();
        if let Some(owner) = owner {
            let _ = tauri::async_runtime::block_on(owner);
        }
    }

    /// Tells the sidecar's owner something.
    pub fn order(&self, what: impl FnOnce(&Sidecar)) {
        if let Some(sidecar) = lock(&self.sidecar).as_ref() {
            what(sidecar);
        }
    }

    /// Takes over and keeps settings, and tells the page.
    pub fn keep(app: &AppHandle, settings: Settings) -> Result<(), String> {
        if let Some(reason) = settings.refuse() {
            return Err(reason);
        }
        let this = app.state::<Self>();
        let file = this.config.join("settings.json");
        let login = app.autolaunch();
        if settings.start_at_login != login.is_enabled().unwrap_or_default() {
            let changed = if settings.start_at_login {
                login.enable()
            } else {
                login.disable()
            };
            changed.map_err(|error| format!("Start at login can't be changed: {error}."))?;
        }
        settings.save(&file).map_err(|error| {
            format!("The settings can't be kept in {}: {error}.", file.display())
        })?;
        let before = std::mem::replace(&mut *lock(&this.settings), settings.clone());
        if before.target != settings.target {
            this.switch(&settings.target);
        }
        let _ = app.emit("settings", settings);
        Ok(())
    }

    /// Starts or takes the target's server instead of the present one.
    pub fn switch(&self, target: &Target) {
        let launch = self.launch(target);
        self.order(|sidecar| sidecar.switch(launch));
    }

    fn launch(&self, target: &Target) -> Launch {
        self.remote.set(None);
        let mut args: Vec<String> = ["serve", "--json", "--sidecar", "--listen", "127.0.0.1:0"]
            .map(String::from)
            .into();
        let mut env = Vec::new();
        if std::env::var_os("QUAYWATCH_DATA_DIR").is_none() {
            // Apart from a server that the user runs beside the app.
            let data = self.data.display().to_string();
            env.push(("QUAYWATCH_DATA_DIR".into(), Some(data)));
        }
        if *target != Target::Auto {
            for name in ["QUAYWATCH_HOST", "DOCKER_HOST", "DOCKER_CONTEXT"] {
                env.push((name.into(), None));
            }
        }
        match target {
            Target::Auto => {}
            Target::Demo => args.push("--demo".into()),
            Target::Host { host } => args.extend(["--host".into(), host.clone()]),
            Target::Context { name } => env.push(("DOCKER_CONTEXT".into(), Some(name.clone()))),
            Target::Remote { url } => {
                return match origin(url) {
                    Ok(url) => {
                        let token = secrets::find(&self.tokens(), &url);
                        self.remote.set(Some(url.clone()));
                        Launch::Remote {
                            url,
                            fetch_url: remote::BASE.into(),
                            token,
                        }
                    }
                    Err(reason) => Launch::Impossible(reason),
                };
            }
        }
        match program() {
            Ok(program) => Launch::Local { program, args, env },
            Err(error) => Launch::Impossible(format!("The app doesn't know where it is: {error}.")),
        }
    }
}

/// The server lies beside the app.
pub fn program() -> std::io::Result<PathBuf> {
    let name = format!("quaywatch{}", std::env::consts::EXE_SUFFIX);
    Ok(std::env::current_exe()?.with_file_name(name))
}
