//! Asks a remote server on behalf of the page. The page's policy lets it reach
//! this machine only, and a server allows its own page only; so the page asks
//! `remote://localhost/api/…`, and the app passes that on to the one server that
//! the user named.

use std::io::Read as _;
use std::sync::Mutex;
use std::time::Duration;

use tauri::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use ureq::Agent;

use crate::status::lock;

/// The scheme, and what the page writes before the path.
pub const SCHEME: &str = "remote";
/// As the web views of the systems have it.
pub const BASE: &str = if cfg!(windows) {
    "http://remote.localhost"
} else {
    "remote://localhost"
};

/// The largest answer that is passed on: a downloaded log.
const LARGEST: u64 = 64 << 20;
/// What is passed on of the headers.
const ASKED: [&str; 5] = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "x-quaywatch-client",
];
const ANSWERED: [&str; 4] = ["content-type", "content-disposition", "etag", "retry-after"];

/// The server that is asked.
#[derive(Default)]
pub struct Remote {
    origin: Mutex<Option<String>>,
}

impl Remote {
    /// Takes a server's origin, or none.
    pub fn set(&self, origin: Option<String>) {
        *lock(&self.origin) = origin;
    }

    /// Answers the page. It blocks for as long as the server takes.
    pub fn answer(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let from = request.headers().get(header::ORIGIN).cloned();
        let mut response = if request.method() == Method::OPTIONS {
            plain(StatusCode::NO_CONTENT, "")
        } else {
            self.ask(request)
                .unwrap_or_else(|(status, text)| plain(status, &text))
        };
        // No other page runs in the app, see on_navigation.
        let headers = response.headers_mut();
        if let Some(from) = from {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, from);
        }
        let any = |text| header::HeaderValue::from_static(text);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            any("GET, POST, DELETE"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            any("authorization, content-type, idempotency-key, x-quaywatch-client"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            any("retry-after, etag"),
        );
        response
    }

    fn ask(&self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, (StatusCode, String)> {
        let Some(origin) = lock(&self.origin).clone() else {
            return Err((StatusCode::NOT_FOUND, "No remote server is chosen.".into()));
        };
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        if !path.starts_with("/api/") {
            return Err((StatusCode::NOT_FOUND, "Only the API is asked.".into()));
        }
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(1)))
            .http_status_as_error(false)
            // The token goes nowhere else.
            .max_redirects(0)
            .build()
            .into();
        let mut out = Request::builder()
            .method(request.method())
            .uri(format!("{origin}{path}"));
        for name in ASKED {
            if let Some(value) = request.headers().get(name) {
                out = out.header(name, value);
            }
        }
        let bad = |error: String| (StatusCode::BAD_GATEWAY, format!("{origin}: {error}."));
        let out = out
            .body(request.body().clone())
            .map_err(|error| bad(error.to_string()))?;
        let mut answer = agent.run(out).map_err(|error| bad(error.to_string()))?;
        let mut body = Vec::new();
        answer
            .body_mut()
            .as_reader()
            .take(LARGEST)
            .read_to_end(&mut body)
            .map_err(|error| bad(error.to_string()))?;
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        copy(answer.headers(), response.headers_mut());
        Ok(response)
    }
}

fn copy(from: &HeaderMap, to: &mut HeaderMap) {
    for name in ANSWERED {
        if let Some(value) = from.get(name) {
            to.insert(name, value.clone());
        }
    }
}

fn plain(status: StatusCode, text: &str) -> Response<Vec<u8>> {
    let mut response = Response::new(text.as_bytes().to_vec());
    *response.status_mut() = status;
    response
}
