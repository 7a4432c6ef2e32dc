//! What is opened in the window.

use quaywatch_desktop::window::{container, own};
use tauri::Url;

#[test]
fn links() {
    let names = [
        ("quaywatch://container/web-1", Some("web-1")),
        ("quaywatch://container/web_1.x/", Some("web_1.x")),
        ("quaywatch://container/", None),
        ("quaywatch://container", None),
        ("quaywatch://container/a/b", None),
        ("quaywatch://container/..%2fsettings", None),
        ("quaywatch://container/<b>", None),
        ("quaywatch://settings/web", None),
        ("https://container/web", None),
        ("web", None),
    ];
    for (link, name) in names {
        assert_eq!(container(link).as_deref(), name, "{link}");
    }
}

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
