//! `PreSignedUrl`: an address to send a job's file to, good for one job until a time. Whoever has it needs no other key.

use super::job::Job;
use crate::api::Cx;
use crate::kit::clock::Millis;
use crate::kit::{mac, text};
use axum::http::Uri;

/// The query of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub pool: String,
    pub expires: i64,
    pub signature: String,
}

impl Signed {
    pub fn parse(uri: &Uri) -> Option<Self> {
        let query = uri.query().unwrap_or_default();
        let get = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
        Some(Self { pool: get("pool")?, expires: get("expires")?.parse().ok()?, signature: get("signature")? })
    }
}

/// The address of a job.
pub fn of(cx: &Cx, job: &Job) -> String {
    let expires = job.address_expires_at(cx.now());
    let signature = text::base64url(&sign(cx, &job.pool_id, &job.id, expires));
    format!("{}/import/{}?pool={}&expires={expires}&signature={signature}", cx.app.config.public_url, job.id, job.pool_id)
}

/// Whether an address was made here for this job, and is still good.
pub fn is_good(cx: &Cx, job_id: &str, signed: &Signed) -> bool {
    let expected = sign(cx, &signed.pool, job_id, signed.expires);
    let given = text::from_base64url(&signed.signature).unwrap_or_default();
    mac::same(&expected, &given) && cx.now() < signed.expires
}

fn sign(cx: &Cx, pool_id: &str, job_id: &str, expires: Millis) -> [u8; 32] {
    let expires = expires.to_be_bytes();
    mac::hmac_sha256(&cx.app.secret, &[b"import\0", pool_id.as_bytes(), b"\0", job_id.as_bytes(), b"\0", &expires])
}
