//! Signing and verifying JSON Web Tokens (RFC 7519) with RS256.

use crate::kit::text::base64url;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};

pub type Claims = Map<String, Value>;

/// A private key, parsed once, and its encoded header.
pub struct Signer {
    pub kid: String,
    header: String,
    key: KeyPair,
}

impl Signer {
    pub fn new(kid: String, key: KeyPair) -> Self {
        // Cognito's tokens have these two members and no `typ`.
        let header = base64url(serde_json::json!({ "kid": kid, "alg": "RS256" }).to_string().as_bytes());
        Self { kid, header, key }
    }

    /// The compact form of a token with these claims.
    pub fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        self.sign_under(&self.header, claims)
    }

    /// The same with a type of its own, so that it is taken for nothing else (RFC 8725, 3.11).
    pub fn sign_as(&self, typ: &str, claims: &Claims) -> anyhow::Result<String> {
        let header = serde_json::json!({ "kid": self.kid, "alg": "RS256", "typ": typ });
        self.sign_under(&base64url(header.to_string().as_bytes()), claims)
    }

    fn sign_under(&self, header: &str, claims: &Claims) -> anyhow::Result<String> {
        let mut token = format!("{header}.{}", base64url(&serde_json::to_vec(claims)?));
        let mut signature = vec![0; self.key.public_modulus_len()];
        // PKCS #1 v1.5 needs no randomness.
        self.key
            .sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| anyhow::anyhow!("the signing key refused to sign"))?;
        token.push('.');
        token.push_str(&base64url(&signature));
        Ok(token)
    }
}

/// The claims of a token, not yet verified: to find out whose key to verify with.
pub fn peek(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let claims = parts.nth(1)?;
    (parts.next().is_some() && parts.next().is_none()).then_some(())?;
    serde_json::from_slice(&crate::kit::text::from_base64url(claims)?).ok()
}

/// The key that a token says it was signed with.
pub fn kid(token: &str) -> Option<String> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    (header.alg == Algorithm::RS256).then_some(header.kid).flatten()
}

/// The claims of a token that this key signed with RS256. Times are the caller's to check, against its own clock.
pub fn verify(token: &str, key: &DecodingKey) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Claims>(token, key, &validation).ok().map(|data| data.claims)
}

/// A claim that is a string.
pub fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// A claim that is a whole number.
pub fn number(claims: &Claims, name: &str) -> Option<i64> {
    claims.get(name).and_then(Value::as_i64)
}
