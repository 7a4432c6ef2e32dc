//! What is kept.

use std::fs;
use std::path::PathBuf;

use quaywatch_desktop::settings::{Target, load, save};
use serde_json::json;

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
    let target = Target::Context { name: "far".into() };
    save(&file, &target).expect("saved");
    assert_eq!(load::<Target>(&file), target);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let files = fs::read_dir(file.parent().expect("a parent")).expect("files");
    assert_eq!(files.count(), 1);
    fs::write(&file, b"{").expect("written");
    assert_eq!(load::<Target>(&file), Target::Auto);
}

#[test]
fn what_cannot_be_kept_is_said() {
    let file = directory("not-kept").join("file");
    fs::write(&file, b"").expect("written");
    let below = file.join("target.json");
    let reason = save(&below, &Target::Demo).expect_err("a file is no directory");
    assert!(reason.contains("target.json can't be written"), "{reason}");
}

#[test]
fn targets_have_the_pages_form() {
    for (target, form) in [
        (Target::Auto, json!({ "kind": "auto" })),
        (Target::Demo, json!({ "kind": "demo" })),
        (
            Target::Context { name: "a".into() },
            json!({ "kind": "context", "name": "a" }),
        ),
        (
            Target::Host { host: "b".into() },
            json!({ "kind": "host", "host": "b" }),
        ),
        (
            Target::Remote { url: "c".into() },
            json!({ "kind": "remote", "url": "c" }),
        ),
    ] {
        assert_eq!(serde_json::to_value(&target).expect("json"), form);
        let back: Target = serde_json::from_value(form).expect("a target");
        assert_eq!(back, target);
    }
}
