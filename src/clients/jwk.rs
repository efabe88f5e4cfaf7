//! Public keys that others sign with (RFC 7517), and signatures by them (RFC 7515).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

/// What is checked with a public key.
pub const ASYMMETRIC: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
/// What is checked with a client's secret.
pub const SYMMETRIC: [&str; 3] = ["HS256", "HS384", "HS512"];
/// The most keys of a set.
const MAX_KEYS: usize = 32;
/// The longest signed object that is looked at.
const MAX_TOKEN: usize = 32 * 1024;

/// A set of public keys.
#[derive(Debug, Clone)]
pub struct KeySet(Vec<Jwk>);

impl KeySet {
    /// Reads a document. Keys of kinds that are not known here are left out (RFC 7517, 5); private keys are refused, and a set with no
    /// key of use is none.
    pub fn parse(document: &Value) -> Result<Self, &'static str> {
        let keys = document.get("keys").and_then(Value::as_array).ok_or("it has no keys")?;
        if keys.len() > MAX_KEYS {
            return Err("it has too many keys");
        }
        if keys.iter().any(is_secret) {
            return Err("it holds a private or a symmetric key");
        }
        let usable: Vec<Jwk> = keys.iter().filter_map(public).collect();
        if usable.is_empty() { Err("it has no key that can verify a signature here") } else { Ok(Self(usable)) }
    }

    /// Whether a key of this name is in the set.
    pub fn names(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.common.key_id.as_deref() == Some(kid))
    }

    /// The claims of a token that one of the keys signed: the named one, or any that fits where the token names none.
    pub fn verify(&self, token: &str, header: &Header) -> Option<Claims> {
        let fits = |key: &&Jwk| header.kid.as_deref().is_none_or(|kid| key.common.key_id.as_deref() == Some(kid));
        self.0.iter().filter(fits).find_map(|key| verify(token, header.alg, key))
    }
}

/// Whether a key is a private or a symmetric one.
fn is_secret(key: &Value) -> bool {
    ["d", "p", "q", "k"].iter().any(|member| key.get(member).is_some())
}

pub type Claims = Map<String, Value>;

/// A key that can verify here: no weak RSA, no unknown curve, none that is meant for encryption only.
fn public(value: &Value) -> Option<Jwk> {
    let key: Jwk = serde_json::from_value(value.clone()).ok()?;
    let sized = match &key.algorithm {
        AlgorithmParameters::RSA(rsa) => (256..=1_024).contains(&crate::kit::text::from_base64url(&rsa.n)?.len()),
        AlgorithmParameters::EllipticCurve(ec) => matches!(ec.curve, EllipticCurve::P256 | EllipticCurve::P384),
        AlgorithmParameters::OctetKeyPair(okp) => okp.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let signs = key.common.public_key_use.as_ref().is_none_or(|u| *u == PublicKeyUse::Signature);
    (sized && signs && DecodingKey::from_jwk(&key).is_ok()).then_some(key)
}

/// The header of a compact signed object. One that asks for extensions (`crit`) is refused: none is known here (RFC 7515, 4.1.11). So is one
/// that gives away a private key (RFC 9449, 4.3).
pub fn header(token: &str) -> Option<Header> {
    let (first, _) = token.split_once('.').filter(|_| token.len() <= MAX_TOKEN)?;
    let raw: Map<String, Value> = serde_json::from_slice(&crate::kit::text::from_base64url(first)?).ok()?;
    let gives_away = raw.get("jwk").is_some_and(is_secret);
    (!raw.contains_key("crit") && !gives_away).then(|| jsonwebtoken::decode_header(token).ok()).flatten()
}

/// What an algorithm is called.
pub fn name(alg: Algorithm) -> &'static str {
    match alg {
        Algorithm::HS256 => "HS256",
        Algorithm::HS384 => "HS384",
        Algorithm::HS512 => "HS512",
        Algorithm::ES256 => "ES256",
        Algorithm::ES384 => "ES384",
        Algorithm::RS256 => "RS256",
        Algorithm::RS384 => "RS384",
        Algorithm::RS512 => "RS512",
        Algorithm::PS256 => "PS256",
        Algorithm::PS384 => "PS384",
        Algorithm::PS512 => "PS512",
        Algorithm::EdDSA => "EdDSA",
        _ => "unknown",
    }
}

/// The claims of a token that this key signed with this algorithm, where the key is of the algorithm's kind and may be used with it.
/// Times and names are the caller's to check.
pub fn verify(token: &str, alg: Algorithm, key: &Jwk) -> Option<Claims> {
    let kind = match (&key.algorithm, alg) {
        (AlgorithmParameters::RSA(_), _) => name(alg).starts_with("RS") || name(alg).starts_with("PS"),
        (AlgorithmParameters::EllipticCurve(ec), Algorithm::ES256) => ec.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(ec), Algorithm::ES384) => ec.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(_), Algorithm::EdDSA) => true,
        _ => false,
    };
    let allowed = key.common.key_algorithm.is_none_or(|own| own.to_string() == name(alg));
    if !kind || !allowed {
        return None;
    }
    verify_with(token, alg, &DecodingKey::from_jwk(key).ok()?)
}

/// The claims of a token that is keyed with this secret.
pub fn verify_mac(token: &str, alg: Algorithm, secret: &[u8]) -> Option<Claims> {
    SYMMETRIC.contains(&name(alg)).then(|| verify_with(token, alg, &DecodingKey::from_secret(secret))).flatten()
}

fn verify_with(token: &str, alg: Algorithm, key: &DecodingKey) -> Option<Claims> {
    let mut validation = Validation::new(alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Claims>(token, key, &validation).ok().map(|data| data.claims)
}

/// A single public key as a header carries it, with its thumbprint (RFC 7638).
pub fn embedded(jwk: &Jwk) -> Option<(Jwk, String)> {
    let value = serde_json::to_value(jwk).ok()?;
    let key = public(&value)?;
    let thumbprint = key.thumbprint(ThumbprintHash::SHA256).ok()?;
    Some((key, thumbprint))
}
