//! What the app itself keeps, in files that only the user can read. All else that
//! can be set is the page's.

use std::path::Path;
use std::{fs, io};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

/// What a file has; one that is missing or makes no sense has what a new user has.
pub fn load<T: Default + DeserializeOwned>(file: &Path) -> T {
    fs::read(file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Writes a file, whole or not at all. The error is a sentence.
pub fn save<T: Serialize>(file: &Path, what: &T) -> Result<(), String> {
    replace(file, what).map_err(|error| format!("{} can't be written: {error}.", file.display()))
}

fn replace<T: Serialize>(file: &Path, what: &T) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut new = NamedTempFile::new_in(directory)?;
    serde_json::to_writer_pretty(&mut new, what)?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}
