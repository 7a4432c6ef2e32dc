//! What the page may do is what is listed here and no more: whoever widens it
//! has to say so in this file too.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

const ALLOWED: [&str; 26] = [
    "core:event:allow-listen",
    "core:event:allow-unlisten",
    "core:menu:allow-new",
    "core:menu:allow-set-checked",
    "core:menu:allow-set-text",
    "core:resources:allow-close",
    "core:tray:allow-get-by-id",
    "core:tray:allow-set-icon",
    "core:tray:allow-set-menu",
    "core:tray:allow-set-tooltip",
    "core:window:allow-destroy",
    "core:window:allow-hide",
    "core:window:allow-set-focus",
    "core:window:allow-show",
    "core:window:allow-unminimize",
    "websocket:default",
    "autostart:default",
    "deep-link:allow-get-current",
    "notification:allow-notify",
    "notification:allow-register-listener",
    "opener:allow-open-url",
    "allow-server-status",
    "allow-server-retry",
    "allow-target-set",
    "allow-remote-token-set",
    "allow-contexts",
];

fn read(path: &str) -> Value {
    let root = env!("CARGO_MANIFEST_DIR");
    let text = fs::read_to_string(format!("{root}/{path}")).expect(path);
    serde_json::from_str(&text).expect(path)
}

/// Says what is wider than allowed.
fn wider(capability: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, value) in capability.as_object().into_iter().flatten() {
        match key.as_str() {
            "$schema" | "identifier" | "description" | "permissions" => {}
            "local" if *value == json!(true) => {}
            "windows" if *value == json!(["main"]) => {}
            _ => wrong.push(format!("{key}: {value}")),
        }
    }
    for permission in capability["permissions"].as_array().into_iter().flatten() {
        let name = permission
            .as_str()
            .or_else(|| permission["identifier"].as_str())
            .unwrap_or_default();
        if !ALLOWED.contains(&name) {
            wrong.push(format!("permission {permission}"));
        }
        if permission.is_object() {
            let links = json!([{ "url": "http://*" }, { "url": "https://*" }]);
            let only = json!({ "identifier": "opener:allow-open-url", "allow": links });
            if *permission != only {
                wrong.push(format!("scope {permission}"));
            }
        }
    }
    wrong
}

#[test]
fn nothing_is_wider_than_allowed() {
    let directory = format!("{}/capabilities", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = fs::read_dir(directory)
        .expect("capabilities")
        .map(|entry| {
            entry
                .expect("entry")
                .file_name()
                .into_string()
                .expect("name")
        })
        .collect();
    assert_eq!(files, ["main.json"]);
    let main = read("capabilities/main.json");
    assert_eq!(wider(&main), Vec::<String>::new());
    // And nothing on the list is left over.
    let used: BTreeSet<_> = main["permissions"]
        .as_array()
        .expect("permissions")
        .iter()
        .filter_map(|p| p.as_str().or_else(|| p["identifier"].as_str()))
        .collect();
    assert_eq!(used, BTreeSet::from(ALLOWED));
}

#[test]
fn wider_ones_are_found() {
    for capability in [
        json!({ "permissions": ["shell:default"] }),
        json!({ "permissions": ["core:default"] }),
        json!({ "permissions": ["opener:default"] }),
        json!({ "permissions": [{ "identifier": "opener:allow-open-url", "allow": [{ "url": "*" }] }] }),
        json!({ "permissions": [{ "identifier": "websocket:default", "allow": [] }] }),
        json!({ "permissions": [], "remote": { "urls": ["https://*"] } }),
        json!({ "permissions": [], "windows": ["*"] }),
        json!({ "permissions": [], "webviews": ["main"] }),
        json!({ "permissions": [], "local": false }),
    ] {
        assert_eq!(wider(&capability).len(), 1, "{capability}");
    }
}

#[test]
fn the_configuration_is_as_narrow() {
    let config = read("tauri.conf.json");
    let app = &config["app"];
    assert_eq!(app["withGlobalTauri"], json!(false));
    assert_eq!(
        app["security"].as_object().map(serde_json::Map::len),
        Some(2)
    );
    assert_eq!(app["security"]["capabilities"], json!(["main"]));
    assert_eq!(
        app["security"]["csp"],
        json!({
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "font-src": "'self'",
            "connect-src": "ipc: http://ipc.localhost http://127.0.0.1:*",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'"
        })
    );
    // A configuration of the WebSocket plugin makes it panic.
    let plugins: Vec<_> = config["plugins"]
        .as_object()
        .expect("plugins")
        .keys()
        .collect();
    assert_eq!(plugins, ["deep-link"]);
}
