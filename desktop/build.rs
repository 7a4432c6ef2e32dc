//! Has Tauri check configuration and capabilities and put them into the
//! program. Each command is named, so that the page may call only those that
//! its capability allows.

fn main() {
    let commands = &[
        "server_status",
        "server_retry",
        "target_set",
        "remote_token_set",
        "contexts",
    ];
    let manifest = tauri_build::AppManifest::new().commands(commands);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    tauri_build::try_build(attributes).expect("the app's configuration");
}
