//! What is kept.

use std::fs;
use std::path::PathBuf;

use quaywatch_desktop::settings::{load, save};
use serde_json::{Value, json};

/// An empty directory, where cargo has its own.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory");
    path
}

#[test]
fn it_comes_back_as_it_was_and_is_the_users_alone() {
    let file = directory("kept").join("deep/target.json");
    let target = json!({ "kind": "context", "name": "far" });
    save(&file, &target).expect("saved");
    assert_eq!(load::<Value>(&file), target);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let files = fs::read_dir(file.parent().expect("a parent")).expect("files");
    assert_eq!(files.count(), 1);
    fs::write(&file, b"{").expect("written");
    assert_eq!(load::<Option<Value>>(&file), None);
}

#[test]
fn what_cannot_be_kept_is_said() {
    let file = directory("not-kept").join("file");
    fs::write(&file, b"").expect("written");
    let below = file.join("target.json");
    let reason = save(&below, &json!({})).expect_err("a file is no directory");
    assert!(reason.contains("target.json can't be written"), "{reason}");
}
