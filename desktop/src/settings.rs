//! What the user chose, in a file of the app's configuration directory.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tauri::Url;

/// What closing the window does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Close {
    /// The page asks.
    #[default]
    Ask,
    /// The app goes on watching.
    Tray,
    /// The app ends.
    Quit,
}

/// Which engine is watched, or which server is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Target {
    /// The engine that the docker command would use.
    #[default]
    Auto,
    /// A docker context.
    Context {
        /// Its name.
        name: String,
    },
    /// An engine's address.
    Host {
        /// As of `docker --host`.
        host: String,
    },
    /// Made-up containers.
    Demo,
    /// A running Quaywatch server.
    Remote {
        /// Its address.
        url: String,
    },
}

/// The settings, as the page gets them and as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// What closing the window does.
    pub close_to_tray: Close,
    /// Whether the app starts with the user's session.
    pub start_at_login: bool,
    /// Until when no notification is shown, in milliseconds since 1970.
    pub notifications_paused_until: Option<u64>,
    /// What is watched.
    pub target: Target,
}

impl Settings {
    /// The settings of a file; a file that is missing or makes no sense gives
    /// those that a new user has.
    pub fn load(path: &Path) -> Self {
        fs::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Writes the file whole or not at all.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        write_private(path, &serde_json::to_vec_pretty(self)?)
    }

    /// Why these settings can't be taken, as a sentence.
    pub fn refuse(&self) -> Option<String> {
        match &self.target {
            Target::Context { name } if name.trim().is_empty() => {
                Some("Choose a docker context.".into())
            }
            Target::Host { host } if !host.contains("://") => Some(
                "An engine's address looks like unix:///var/run/docker.sock or ssh://user@host."
                    .into(),
            ),
            Target::Remote { url } => origin(url).err(),
            _ => None,
        }
    }
}

/// The origin of a server's address. The token goes there, so it is encrypted or
/// doesn't leave the machine.
pub fn origin(url: &str) -> Result<String, String> {
    let wrong = || "A server's address looks like https://quaywatch.example.org.".to_string();
    let url = Url::parse(url.trim()).map_err(|_| wrong())?;
    let host = url.host_str().ok_or_else(wrong)?;
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        "http" => {
            return Err(
                "The token would go there unencrypted: use https, or a tunnel to 127.0.0.1.".into(),
            );
        }
        _ => return Err(wrong()),
    }
    Ok(url.origin().ascii_serialization())
}

/// Replaces a file that only the user can read.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let new = PathBuf::from(format!("{}.new", path.display()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}
