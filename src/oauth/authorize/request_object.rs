//! Request objects: authorization requests that the client signed (RFC 9101; OpenID Connect Core, 6.1).

use super::Parameters;
use super::checks::{Failure, Result};
use crate::clients::Client;
use crate::kit::clock::{Millis, SECOND};
use crate::kit::text;
use crate::tokens::jwt::Claims;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

/// The longest object that is read.
const LONGEST: usize = 16_384;
/// How far the clocks of two servers may differ, in seconds.
const SKEW: i64 = 60;

fn wrong(why: &str) -> Failure {
    Failure::new("invalid_request_object", why)
}

/// The parameters in a request object. They alone count: what stands beside them in the address was not signed (RFC 9101, 6.3).
pub fn open(client: &Client, issuer: &str, object: &str, now: Millis) -> Result<Parameters> {
    if object.len() > LONGEST {
        return Err(wrong("The request object is too long"));
    }
    let claims = verified(client, object)?;
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

fn verified(client: &Client, object: &str) -> Result<Claims> {
    let header = object.split('.').next().and_then(text::from_base64url).and_then(|h| serde_json::from_slice::<Claims>(&h).ok());
    let header = header.ok_or_else(|| wrong("The request object is no JWT"))?;
    // A JWT that was made for something else is none of these (RFC 8725, 3.11); most clients name no type.
    let typed = header.get("typ").and_then(Value::as_str);
    if !typed.is_none_or(|t| t.eq_ignore_ascii_case("jwt") || t.eq_ignore_ascii_case("oauth-authz-req+jwt")) {
        return Err(wrong("The JWT is of another type"));
    }
    if header.get("alg").is_some_and(|alg| alg == "none") {
        let claims = object.strip_suffix('.').filter(|_| client.demands(|a| a.allow_unsigned_requests)).and_then(payload);
        return claims.ok_or_else(|| wrong("Request objects must be signed"));
    }
    let header = jsonwebtoken::decode_header(object).map_err(|_| wrong("The request object is no signed JWT"))?;
    let found = match header.alg {
        Algorithm::HS256 => client.secrets.iter().find_map(|s| with(object, &DecodingKey::from_secret(s.value.as_bytes()), header.alg)),
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 => {
            keys(client, header.kid.as_deref(), header.alg).iter().find_map(|key| with(object, key, header.alg))
        }
        _ => return Err(wrong("Request objects are signed with RS256, PS256, ES256 or HS256")),
    };
    found.ok_or_else(|| wrong("The signature of the request object does not hold"))
}

fn payload(unsigned: &str) -> Option<Claims> {
    let mut parts = unsigned.split('.');
    let claims = text::from_base64url(parts.nth(1)?)?;
    parts.next().is_none().then(|| serde_json::from_slice(&claims).ok()).flatten()
}

/// The client's public keys that this object may be signed with.
fn keys(client: &Client, kid: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
    let jwks = client.authorization.as_ref().and_then(|a| a.jwks.clone());
    let set: Option<JwkSet> = jwks.and_then(|jwks| serde_json::from_value(jwks).ok());
    let suits = |key: &&jsonwebtoken::jwk::Jwk| {
        let is_curve = matches!(key.algorithm, jsonwebtoken::jwk::AlgorithmParameters::EllipticCurve(_));
        is_curve == (algorithm == Algorithm::ES256) && (kid.is_none() || key.common.key_id.is_none() || key.common.key_id.as_deref() == kid)
    };
    let keys = set.iter().flat_map(|set| set.keys.iter().filter(suits));
    keys.filter_map(|key| DecodingKey::from_jwk(key).ok()).collect()
}

fn with(object: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<Claims> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Claims>(object, key, &validation).ok().map(|data| data.claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::authorization::Authorization;
    use crate::clients::secret::Secret;
    use crate::clients::settings::Settings;
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::json;

    const ISSUER: &str = "http://localhost:8080/us-east-1_Test";
    const NOW: Millis = 1_767_225_600_000;

    fn client(allow_unsigned_requests: bool) -> Client {
        let authorization = Some(Authorization { allow_unsigned_requests, ..Authorization::default() });
        let mut client = Client::sample(Settings { authorization, ..Settings::default() });
        client.secrets.push(Secret { created_at: 0, value: "a-secret-of-this-client".to_owned().into() });
        client
    }

    fn signed(claims: &Value, secret: &str) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    #[test]
    fn only_what_the_client_signed_for_this_server_now_counts() {
        let good = json!({ "iss": "c", "aud": ISSUER, "client_id": "c", "scope": "openid", "max_age": 5, "claims": { "userinfo": {} },
            "resource": ["https://a.example", "https://b.example"], "exp": NOW / 1_000 + 10 });
        let parameters = open(&client(false), ISSUER, &signed(&good, "a-secret-of-this-client"), NOW).unwrap();
        assert_eq!((parameters.get("scope"), parameters.get("max_age")), (Some("openid"), Some("5")));
        assert_eq!((parameters.get("claims"), parameters.resources().count()), (Some("{\"userinfo\":{}}"), 2));
        let refused = |over: Value| {
            let mut claims = good.clone();
            for (name, value) in over.as_object().unwrap() {
                claims[name] = value.clone();
            }
            let object = signed(&claims, "a-secret-of-this-client");
            open(&client(false), ISSUER, &object, NOW).unwrap_err().error
        };
        for over in [
            json!({ "client_id": "d" }),
            json!({ "iss": "d" }),
            json!({ "aud": "https://other.example" }),
            json!({ "exp": NOW / 1_000 - 61 }),
            json!({ "nbf": NOW / 1_000 + 61 }),
            json!({ "request": "x" }),
            json!({ "request_uri": "x" }),
        ] {
            assert_eq!(refused(over.clone()), "invalid_request_object", "{over}");
        }
        assert!(open(&client(false), ISSUER, &signed(&good, "another"), NOW).is_err());
    }

    #[test]
    fn unsigned_objects_are_taken_where_the_client_allows_them() {
        let part = |value: Value| text::base64url(value.to_string().as_bytes());
        let object = format!("{}.{}.", part(json!({ "alg": "none" })), part(json!({ "scope": "openid" })));
        assert!(open(&client(false), ISSUER, &object, NOW).is_err());
        assert_eq!(open(&client(true), ISSUER, &object, NOW).unwrap().get("scope"), Some("openid"));
        assert!(open(&client(true), ISSUER, &format!("{object}c2ln"), NOW).is_err());
    }
}
