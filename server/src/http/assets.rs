//! The client's files: inside the binary, or from `target/site` while developing.
//!
//! Their addresses hold a hash of all contents, so a browser may keep them for
//! ever and a new release is a new address.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::SystemTime,
};

/// The files compiled in: path and content.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Kept for a year, and never asked for again.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The addresses a page links to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteFiles {
    /// The style sheet.
    pub css: String,
    /// The client's module.
    pub js: String,
    /// The client's program.
    pub wasm: String,
    /// What the pages of an area need beside the first file of the program, by its name.
    pub areas: BTreeMap<String, Vec<String>>,
    /// The icon.
    pub icon: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    css: String,
    js: String,
    wasm: String,
    areas: BTreeMap<String, Vec<String>>,
    files: Vec<ManifestFile>,
}

#[derive(Deserialize)]
struct ManifestFile {
    path: String,
}

#[derive(Default)]
struct Loaded {
    files: SiteFiles,
    content: BTreeMap<String, Bytes>,
    read_at: Option<SystemTime>,
}

/// The site, loaded once; while developing, again when it was rebuilt.
#[derive(Clone)]
pub struct Site {
    folder: Option<Arc<PathBuf>>,
    loaded: Arc<RwLock<Arc<Loaded>>>,
}

impl Site {
    /// The embedded site, or else the one in `folder`, which may yet be missing.
    #[must_use]
    pub fn load(folder: PathBuf) -> Self {
        if !EMBEDDED.is_empty() {
            let content = EMBEDDED
                .iter()
                .map(|(path, bytes)| ((*path).to_owned(), Bytes::from_static(bytes)))
                .collect();
            return Self::new(None, Loaded::new(content, None));
        }
        let loaded = Loaded::read(&folder);
        if loaded.files.js.is_empty() {
            let folder = folder.display();
            tracing::warn!("no client build found at {folder}: run `cargo xtask client`");
        }
        Self::new(Some(Arc::new(folder)), loaded)
    }

    fn new(folder: Option<Arc<PathBuf>>, loaded: Loaded) -> Self {
        Self {
            folder,
            loaded: Arc::new(RwLock::new(Arc::new(loaded))),
        }
    }

    /// The addresses of the present build; empty when there is none.
    #[must_use]
    pub fn files(&self) -> SiteFiles {
        self.current().files.clone()
    }

    fn current(&self) -> Arc<Loaded> {
        let held = self
            .loaded
            .read()
            .map_or_else(|poisoned| poisoned.into_inner().clone(), |l| l.clone());
        let Some(folder) = &self.folder else {
            return held;
        };
        if modified(folder) == held.read_at {
            return held;
        }
        let fresh = Arc::new(Loaded::read(folder));
        if let Ok(mut slot) = self.loaded.write() {
            *slot = Arc::clone(&fresh);
        }
        fresh
    }
}

fn modified(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(folder.join("manifest.json"))
        .ok()?
        .modified()
        .ok()
}

impl Loaded {
    fn new(content: BTreeMap<String, Bytes>, read_at: Option<SystemTime>) -> Self {
        let manifest = content
            .get("/manifest.json")
            .and_then(|json| serde_json::from_slice(json).ok());
        let files = manifest.map_or_else(SiteFiles::default, |manifest: Manifest| SiteFiles {
            icon: manifest
                .files
                .iter()
                .map(|file| &file.path)
                .find(|path| path.ends_with("favicon.svg"))
                .cloned(),
            css: manifest.css,
            js: manifest.js,
            wasm: manifest.wasm,
            areas: manifest.areas,
        });
        Self {
            files,
            content,
            read_at,
        }
    }

    fn read(folder: &Path) -> Self {
        let mut content = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(&next) else {
                continue;
            };
            for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
                if path.is_dir() {
                    folders.push(path);
                } else if let (Ok(name), Ok(bytes)) =
                    (path.strip_prefix(folder), std::fs::read(&path))
                {
                    content.insert(format!("/{}", name.to_string_lossy()), Bytes::from(bytes));
                }
            }
        }
        Self::new(content, modified(folder))
    }
}

/// Answers `GET /pkg/…`: the smallest form that the browser takes.
pub async fn serve(State(site): State<Site>, request: Request) -> Response {
    let loaded = site.current();
    let path = request.uri().path();
    let accepted = accepted_encodings(request.headers());
    let encoded = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .find_map(|(encoding, suffix)| {
            let file = loaded.content.get(&format!("{path}.{suffix}"))?;
            takes(accepted, encoding).then_some((encoding, file))
        });
    let (encoding, bytes) = match encoded {
        Some((encoding, bytes)) => (Some(encoding), bytes),
        None => match loaded.content.get(path) {
            Some(bytes) => (None, bytes),
            None => {
                return (StatusCode::NOT_FOUND, "no such file; load the page anew\n")
                    .into_response();
            }
        },
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, content_type(path));
    headers.insert(header::CACHE_CONTROL, IMMUTABLE);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, bytes.clone()).into_response()
}

fn accepted_encodings(headers: &HeaderMap) -> &str {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}

/// Whether an `Accept-Encoding` takes an encoding; a weight of 0 means not.
fn takes(accepted: &str, wanted: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let weight = words.find_map(|word| word.strip_prefix("q=")?.parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Body, routing::get};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    fn site() -> (tempfile::TempDir, Router) {
        let folder = tempfile::tempdir().expect("a folder");
        let pkg = folder.path().join("pkg/abc");
        std::fs::create_dir_all(&pkg).expect("made");
        std::fs::write(pkg.join("a.js"), "plain").expect("written");
        std::fs::write(pkg.join("a.js.br"), "brotli").expect("written");
        let manifest = r#"{"build_id":"abc","css":"/pkg/abc/a.css","js":"/pkg/abc/a.js",
            "wasm":"/pkg/abc/a.wasm","areas":{},"files":[{"path":"/pkg/abc/favicon.svg"}]}"#;
        std::fs::write(folder.path().join("manifest.json"), manifest).expect("written");
        let site = Site::load(folder.path().to_owned());
        assert_eq!(site.files().js, "/pkg/abc/a.js");
        assert_eq!(site.files().icon.as_deref(), Some("/pkg/abc/favicon.svg"));
        (
            folder,
            Router::new()
                .route("/pkg/{*path}", get(serve))
                .with_state(site),
        )
    }

    async fn fetch(router: &Router, path: &str, encoding: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, encoding);
        let request = request.body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(request).await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        (status, headers, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn the_smallest_accepted_form_is_sent_and_kept_for_ever() {
        let (_folder, router) = site();
        let (status, headers, body) = fetch(&router, "/pkg/abc/a.js", "gzip, br").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "brotli"));
        assert_eq!(headers[header::CONTENT_ENCODING], "br");
        assert_eq!(
            headers[header::CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        assert_eq!(headers[header::CACHE_CONTROL], IMMUTABLE);
        let (_, headers, body) = fetch(&router, "/pkg/abc/a.js", "identity").await;
        assert_eq!(
            (headers.get(header::CONTENT_ENCODING), body.as_str()),
            (None, "plain")
        );
    }

    #[test]
    fn encodings_are_taken_as_the_client_weighs_them() {
        for (accepted, br, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("br;q=0, GZIP;q=0.5", false, true),
            ("identity, brr", false, false),
            ("", false, false),
        ] {
            assert_eq!(
                (takes(accepted, "br"), takes(accepted, "gzip")),
                (br, gzip),
                "{accepted}"
            );
        }
    }

    #[tokio::test]
    async fn nothing_outside_the_site_is_served() {
        let (_folder, router) = site();
        for path in [
            "/pkg/other/a.js",
            "/pkg/../manifest.json",
            "/pkg/%2e%2e/manifest.json",
        ] {
            assert_eq!(
                fetch(&router, path, "").await.0,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
}
