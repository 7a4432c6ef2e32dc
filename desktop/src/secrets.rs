//! The tokens of remote servers: in the system's key store, or, where there is
//! none, in a file that only the user can read. It may wait for the user to
//! unlock the store, so never call it on the main thread.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::settings::write_private;

const SERVICE: &str = "io.github.quaywatch.desktop";

/// Where a token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// In the system's key store.
    Keyring,
    /// In the file.
    File,
}

/// Keeps the token of a server and says where.
pub fn keep(file: &Path, origin: &str, token: &str) -> Result<Kept, String> {
    let stored = keyring::Entry::new(SERVICE, origin).and_then(|e| e.set_password(token));
    let mut tokens = read(file);
    if stored.is_ok() {
        // What stood in the file is old now.
        if tokens.remove(origin).is_some() {
            write(file, &tokens)?;
        }
        return Ok(Kept::Keyring);
    }
    tokens.insert(origin.into(), token.into());
    write(file, &tokens)?;
    Ok(Kept::File)
}

/// The token of a server, if one was kept.
pub fn find(file: &Path, origin: &str) -> Option<String> {
    keyring::Entry::new(SERVICE, origin)
        .and_then(|e| e.get_password())
        .ok()
        .or_else(|| read(file).remove(origin))
}

fn read(file: &Path) -> BTreeMap<String, String> {
    fs::read(file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write(file: &Path, tokens: &BTreeMap<String, String>) -> Result<(), String> {
    serde_json::to_vec_pretty(tokens)
        .map_err(std::io::Error::from)
        .and_then(|bytes| write_private(file, &bytes))
        .map_err(|error| format!("The token can't be kept in {}: {error}.", file.display()))
}
