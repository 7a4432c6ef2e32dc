//! What the parts of the app share: what is watched, the server inside, and what
//! waits for the page.

use std::env;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tauri::{AppHandle, Emitter, Manager};
use tokio::sync::mpsc::Sender;

use crate::backoff::Policy;
use crate::secrets;
use crate::settings::{Target, load, save};
use crate::sidecar::{Launch, Order, sidecar};
use crate::status::{Board, lock};

/// What waits for the page.
#[derive(Default)]
pub struct Links {
    /// The page listens.
    pub heard: bool,
    /// What it opens when it does.
    pub pending: Option<String>,
}

/// The state that Tauri keeps for the app.
pub struct App {
    /// The server lies beside the app.
    pub program: PathBuf,
    /// The file with tokens, where the system has no key store.
    pub tokens: PathBuf,
    /// What is known of the server.
    pub board: Arc<Board>,
    /// What the page is to open.
    pub links: Mutex<Links>,
    /// When the page was asked what closing means, and has not answered.
    pub asked: Mutex<Option<Instant>>,
    file: PathBuf,
    data: PathBuf,
    target: Mutex<Target>,
    orders: Mutex<Option<Sender<Order>>>,
    owner: Mutex<Option<tauri::async_runtime::JoinHandle<()>>>,
}

impl App {
    /// Reads what is kept and starts the server.
    pub fn start(app: &AppHandle) -> tauri::Result<Self> {
        let config = app.path().app_config_dir()?;
        let file = config.join("target.json");
        let program = format!("quaywatch{}", env::consts::EXE_SUFFIX);
        let handle = app.clone();
        let this = Self {
            program: env::current_exe()?.with_file_name(program),
            tokens: config.join("tokens.json"),
            board: Arc::new(Board::new(move |status| {
                let _ = handle.emit("server", status);
            })),
            links: Mutex::default(),
            asked: Mutex::default(),
            data: app.path().app_local_data_dir()?.join("server"),
            target: Mutex::new(load(&file)),
            file,
            orders: Mutex::default(),
            owner: Mutex::default(),
        };
        let launch = this.launch(this.target());
        let (orders, owner) = sidecar(launch, Policy::default(), this.board.clone());
        *lock(&this.orders) = Some(orders);
        *lock(&this.owner) = Some(tauri::async_runtime::spawn(owner));
        Ok(this)
    }

    /// Ends the server and waits for it.
    pub fn stop(&self) {
        self.order(Order::Stop);
        let owner = lock(&self.owner).take();
        if let Some(owner) = owner {
            let _ = tauri::async_runtime::block_on(owner);
        }
    }

    /// Tells the sidecar's owner something.
    pub fn order(&self, order: Order) {
        if let Some(orders) = lock(&self.orders).as_ref() {
            let _ = orders.try_send(order);
        }
    }

    /// What is watched.
    pub fn target(&self) -> Target {
        lock(&self.target).clone()
    }

    /// Keeps what is watched from now on and goes over to it.
    pub fn watch(&self, target: Target) -> Result<(), String> {
        save(&self.file, &target)?;
        (*lock(&self.target)).clone_from(&target);
        self.order(Order::Use(self.launch(target)));
        Ok(())
    }

    fn launch(&self, target: Target) -> Launch {
        let serve = ["serve", "--json", "--sidecar", "--listen", "127.0.0.1:0"];
        let mut launch = Launch {
            program: self.program.clone(),
            args: serve.map(String::from).into(),
            ..Launch::default()
        };
        let Launch { args, env, .. } = &mut launch;
        if env::var_os("QUAYWATCH_DATA_DIR").is_none() {
            // Apart from a server that the user runs beside the app.
            let data = self.data.display().to_string();
            env.push(("QUAYWATCH_DATA_DIR".into(), Some(data)));
        }
        if target != Target::Auto {
            for name in ["QUAYWATCH_HOST", "DOCKER_HOST", "DOCKER_CONTEXT"] {
                env.push((name.into(), None));
            }
        }
        match target {
            Target::Auto => {}
            Target::Demo => args.push("--demo".into()),
            Target::Host { host } => args.extend(["--host".into(), host]),
            Target::Context { name } => env.push(("DOCKER_CONTEXT".into(), Some(name))),
            Target::Remote { url } => {
                *args = vec!["relay".into(), "--json".into(), url.clone()];
                launch.token = secrets::find(&self.tokens, &url);
                launch.remote = Some(url);
            }
        }
        launch
    }
}
