//! A hook of the operator's own: a JSON body, signed.
//!
//! `Poolhouse-Signature: t=UNIX_SECONDS,v1=HEX` holds the HMAC-SHA256, under the shared secret, of `UNIX_SECONDS.BODY`. A receiver computes it
//! over the bytes that it got, compares in constant time, and refuses a time that is more than a few minutes old. `Idempotency-Key` is the
//! message's id, the same at each attempt.

use super::address::note_host;
use super::{Failure, Parcel, may_pass};
use crate::kit::clock::{Millis, SECOND};
use crate::kit::{mac, text};
use anyhow::{Context, anyhow, ensure};
use axum::body::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

pub struct Webhook {
    address: String,
    secret: Zeroizing<String>,
}

impl Webhook {
    /// `webhook+https://:SECRET@host/path`
    pub fn new(given: &str, hosts: &mut Vec<String>) -> anyhow::Result<Self> {
        let inner = given.strip_prefix("webhook+").context("it must begin with webhook+https://")?;
        let mut url = Url::parse(inner).map_err(|_| anyhow!("it is not a URL"))?;
        let secret =
            percent_decode_str(url.password().unwrap_or_default()).decode_utf8().map_err(|_| anyhow!("its secret is not UTF-8"))?;
        ensure!(!secret.is_empty(), "it needs a secret, as in webhook+https://:SECRET@host/path");
        let secret = Zeroizing::new(secret.into_owned());
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        ensure!(cleared.is_ok(), "it names no host");
        note_host(&url, hosts)?;
        Ok(Self { address: url.into(), secret })
    }

    pub fn request(&self, parcel: &Parcel<'_>) -> Result<Request<Bytes>, Failure> {
        let content = parcel.content;
        let mut body = json!({
            "id": parcel.id,
            "userPoolId": parcel.pool_id,
            "channel": parcel.channel.as_str(),
            "kind": content.kind.as_str(),
            "to": content.to,
            "text": content.text,
        });
        let more = [("from", &content.from), ("replyTo", &content.reply_to), ("html", &content.html)];
        for (name, value) in more {
            if let Some(value) = value {
                body[name] = value.as_str().into();
            }
        }
        if !content.subject.is_empty() {
            body["subject"] = content.subject.as_str().into();
        }
        let body = body.to_string();
        Request::post(&self.address)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", parcel.id)
            .header("poolhouse-signature", signature(&self.secret, &body, parcel.now))
            .body(Bytes::from(body))
            .map_err(|_| Failure::passing("the request cannot be made"))
    }

    pub fn verdict(&self, answer: &Response<Bytes>) -> Result<(), Failure> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        // 400, 410 and 422 are about the message. The rest, a wrong path for one, is about the hook.
        let permanent = !may_pass(status) && matches!(status.as_u16(), 400 | 410 | 422);
        Err(Failure { permanent, reason: format!("the webhook answered {}", status.as_u16()) })
    }
}

fn signature(secret: &str, body: &str, now: Millis) -> String {
    let seconds = (now / SECOND).to_string();
    let code = mac::hmac_sha256(secret.as_bytes(), &[seconds.as_bytes(), b".", body.as_bytes()]);
    format!("t={seconds},v1={}", text::hex(&code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::message::{Channel, Content, MessageKind};

    #[test]
    fn the_body_is_signed_and_the_secret_stays() {
        let mut hosts = Vec::new();
        let hook = Webhook::new("webhook+https://:s%2Fcret@hooks.example/sms?x=1", &mut hosts).unwrap();
        let content = Content::plain(MessageKind::SignIn, "+15555550100", "", "Code 123456");
        let parcel = Parcel { id: "m-1", pool_id: "us-east-1_A", channel: Channel::Sms, content: &content, now: 1_767_225_600_000 };
        let request = hook.request(&parcel).unwrap();
        assert_eq!((request.uri().to_string().as_str(), hosts), ("https://hooks.example/sms?x=1", vec!["hooks.example".to_owned()]));
        let body = String::from_utf8_lossy(request.body()).into_owned();
        assert_eq!(request.headers()["poolhouse-signature"], signature("s/cret", &body, 1_767_225_600_000).as_str());
        assert!(body.contains(r#""kind":"SIGN_IN""#) && !body.contains("cret"), "{body}");
        let status = |status: u16| hook.verdict(&Response::builder().status(status).body(Bytes::new()).unwrap());
        assert_eq!(status(204), Ok(()));
        assert!(status(422).unwrap_err().permanent && !status(404).unwrap_err().permanent && !status(503).unwrap_err().permanent);
    }
}
