//! What the app itself keeps: which engine is watched, before there is a page
//! that could say so. All else that can be set is the page's.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

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

/// What a file has; one that is missing or makes no sense has what a new user has.
pub fn load<T: Default + DeserializeOwned>(file: &Path) -> T {
    fs::read(file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Writes a file that only the user can read, whole or not at all. The error is
/// a sentence.
pub fn save<T: Serialize>(file: &Path, what: &T) -> Result<(), String> {
    serde_json::to_vec_pretty(what)
        .map_err(io::Error::from)
        .and_then(|bytes| replace(file, &bytes))
        .map_err(|error| format!("{} can't be written: {error}.", file.display()))
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let new = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(new, file)
}
