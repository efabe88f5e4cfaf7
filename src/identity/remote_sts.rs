//! Credentials from another security token service by AssumeRoleWithWebIdentity: AWS' own, or one that speaks like it.

use super::claims::Subject;
use super::credentials::{SECONDS, SESSION};
use super::{IdentityPool, guest, roles, token};
use crate::api::{ApiError, Cx, Result};
use crate::iam::sts::Credentials;
use crate::kit::clock::SECOND;
use crate::outbound::Limits;
use axum::body::Bytes;
use axum::http::{Request, Response};
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use std::collections::HashMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

/// Asks the service at this address for credentials of a role, with an OpenID token of this server's.
pub async fn assume(cx: &mut Cx, pool: &IdentityPool, address: &str, role: &str, subject: &Subject) -> Result<Credentials> {
    let token = token::issue(cx, pool, subject, token::SECONDS).await?;
    let request = request(address, role, &token, subject.is_guest()).ok_or_else(roles::misconfigured)?;
    let answer = cx.app.outbound.send(request, Limits { max_body: 64 * 1024, ..Limits::default() }).await.map_err(|failure| {
        tracing::warn!(%failure, pool = pool.id, "the token service of an identity pool does not answer");
        unavailable()
    })?;
    read(&answer).map_err(|trouble| {
        tracing::warn!(%trouble, status = answer.status().as_u16(), pool = pool.id, "the token service of an identity pool gave no credentials");
        match trouble {
            Trouble::Refused(_) => roles::misconfigured(),
            Trouble::Broken => unavailable(),
        }
    })
}

fn unavailable() -> ApiError {
    ApiError::external_service("The security token service of this identity pool does not answer as it should. Try again later.")
}

fn request(address: &str, role: &str, token: &str, is_guest: bool) -> Option<Request<Bytes>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", "AssumeRoleWithWebIdentity");
    form.append_pair("Version", "2011-06-15");
    form.append_pair("RoleArn", role);
    form.append_pair("RoleSessionName", SESSION);
    form.append_pair("WebIdentityToken", token);
    form.append_pair("DurationSeconds", &SECONDS.to_string());
    if is_guest {
        form.append_pair("Policy", &guest::policy());
        form.append_pair("PolicyArns.member.1.arn", guest::MANAGED);
    }
    let request = Request::post(address).header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    request.header("accept", "application/xml").body(form.finish().into()).ok()
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The service's error code.
    #[error("{0}")]
    Refused(String),
    #[error("the answer is not one of a token service")]
    Broken,
}

fn read(answer: &Response<Bytes>) -> Result<Credentials, Trouble> {
    let texts = std::str::from_utf8(answer.body()).ok().and_then(texts).ok_or(Trouble::Broken)?;
    let text = |name: &str| texts.get(name).cloned();
    match answer.status().as_u16() {
        200 => {}
        status if (400..500).contains(&status) && status != 429 => {
            return Err(text("Code").map_or(Trouble::Broken, |code| Trouble::Refused(code.chars().take(100).collect())));
        }
        _ => return Err(Trouble::Broken),
    }
    let credentials = || {
        let expiration = OffsetDateTime::parse(&text("Expiration")?, &Rfc3339).ok()?;
        Some(Credentials {
            access_key_id: text("AccessKeyId")?,
            secret_access_key: Zeroizing::new(text("SecretAccessKey")?),
            session_token: text("SessionToken")?,
            expires_at: expiration.unix_timestamp() * SECOND,
        })
    };
    credentials().ok_or(Trouble::Broken)
}

/// Elements inside each other: real answers have four.
const DEPTH: usize = 32;

/// The text of each element of an answer, by the element's name. A document type is refused, so that entities mean nothing.
fn texts(document: &str) -> Option<HashMap<String, String>> {
    let mut reader = Reader::from_str(document);
    let mut out: HashMap<String, String> = HashMap::new();
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) if open.len() >= DEPTH => return None,
            Event::Start(tag) => open.push(tag.local_name().as_ref().to_owned()),
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => {
                let name = open.last().cloned().unwrap_or_default();
                out.entry(name).or_default().push_str(text.xml10_content().trim());
            }
            Event::GeneralRef(name) => {
                let char = name.resolve_char_ref().ok()?;
                let known = quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned);
                let text = char.map(String::from).or(known)?;
                out.entry(open.last().cloned().unwrap_or_default()).or_default().push_str(&text);
            }
            Event::DocType(_) => return None,
            Event::Eof => return open.is_empty().then_some(out),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        Response::builder().status(status).body(body.to_owned().into()).unwrap()
    }

    #[test]
    fn an_answer_is_read() {
        let body = r#"<?xml version="1.0"?><AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
            <Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>a/b+c&amp;d</SecretAccessKey><SessionToken>t==</SessionToken>
            <Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"#;
        let credentials = read(&answer(200, body)).unwrap();
        assert_eq!((credentials.access_key_id.as_str(), credentials.secret_access_key.as_str()), ("ASIAX", "a/b+c&d"));
        assert_eq!((credentials.session_token.as_str(), credentials.expires_at), ("t==", 1_767_229_200_000));
    }

    #[test]
    fn a_refusal_is_told_from_trouble() {
        let denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
        assert!(matches!(read(&answer(403, denied)), Err(Trouble::Refused(code)) if code == "AccessDenied"));
        for (status, body) in [(500, denied), (200, denied), (200, "{}"), (403, "no"), (200, "<a><b></a>"), (200, "<!DOCTYPE a><a/>")] {
            assert!(matches!(read(&answer(status, body)), Err(Trouble::Broken)), "{status} {body}");
        }
    }
}
