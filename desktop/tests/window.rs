//! What is opened in the window.

use quaywatch_desktop::window::own;
use tauri::Url;

#[test]
fn only_the_apps_own_page() {
    for (url, wanted) in [
        ("tauri://localhost/containers/x", true),
        ("http://tauri.localhost/", true),
        ("http://127.0.0.1:8080/", false),
        ("https://example.org/", false),
        ("remote://localhost/api/v1/system", false),
        ("file:///etc/passwd", false),
        ("data:text/html,x", false),
    ] {
        assert_eq!(own(&Url::parse(url).unwrap()), wanted, "{url}");
    }
}
