//! Signed requests as they come in: what a signature covers, how long it holds, and in which forms.

use super::harness::{HOST, Sent, Site, TARGET, site_test};
use crate::api::sigv4::Signer;
use crate::kit::clock::{DAY, MINUTE, SECOND};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

const SIGNER: Signer<'_> = Signer {
    access_key_id: "AKIAROOT",
    secret_access_key: "root-secret-for-tests",
    session_token: None,
    region: "us-east-1",
    service: "cognito-idp",
};
const LIST: &[u8] = br#"{"MaxResults":5}"#;

fn headers(operation: &str) -> HeaderMap {
    HeaderMap::from_iter([
        (header::HOST, HeaderValue::from_static(HOST)),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1")),
        (HeaderName::from_static("x-amz-target"), HeaderValue::try_from(format!("{TARGET}{operation}")).expect("a target")),
    ])
}

/// The headers of a call of ListUserPools that this key signed at this time, in seconds.
fn signed(signer: &Signer<'_>, at: i64) -> HeaderMap {
    let mut headers = headers("ListUserPools");
    signer.sign(&Method::POST, &Uri::from_static("/"), &mut headers, LIST, at).expect("a signature");
    headers
}

async fn send(site: &Site, path: &str, headers: &HeaderMap, body: &[u8]) -> (u16, String, String) {
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII").to_owned()));
    let answer = site.send(Sent { method: Method::POST, path, headers: pairs.collect(), body: body.to_vec() }).await;
    let (exception, message) = if answer.status == 200 { Default::default() } else { answer.refusal() };
    (answer.status, exception, message)
}

const OK: (u16, String, String) = (200, String::new(), String::new());

site_test!(a_signature_covers_body_target_and_host, |site: Site| async move {
    let now = site.now() / SECOND;
    let good = signed(&SIGNER, now);
    assert_eq!(send(&site, "/", &good, LIST).await, OK);
    assert_eq!(send(&site, "/", &good, LIST).await, OK, "a retry is the same request");
    for (name, value) in [
        ("x-amz-target", format!("{TARGET}DescribeUserPoolDomain")),
        ("host", "other.example".into()),
        ("content-type", "text/plain".into()),
    ] {
        let mut altered = good.clone();
        altered.insert(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
        let (status, exception, message) = send(&site, "/", &altered, br#"{"MaxResults":5}"#).await;
        assert_eq!((status, exception.as_str()), (400, "InvalidSignatureException"), "{name}");
        assert!(message.starts_with("The request signature we calculated does not match"), "{name}: {message}");
    }
    for (path, body) in [("/", &br#"{"MaxResults":6}"#[..]), ("/", b""), ("/?a=b", LIST)] {
        assert_eq!(send(&site, path, &good, body).await.1, "InvalidSignatureException", "{path}");
    }
});

site_test!(a_signature_holds_a_quarter_of_an_hour_either_way, |site: Site| async move {
    let now = site.now() / SECOND;
    for (at, holds) in [(now - 900, true), (now + 900, true), (now - 901, false), (now + 901, false)] {
        let (status, exception, message) = send(&site, "/", &signed(&SIGNER, at), LIST).await;
        assert_eq!(status == 200, holds, "{at}: {message}");
        assert_eq!(exception, if holds { "" } else { "InvalidSignatureException" });
        assert!(holds || message.starts_with("Signature expired: ") || message.starts_with("Signature not yet current: "), "{message}");
    }
    let replayed = signed(&SIGNER, now);
    site.advance(15 * MINUTE + SECOND);
    assert!(send(&site, "/", &replayed, LIST).await.2.starts_with("Signature expired: "));
});

site_test!(a_presigned_address_holds_as_long_as_it_says, |site: Site| async move {
    let now = site.now() / SECOND;
    let plain = headers("ListUserPools");
    let address = SIGNER.presign(&Method::POST, &Uri::from_static("/"), &plain, LIST, now, 60).expect("an address").to_string();
    assert_eq!(send(&site, &address, &plain, LIST).await, OK);
    assert_eq!(send(&site, &address, &plain, b"{\"MaxResults\":6}").await.1, "InvalidSignatureException");
    assert_eq!(send(&site, &address, &headers("DescribeUserPoolDomain"), LIST).await.1, "InvalidSignatureException");
    let longer = address.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    assert_eq!(send(&site, &longer, &plain, LIST).await.1, "InvalidSignatureException");
    site.advance(60 * SECOND);
    assert_eq!(send(&site, &address, &plain, LIST).await, OK);
    site.advance(SECOND);
    assert!(send(&site, &address, &plain, LIST).await.2.starts_with("Signature expired: "));
});

site_test!(a_signature_for_another_place_or_day_is_none_here, |site: Site| async move {
    let now = site.now() / SECOND;
    for signer in [
        Signer { region: "eu-west-1", ..SIGNER },
        Signer { service: "cognito-identity", ..SIGNER },
        Signer { secret_access_key: "guessed", ..SIGNER },
    ] {
        assert_eq!(send(&site, "/", &signed(&signer, now), LIST).await.1, "InvalidSignatureException");
    }
    for signer in [Signer { access_key_id: "AKIANOBODY", ..SIGNER }, Signer { session_token: Some("token"), ..SIGNER }] {
        let refused = (400, "UnrecognizedClientException".to_owned(), "The security token included in the request is invalid.".to_owned());
        assert_eq!(send(&site, "/", &signed(&signer, now), LIST).await, refused);
    }
    let mut another_day = signed(&SIGNER, now);
    another_day.insert("x-amz-date", HeaderValue::from_static("20251231T235959Z"));
    assert_eq!(send(&site, "/", &another_day, LIST).await.1, "InvalidSignatureException");
    site.advance(DAY);
    assert_eq!(send(&site, "/", &signed(&SIGNER, now + 86_400), LIST).await, OK);
});

site_test!(what_is_half_a_signature_is_told_what_it_lacks, |site: Site| async move {
    let good = signed(&SIGNER, site.now() / SECOND);
    let authorization = good["authorization"].to_str().unwrap().to_owned();
    let mutilated = |from: &str, to: &str| {
        let mut headers = good.clone();
        headers.insert(header::AUTHORIZATION, HeaderValue::try_from(authorization.replace(from, to)).unwrap());
        headers
    };
    for (headers, exception) in [
        (mutilated("Signature=", "Sig="), "IncompleteSignatureException"),
        (mutilated("Credential=", "Cred="), "IncompleteSignatureException"),
        (mutilated("AWS4-HMAC-SHA256", "AWS4-HMAC-MD5"), "IncompleteSignatureException"),
        (mutilated("/cognito-idp/", "/"), "IncompleteSignatureException"),
        (mutilated("AWS4-HMAC-SHA256", "Bearer"), "MissingAuthenticationTokenException"),
        (mutilated(";x-amz-target", ""), "InvalidSignatureException"),
        (mutilated(";host", ""), "InvalidSignatureException"),
        (headers("ListUserPools"), "MissingAuthenticationTokenException"),
    ] {
        let (status, seen, message) = send(&site, "/", &headers, LIST).await;
        assert_eq!((status, seen.as_str()), (400, exception), "{message}");
    }
    assert_eq!(send(&site, "/", &good, LIST).await, OK);
});
