//! A key of a client's or a device's, and what it signs.

use super::harness::{HOST, Site};
use crate::kit::clock::SECOND;
use crate::kit::{mac, text};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// An ECDSA key on P-256.
pub struct TestKey {
    pair: EcdsaKeyPair,
    kid: &'static str,
    made: AtomicUsize,
}

impl TestKey {
    pub fn new(kid: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self { pair, kid, made: AtomicUsize::new(0) }
    }

    /// The public key (RFC 7517).
    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "x": text::base64url(&point[1..33]), "y": text::base64url(&point[33..]), "kid": self.kid })
    }

    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    /// RFC 7638
    pub fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let text = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
        text::base64url(&mac::sha256(text.as_bytes()))
    }

    pub fn sign(&self, header: Value, claims: &Value) -> String {
        let signed = format!("{}.{}", text::base64url(header.to_string().as_bytes()), text::base64url(claims.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", text::base64url(signature.as_ref()))
    }

    fn number(&self) -> usize {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// The claims of a good assertion for a client of a pool's (RFC 7523, 3).
    pub fn assertion_claims(&self, site: &Site, pool: &str, client: &str) -> Value {
        let now = site.now() / SECOND;
        let aud = format!("http://{HOST}/{pool}/oauth2/token");
        json!({ "iss": client, "sub": client, "aud": aud, "iat": now, "exp": now + 60, "jti": format!("{}-{}", self.kid, self.number()) })
    }

    pub fn assertion(&self, claims: &Value) -> String {
        self.sign(json!({ "alg": "ES256", "kid": self.kid }), claims)
    }

    /// The claims of a good proof (RFC 9449, 4.2).
    pub fn proof_claims(&self, site: &Site, method: &str, path: &str) -> Value {
        let jti = format!("{}-{}", self.kid, self.number());
        json!({ "htm": method, "htu": format!("http://{HOST}{path}"), "iat": site.now() / SECOND, "jti": jti })
    }

    pub fn proof_of(&self, claims: &Value) -> String {
        self.sign(json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": self.jwk() }), claims)
    }

    pub fn proof(&self, site: &Site, method: &str, path: &str) -> String {
        self.proof_of(&self.proof_claims(site, method, path))
    }

    /// A proof that comes with an access token.
    pub fn proof_with(&self, site: &Site, method: &str, path: &str, token: &str) -> String {
        let mut claims = self.proof_claims(site, method, path);
        claims["ath"] = text::base64url(&mac::sha256(token.as_bytes())).into();
        self.proof_of(&claims)
    }
}

/// A token that is keyed with a secret.
pub fn keyed(secret: &str, claims: &Value) -> String {
    let header = json!({ "alg": "HS256" });
    let signed = format!("{}.{}", text::base64url(header.to_string().as_bytes()), text::base64url(claims.to_string().as_bytes()));
    format!("{signed}.{}", text::base64url(&mac::hmac_sha256(secret.as_bytes(), &[signed.as_bytes()])))
}
