//! Settings and what is kept beside them.

use std::fs;

use quaywatch_desktop::settings::{Close, Settings, Target, origin, write_private};
use serde_json::json;

#[test]
fn they_come_back_as_they_were_and_are_the_users_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("deep/settings.json");
    let settings = Settings {
        close_to_tray: Close::Tray,
        start_at_login: true,
        notifications_paused_until: Some(1_800_000_000_000),
        target: Target::Context { name: "far".into() },
    };
    settings.save(&file).expect("saved");
    assert_eq!(Settings::load(&file), settings);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    write_private(&file, b"{").expect("written");
    assert_eq!(Settings::load(&file), Settings::default());
    assert_eq!(
        fs::read_dir(file.parent().expect("parent"))
            .expect("files")
            .count(),
        1
    );
}

#[test]
fn they_have_the_pages_form() {
    let settings: Settings = serde_json::from_value(json!({
        "closeToTray": "ask", "startAtLogin": false, "notificationsPausedUntil": null,
        "target": { "kind": "remote", "url": "https://quay.example.org/" }
    }))
    .expect("settings");
    assert_eq!(settings.refuse(), None);
    assert_eq!(
        serde_json::to_value(Settings::default()).expect("json"),
        json!({
            "closeToTray": "ask", "startAtLogin": false, "notificationsPausedUntil": null,
            "target": { "kind": "auto" }
        })
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    for target in [
        Target::Context { name: " ".into() },
        Target::Host {
            host: "somewhere".into(),
        },
        Target::Remote { url: "quay".into() },
        Target::Remote {
            url: "ftp://quay.example.org".into(),
        },
        Target::Remote {
            url: "http://quay.example.org".into(),
        },
    ] {
        let settings = Settings {
            target,
            ..Settings::default()
        };
        let reason = settings.refuse().expect("a reason");
        assert!(reason.ends_with('.'), "{reason}");
    }
}

#[test]
fn an_origin_is_all_that_is_kept_of_an_address() {
    for (url, wanted) in [
        (
            "https://quay.example.org:8443/x?y#z",
            "https://quay.example.org:8443",
        ),
        (
            " https://user:pass@quay.example.org ",
            "https://quay.example.org",
        ),
        ("http://127.0.0.1:7420/#token=x", "http://127.0.0.1:7420"),
        ("http://localhost:7420", "http://localhost:7420"),
        ("http://[::1]:7420", "http://[::1]:7420"),
    ] {
        assert_eq!(origin(url).as_deref(), Ok(wanted), "{url}");
    }
}
