//! Request objects: authorization requests that the client signed (RFC 9101; OpenID Connect Core, 6.1).

use super::Parameters;
use super::checks::{Failure, Result};
use crate::api::Cx;
use crate::clients::jwk::{self, Claims};
use crate::clients::{Client, keys};
use crate::kit::clock::{Millis, SECOND};
use crate::kit::text;
use serde_json::Value;

/// How far the clocks of two servers may differ, in seconds.
const SKEW: i64 = 60;

fn wrong(why: &str) -> Failure {
    Failure::new("invalid_request_object", why)
}

/// The parameters in a request object. They alone count: what stands beside them in the address was not signed (RFC 9101, 6.3).
pub async fn open(cx: &mut Cx, client: &Client, object: &str) -> Result<Parameters> {
    let claims = verified(cx, client, object).await?;
    parameters(claims, client, &cx.app.config.issuer(&client.pool_id), cx.now())
}

async fn verified(cx: &mut Cx, client: &Client, object: &str) -> Result<Claims> {
    let settings = client.oauth();
    let raw = object.split('.').next().and_then(text::from_base64url).and_then(|h| serde_json::from_slice::<Claims>(&h).ok());
    let raw = raw.ok_or_else(|| wrong("The request object is no JWT"))?;
    // A JWT that was made for something else is none of these (RFC 8725, 3.11); most clients name no type.
    let typed = raw.get("typ").and_then(Value::as_str);
    if !typed.is_none_or(|t| t.eq_ignore_ascii_case("jwt") || t.eq_ignore_ascii_case("oauth-authz-req+jwt")) {
        return Err(wrong("The JWT is of another type"));
    }
    let alg = raw.get("alg").and_then(Value::as_str).unwrap_or_default();
    if settings.request_object_signing_alg.as_deref().is_some_and(|only| only != alg) {
        return Err(wrong("The request object is not signed with the algorithm that the client is registered with"));
    }
    if alg == "none" {
        let allowed = settings.request_object_signing_alg.as_deref() == Some("none");
        let claims = object.strip_suffix('.').filter(|_| allowed).and_then(payload);
        return claims.ok_or_else(|| wrong("Request objects must be signed"));
    }
    let header = jwk::header(object).ok_or_else(|| wrong("The request object is no signed JWT"))?;
    let found = if jwk::SYMMETRIC.contains(&alg) {
        client.secrets.iter().find_map(|secret| jwk::verify_mac(object, header.alg, secret.value.as_bytes()))
    } else {
        keys::verify(cx, client, object, &header).await
    };
    found.ok_or_else(|| wrong("The signature of the request object does not hold"))
}

fn payload(unsigned: &str) -> Option<Claims> {
    let mut parts = unsigned.split('.');
    let claims = text::from_base64url(parts.nth(1)?)?;
    parts.next().is_none().then(|| serde_json::from_slice(&claims).ok()).flatten()
}

fn parameters(claims: Claims, client: &Client, issuer: &str, now: Millis) -> Result<Parameters> {
    let now = now.div_euclid(SECOND);
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    if number("exp").is_some_and(|exp| exp <= (now - SKEW) as f64) || number("nbf").is_some_and(|nbf| nbf > (now + SKEW) as f64) {
        return Err(wrong("The request object has expired, or is not valid yet"));
    }
    let is = |name: &str, value: &str| claims.get(name).is_none_or(|v| v == value);
    let for_us = match claims.get("aud") {
        None => true,
        Some(Value::Array(all)) => all.iter().any(|v| v == issuer),
        Some(one) => one == issuer,
    };
    if !is("client_id", &client.id) || !is("iss", &client.id) || !for_us {
        return Err(wrong("The request object is of another client, or for another server"));
    }
    // RFC 9101, 4: an object holds no other.
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(wrong("A request object must not hold another"));
    }
    Ok(Parameters::of(claims.into_iter().flat_map(|(name, value)| pairs(&name, value))))
}

/// Members as parameters: texts as they are, lists of resources one by one, anything else as JSON.
fn pairs(name: &str, value: Value) -> Vec<(String, String)> {
    let pair = |value: Value| match value {
        Value::String(text) => (name.to_owned(), text),
        other => (name.to_owned(), other.to_string()),
    };
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) if name == "resource" => all.into_iter().map(pair).collect(),
        one => vec![pair(one)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::settings::Settings;
    use serde_json::json;

    const ISSUER: &str = "http://localhost:8080/us-east-1_Test";
    const NOW: Millis = 1_767_225_600_000;

    fn read(claims: Value) -> Result<Parameters> {
        let Value::Object(claims) = claims else { panic!("an object") };
        parameters(claims, &Client::sample(Settings::default()), ISSUER, NOW)
    }

    #[test]
    fn only_what_is_for_this_server_now_counts() {
        let good = json!({ "iss": "c", "aud": [ISSUER], "client_id": "c", "scope": "openid", "max_age": 5, "claims": { "userinfo": {} },
            "resource": ["https://a.example", "https://b.example"], "exp": NOW / 1_000 + 10 });
        let parameters = read(good.clone()).unwrap();
        assert_eq!((parameters.get("scope"), parameters.get("max_age")), (Some("openid"), Some("5")));
        assert_eq!((parameters.get("claims"), parameters.resources().count()), (Some("{\"userinfo\":{}}"), 2));
        for over in [
            json!({ "client_id": "d" }),
            json!({ "iss": "d" }),
            json!({ "aud": "https://other.example" }),
            json!({ "exp": NOW / 1_000 - 61 }),
            json!({ "nbf": NOW / 1_000 + 61 }),
            json!({ "request": "x" }),
            json!({ "request_uri": "x" }),
        ] {
            let mut claims = good.clone();
            for (name, value) in over.as_object().unwrap() {
                claims[name] = value.clone();
            }
            assert_eq!(read(claims).unwrap_err().error, "invalid_request_object", "{over}");
        }
    }
}
