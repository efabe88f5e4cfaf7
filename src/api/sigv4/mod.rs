//! AWS Signature Version 4: who signed a request, and whether it arrived as it was signed.
//!
//! Both forms: the `Authorization` header and the presigned query. The body always counts, so `UNSIGNED-PAYLOAD` is refused. Pure: the
//! caller looks the key up between [`parse`] and [`Signed::verify`].

mod canonical;
mod error;
mod sign;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use error::SigError;
pub use sign::Signer;

use crate::kit::{mac, text};
use http::{HeaderMap, Method, Uri, header};
use std::collections::HashMap;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc2822;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
const DATE: &str = "x-amz-date";
const ISO_BASIC: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");
/// How far two clocks may be apart, and how long a signature without an expiry lives: seconds.
const WINDOW: i64 = 15 * 60;
/// The longest life of a presigned request: a week.
const LONGEST: i64 = 604_800;

/// Whose key signed, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub access_key_id: String,
    /// `YYYYMMDD`.
    pub date: String,
    pub region: String,
    pub service: String,
}

/// A request's signature, well-formed but not verified.
#[derive(Clone)]
pub struct Signed {
    credential: Credential,
    session_token: Option<String>,
    signed_headers: String,
    signature: String,
    /// When it was signed, in the form that went into the signature.
    date: String,
    at: i64,
    /// Seconds that a presigned request lives; `None` for the header form.
    presigned: Option<i64>,
}

/// Reads a request's signature. `None` if it has none, or an `Authorization` of another kind.
pub fn parse(uri: &Uri, headers: &HeaderMap) -> Result<Option<Signed>, SigError> {
    let in_query = canonical::parameters(uri).any(|(name, _)| name.as_ref() == b"X-Amz-Algorithm");
    let authorization = headers.get(header::AUTHORIZATION);
    let signed = match authorization.and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| value.starts_with("AWS4-")) {
        _ if in_query && authorization.is_some() => return Err(SigError::Twice),
        _ if in_query => from_query(uri)?,
        Some(authorization) => from_header(authorization, headers)?,
        None => return Ok(None),
    };
    signed.check_form(headers)?;
    Ok(Some(signed))
}

fn from_header(authorization: &str, headers: &HeaderMap) -> Result<Signed, SigError> {
    let (algorithm, rest) = authorization.split_once([' ', ',']).unwrap_or((authorization, ""));
    let mut parts = HashMap::new();
    for (name, value) in rest.split([',', ' ']).filter_map(|part| part.split_once('=')) {
        parts.entry(name).and_modify(|earlier| *earlier = "").or_insert(value);
    }
    let text_of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let date = text_of(DATE).or_else(|| text_of("date"));
    let part = |name| parts.get(name).copied().filter(|value| !value.is_empty());
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
        (part("Credential"), part("Signature"), part("SignedHeaders"), date)
    else {
        let absent = ["Credential", "Signature", "SignedHeaders"].into_iter().filter(|name| part(name).is_none());
        let mut missing: String = absent.map(|name| format!("Authorization header requires '{name}' parameter. ")).collect();
        if date.is_none() {
            missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
        }
        return Err(SigError::IncompleteHeader { missing, hash: text::base64(&mac::sha256(authorization.as_bytes())) });
    };
    check_algorithm(algorithm)?;
    let at = read_date(date)?;
    Ok(Signed {
        credential: read_credential(credential)?,
        session_token: text_of("x-amz-security-token").map(str::to_owned),
        signed_headers: signed_headers.to_owned(),
        signature: signature.to_owned(),
        date: iso(at),
        at,
        presigned: None,
    })
}

fn from_query(uri: &Uri) -> Result<Signed, SigError> {
    let mut values: HashMap<Vec<u8>, String> = HashMap::new();
    for (name, value) in canonical::parameters(uri).filter(|(name, _)| name.starts_with(b"X-Amz-")) {
        let value = String::from_utf8_lossy(&value).into_owned();
        // A parameter given twice counts as missing: nothing says which of the two was meant.
        values.entry(name.into_owned()).and_modify(String::clear).or_insert(value);
    }
    let required = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
    let value = |name: &str| values.get(name.as_bytes()).map(String::as_str).filter(|value| !value.is_empty());
    let [Some(algorithm), Some(credential), Some(signature), Some(signed_headers), Some(date)] = required.map(value) else {
        let absent = required.into_iter().filter(|name| value(name).is_none());
        return Err(SigError::IncompleteQuery(absent.map(|name| format!("AWS query-string parameters must include '{name}'. ")).collect()));
    };
    check_algorithm(algorithm)?;
    let at = read_date(date)?;
    let lifetime = values.get(&b"X-Amz-Expires"[..]).map_or(Ok(WINDOW), |text| read_lifetime(text))?;
    Ok(Signed {
        credential: read_credential(credential)?,
        session_token: value("X-Amz-Security-Token").map(str::to_owned),
        signed_headers: signed_headers.to_owned(),
        signature: signature.to_owned(),
        date: iso(at),
        at,
        presigned: Some(lifetime),
    })
}

impl Signed {
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// Whether the credential is meant for this region and service.
    pub fn check_scope(&self, region: &str, service: &str) -> Result<(), SigError> {
        let mut wrong = Vec::new();
        if self.credential.region != region {
            wrong.push("Credential should be scoped to a valid region.".to_owned());
        }
        if self.credential.service != service {
            wrong.push(format!("Credential should be scoped to correct service: '{service}'."));
        }
        if wrong.is_empty() { Ok(()) } else { Err(SigError::Scope(wrong.join(" "))) }
    }

    /// Whether the holder of `secret` signed just this request, not too long ago. `now` is in unix seconds.
    pub fn verify(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8], secret: &str, now: i64) -> Result<(), SigError> {
        let Credential { date, region, service, .. } = &self.credential;
        self.verify_with(&signing_key(secret, date, region, service), method, uri, headers, body, now)
    }

    /// [`Self::verify`] with a [`signing_key`] that was kept.
    pub fn verify_with(
        &self,
        key: &[u8; 32],
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        now: i64,
    ) -> Result<(), SigError> {
        self.check_time(now)?;
        let body_hash = mac::sha256_hex(body);
        if headers.get_all("x-amz-content-sha256").iter().any(|claimed| claimed.as_bytes() != body_hash.as_bytes()) {
            return Err(SigError::Body);
        }
        let names: Vec<_> = self.signed_headers.split(';').collect();
        let request = canonical::request(method, uri, headers, &names, self.presigned.is_some(), &body_hash).ok_or(SigError::Mismatch)?;
        let expected = signature(key, &self.credential, &self.date, &request);
        if mac::same(expected.as_bytes(), self.signature.as_bytes()) { Ok(()) } else { Err(SigError::Mismatch) }
    }

    fn check_form(&self, headers: &HeaderMap) -> Result<(), SigError> {
        let names: Vec<_> = self.signed_headers.split(';').collect();
        if !names.contains(&"host") {
            return Err(SigError::Unsigned("'Host' or ':authority'"));
        }
        // What these two say must not be open to change on the way; SDKs sign all `x-amz-*` headers.
        for (name, shown) in [(DATE, "'X-Amz-Date'"), ("x-amz-target", "'X-Amz-Target'")] {
            if headers.contains_key(name) && !names.contains(&name) && !(name == DATE && self.presigned.is_some()) {
                return Err(SigError::Unsigned(shown));
            }
        }
        let day = self.date.get(..8).unwrap_or_default();
        if self.credential.date != day {
            let text = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP";
            return Err(SigError::Scope(format!("{text}: '{}' != '{day}', from '{}'.", self.credential.date, self.date)));
        }
        Ok(())
    }

    fn check_time(&self, now: i64) -> Result<(), SigError> {
        let life = self.presigned.unwrap_or(WINDOW);
        let (at, shown) = (self.date.clone(), iso(now));
        if self.at < now.saturating_sub(life) {
            let window = if life % 60 == 0 { format!("{} min", life / 60) } else { format!("{life} sec") };
            return Err(SigError::Expired { at, limit: iso(now.saturating_sub(life)), now: shown, window });
        }
        if self.at > now.saturating_add(WINDOW) {
            return Err(SigError::Early { at, limit: iso(now.saturating_add(WINDOW)), now: shown });
        }
        Ok(())
    }
}

/// The key that signs for one day, region and service. It may be kept until the day is over.
pub fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let first = zeroize::Zeroizing::new(format!("AWS4{secret}"));
    let date_key = mac::hmac_sha256(first.as_bytes(), &[date.as_bytes()]);
    [region, service, TERMINATOR].iter().fold(date_key, |key, part| mac::hmac_sha256(&key, &[part.as_bytes()]))
}

fn signature(key: &[u8; 32], credential: &Credential, date: &str, canonical_request: &[u8]) -> String {
    let Credential { date: day, region, service, .. } = credential;
    let hash = mac::sha256_hex(canonical_request);
    let text = format!("{ALGORITHM}\n{date}\n{day}/{region}/{service}/{TERMINATOR}\n{hash}");
    text::hex(&mac::hmac_sha256(key, &[text.as_bytes()]))
}

fn check_algorithm(name: &str) -> Result<(), SigError> {
    if name == ALGORITHM { Ok(()) } else { Err(SigError::Algorithm(name.to_owned())) }
}

fn read_credential(text: &str) -> Result<Credential, SigError> {
    let parts: Vec<_> = text.split('/').collect();
    let [access_key_id, date, region, service, terminator] = parts[..] else {
        return Err(SigError::Credential(text.to_owned()));
    };
    if terminator != TERMINATOR {
        return Err(SigError::Scope(format!("Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'.")));
    }
    let [access_key_id, date, region, service] = [access_key_id, date, region, service].map(str::to_owned);
    Ok(Credential { access_key_id, date, region, service })
}

/// `20150830T123600Z`, or the form of the `Date` header.
fn read_date(text: &str) -> Result<i64, SigError> {
    let basic = || PrimitiveDateTime::parse(text, ISO_BASIC).ok().filter(|_| text.len() == 16).map(PrimitiveDateTime::assume_utc);
    let date = basic().or_else(|| OffsetDateTime::parse(text, &Rfc2822).ok());
    date.map(OffsetDateTime::unix_timestamp).ok_or_else(|| SigError::Date(text.to_owned()))
}

fn read_lifetime(text: &str) -> Result<i64, SigError> {
    text.parse().ok().filter(|seconds| (0..=LONGEST).contains(seconds)).ok_or(SigError::Expires)
}

fn iso(at: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(ISO_BASIC).unwrap_or_default()
}
