//! The tokens of remote servers: in the system's key store, or, where there is
//! none, in a file that only the user can read. It may wait for the user to
//! unlock the store, so never call it on the main thread.

use std::collections::BTreeMap;
use std::path::Path;

use keyring::Entry;

use crate::settings::{load, save};

const SERVICE: &str = "io.github.quaywatch.desktop";

type Tokens = BTreeMap<String, String>;

/// Keeps the token of a server and says where.
pub fn keep(file: &Path, server: &str, token: &str) -> Result<&'static str, String> {
    let mut tokens: Tokens = load(file);
    if Entry::new(SERVICE, server)
        .and_then(|e| e.set_password(token))
        .is_err()
    {
        tokens.insert(server.into(), token.into());
        return save(file, &tokens).map(|()| "file");
    }
    // What stood in the file is old now.
    match tokens.remove(server) {
        Some(_) => save(file, &tokens).map(|()| "keyring"),
        None => Ok("keyring"),
    }
}

/// The token of a server, if one was kept.
pub fn find(file: &Path, server: &str) -> Option<String> {
    let stored = Entry::new(SERVICE, server).and_then(|e| e.get_password());
    stored.ok().or_else(|| load::<Tokens>(file).remove(server))
}
