//! The app's files: from `dist/` on disk, or from inside the binary.
//!
//! Hashed files never change; `index.html` is asked for anew each time. A path with a dot that is not there is 404, any
//! other is the app, which shows its own "not found".

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::problem::ProblemCode;

use crate::error::Error;

/// One file, with its compressed forms where they exist.
#[derive(Debug, Clone, Default)]
struct Asset {
    plain: web::Bytes,
    brotli: Option<web::Bytes>,
    gzip: Option<web::Bytes>,
}

/// All files of the app, in memory.
#[derive(Debug, Clone, Default)]
pub struct AppFiles {
    assets: Arc<HashMap<String, Asset>>,
    style_hashes: Vec<String>,
}

#[derive(Deserialize)]
struct Csp {
    style_hashes: Vec<String>,
}

impl AppFiles {
    /// Reads a built app from disk.
    pub fn from_folder(folder: &Path) -> std::io::Result<Self> {
        let mut files = Vec::new();
        collect(folder, folder, &mut files)?;
        let read = files.into_iter().map(|(name, path)| Ok((name, web::Bytes::from(std::fs::read(path)?))));
        Ok(Self::from_files(read.collect::<std::io::Result<_>>()?))
    }

    /// The app carried inside the binary.
    #[cfg(feature = "embed-app")]
    pub fn embedded() -> Self {
        use rust_embed::RustEmbed;

        #[derive(RustEmbed)]
        #[folder = "../dist"]
        struct Embedded;

        let files = Embedded::iter().filter_map(|name| {
            let file = Embedded::get(&name)?;
            Some((name.into_owned(), web::Bytes::from(file.data.into_owned())))
        });
        Self::from_files(files.collect())
    }

    fn from_files(files: HashMap<String, web::Bytes>) -> Self {
        let mut assets: HashMap<String, Asset> = HashMap::new();
        let mut style_hashes = Vec::new();
        for (name, bytes) in files {
            if name == "csp.json" {
                style_hashes = serde_json::from_slice::<Csp>(&bytes).map(|csp| csp.style_hashes).unwrap_or_default();
            } else if let Some(name) = name.strip_suffix(".br") {
                assets.entry(name.to_owned()).or_default().brotli = Some(bytes);
            } else if let Some(name) = name.strip_suffix(".gz") {
                assets.entry(name.to_owned()).or_default().gzip = Some(bytes);
            } else if !name.starts_with('.') {
                assets.entry(name).or_default().plain = bytes;
            }
        }
        Self { assets: Arc::new(assets), style_hashes }
    }

    /// Hashes of the styles inside `index.html`, for the content security policy.
    pub fn style_hashes(&self) -> &[String] {
        &self.style_hashes
    }

    /// Whether there is an app at all.
    pub fn is_empty(&self) -> bool {
        !self.assets.contains_key("index.html")
    }

    fn find(&self, path: &str) -> Option<(&str, &Asset)> {
        let name = path.trim_start_matches('/');
        match self.assets.get_key_value(name) {
            Some((name, asset)) => Some((name.as_str(), asset)),
            None if name.contains('.') => None,
            None => self.assets.get_key_value("index.html").map(|(name, asset)| (name.as_str(), asset)),
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            files.push((name.to_owned(), path.clone()));
        }
    }
    Ok(())
}

/// Answers a GET outside the API.
pub fn serve(request: &HttpRequest, files: &AppFiles) -> Result<HttpResponse, Error> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Error::method_not_allowed("GET, HEAD".to_owned()));
    }
    if files.is_empty() {
        return Err(Error::new(ProblemCode::NotFound, "The app was not built; `cargo xtask app` builds it."));
    }
    let (name, asset) = files.find(request.path()).ok_or_else(Error::not_found)?;
    let (bytes, encoding) = match accepted(request) {
        (true, _) if asset.brotli.is_some() => (asset.brotli.clone(), Some("br")),
        (_, true) if asset.gzip.is_some() => (asset.gzip.clone(), Some("gzip")),
        _ => (Some(asset.plain.clone()), None),
    };
    let mut response = HttpResponse::Ok();
    response.content_type(media_type(name)).insert_header((header::VARY, "Accept-Encoding"));
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(encoding)));
    }
    let is_hashed = name.contains('-') && name != "index.html";
    let caching = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((header::CACHE_CONTROL, caching));
    Ok(response.body(bytes.unwrap_or_default()))
}

/// Whether brotli and gzip may be sent.
fn accepted(request: &HttpRequest) -> (bool, bool) {
    let given =
        request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        given.split(',').any(|part| {
            let mut part = part.split(';').map(str::trim);
            part.next() == Some(name) && part.next() != Some("q=0")
        })
    };
    (takes("br"), takes("gzip"))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
