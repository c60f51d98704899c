//! Stylesheet and script, from memory, packed once; their addresses carry a hash and never change their content.

use std::io::Write;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use store::provider::ProviderRow;

use crate::app::App;
use crate::web::answer::{Answer, Problem};
use crate::web::look;
use crate::web::pages::Provider;

/// How many looks are kept: pages that are open while the provider changes the accent still find their stylesheet.
const KEPT: usize = 4;

/// The looks of the provider's latest profiles.
#[derive(Default)]
pub struct Assets {
    looks: RwLock<Vec<Arc<Look>>>,
}

/// How pages look under one version of the provider's profile.
pub struct Look {
    version: i64,
    /// The provider as pages name it.
    pub provider: Arc<Provider>,
    /// A `data:` address.
    pub icon: String,
    /// The stylesheet.
    pub css: File,
    /// The script.
    pub js: File,
}

/// One file, in three codings.
pub struct File {
    /// `/assets/portal-<hash>.css`
    pub href: String,
    media_type: &'static str,
    plain: Bytes,
    /// Made at its first use, or before: it takes as long as opening the instance does.
    packed: OnceLock<Packed>,
}

struct Packed {
    gzip: Bytes,
    brotli: Bytes,
}

impl Assets {
    /// The look under this profile, made at its first use.
    pub fn look(&self, provider: &ProviderRow) -> Arc<Look> {
        let known = |looks: &[Arc<Look>]| looks.iter().find(|look| look.version == provider.version).cloned();
        if let Some(look) = known(&self.looks.read().unwrap_or_else(PoisonError::into_inner)) {
            return look;
        }
        let mut looks = self.looks.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(look) = known(&looks) {
            return look;
        }
        let look = Arc::new(Look::new(provider));
        looks.insert(0, Arc::clone(&look));
        looks.truncate(KEPT);
        look
    }

    /// The look that has a file at this address.
    fn look_with(&self, href: &str) -> Option<Arc<Look>> {
        let looks = self.looks.read().unwrap_or_else(PoisonError::into_inner);
        looks.iter().find(|look| look.file(href).is_some()).cloned()
    }
}

impl Look {
    fn new(row: &ProviderRow) -> Self {
        let provider = Provider {
            name: row.name.clone(),
            legal_name: row.legal_name.clone(),
            address: format!("{}, {}, {} {}", row.address, row.city, row.region, row.postal_code),
            phone: row.phone.clone(),
            email: row.email.clone(),
            website: row.website.clone(),
            hours: row.support_hours.clone(),
            logo: String::new(),
        };
        Self {
            version: row.version,
            icon: look::icon(&row.accent, &provider),
            css: File::new("css", "text/css; charset=utf-8", look::stylesheet(&row.accent)),
            js: File::new("js", "text/javascript; charset=utf-8", look::script().to_owned()),
            provider: Arc::new(provider),
        }
    }

    /// Packs the files, or waits until somebody else has.
    pub fn pack(&self) {
        self.css.packed();
        self.js.packed();
    }

    fn file(&self, href: &str) -> Option<&File> {
        [&self.css, &self.js].into_iter().find(|file| file.href == href)
    }
}

impl File {
    fn new(extension: &str, media_type: &'static str, text: String) -> Self {
        let hash: String = Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let href = format!("/assets/portal-{hash}.{extension}");
        Self { href, media_type, plain: text.into(), packed: OnceLock::new() }
    }

    fn packed(&self) -> &Packed {
        self.packed.get_or_init(|| Packed {
            gzip: gzip(&self.plain).unwrap_or_default().into(),
            brotli: brotli(&self.plain).unwrap_or_default().into(),
        })
    }

    fn answer(&self, coding: Coding) -> Response {
        let head = [
            (header::CONTENT_TYPE, self.media_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::VARY, "accept-encoding"),
        ];
        let coded = |name: &'static str, bytes: &Bytes| {
            (head.clone(), [(header::CONTENT_ENCODING, name)], bytes.clone()).into_response()
        };
        if coding == Coding::Plain {
            return (head, self.plain.clone()).into_response();
        }
        let packed = self.packed();
        match coding {
            Coding::Brotli if !packed.brotli.is_empty() => coded("br", &packed.brotli),
            _ if !packed.gzip.is_empty() => coded("gzip", &packed.gzip),
            _ => (head, self.plain.clone()).into_response(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
    Plain,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Self {
        let accepts = |name: &str| {
            let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
            lines.flat_map(|line| line.split(',')).any(|one| {
                let (coding, quality) = one.split_once(';').unwrap_or((one, ""));
                coding.trim().eq_ignore_ascii_case(name)
                    && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
            })
        };
        match (accepts("br"), accepts("gzip")) {
            (true, _) => Self::Brotli,
            (false, true) => Self::Gzip,
            (false, false) => Self::Plain,
        }
    }
}

/// `GET /assets/{name}`
pub async fn asset(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Answer {
    // After a restart the first request may be for the file, before any page was made.
    app.assets.look(&app.provider());
    let href = format!("/assets/{name}");
    let look = app.assets.look_with(&href).ok_or_else(Problem::not_found)?;
    let coding = Coding::of(&headers);
    // Packing takes a moment, and waiting for it stops a thread.
    let answer = tokio::task::spawn_blocking(move || look.file(&href).map(|file| file.answer(coding)));
    answer.await.ok().flatten().ok_or_else(Problem::not_found)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}
