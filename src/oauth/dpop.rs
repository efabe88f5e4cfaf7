//! Proofs that whoever sends a request holds a key (RFC 9449).

use super::endpoint;
use super::error::{OAuthError, Result};
use crate::api::{ApiError, Cx};
use crate::clients::jwk::{self, ASYMMETRIC, Claims};
use crate::kit::clock::{MINUTE, Millis, SECOND};
use crate::kit::{mac, text};
use crate::tokens::{jwt, store};
use axum::http::{HeaderMap, Method};

/// How far the sender's clock may be from this one, either way.
const WINDOW: Millis = MINUTE;
/// The longest `jti` that is taken.
const MAX_JTI: usize = 256;

/// What a proof is for.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    pub pool_id: &'a str,
    pub method: &'a Method,
    /// The endpoint, as `oauth2/token`.
    pub path: &'a str,
    /// The access token that it comes with.
    pub access_token: Option<&'a str>,
}

fn invalid(why: &'static str) -> OAuthError {
    OAuthError::new("invalid_dpop_proof", why)
}

/// The thumbprint of the key that the request proves, or nothing where it proves none. A proof is good once.
pub async fn proof(cx: &mut Cx, headers: &HeaderMap, used: Use<'_>) -> Result<Option<String>> {
    let mut proofs = headers.get_all("dpop").iter();
    let Some(proof) = proofs.next() else { return Ok(None) };
    if proofs.next().is_some() {
        return Err(invalid("There is more than one DPoP header"));
    }
    let proof = proof.to_str().map_err(|_| invalid("The DPoP header is not a JWT"))?;
    let (claims, jkt) = signed(proof)?;
    let says = |name| jwt::text(&claims, name);
    if says("htm") != Some(used.method.as_str()) {
        return Err(invalid("htm is not the method of this request"));
    }
    let htu = says("htu").and_then(address).ok_or_else(|| invalid("htu is missing"))?;
    if !endpoint::addresses(cx, used.pool_id, headers, used.path).await.iter().any(|own| address(own).as_ref() == Some(&htu)) {
        return Err(invalid("htu is not the address of this request"));
    }
    let now = cx.now();
    let iat = jwt::number(&claims, "iat").ok_or_else(|| invalid("iat is missing"))?.saturating_mul(SECOND);
    if now.saturating_sub(iat).saturating_abs() > WINDOW {
        return Err(invalid("iat is too far from now"));
    }
    if let Some(token) = used.access_token
        && says("ath") != Some(&text::base64url(&mac::sha256(token.as_bytes())))
    {
        return Err(invalid("ath is not the hash of the access token"));
    }
    let jti = says("jti").filter(|jti| (1..=MAX_JTI).contains(&jti.len())).ok_or_else(|| invalid("jti is missing"))?;
    let hash = mac::sha256_hex(format!("dpop\n{jkt}\n{htu}\n{jti}").as_bytes());
    let mut tx = cx.begin().await?;
    let before = store::spend(&mut tx, used.pool_id, &hash, now, iat + 2 * WINDOW).await.map_err(ApiError::from)?;
    tx.commit().await?;
    if before.is_some() { Err(invalid("The proof was used before")) } else { Ok(Some(jkt)) }
}

/// The claims of a proof, and the thumbprint of the key that it brings and is signed with (RFC 9449, 4.3).
fn signed(proof: &str) -> Result<(Claims, String)> {
    let header = jwk::header(proof).ok_or_else(|| invalid("The DPoP header is not a JWT"))?;
    if header.typ.as_deref() != Some("dpop+jwt") {
        return Err(invalid("typ is not dpop+jwt"));
    }
    if !ASYMMETRIC.contains(&jwk::name(header.alg)) {
        return Err(invalid("alg is not an asymmetric one that is supported"));
    }
    let (key, jkt) = header.jwk.as_ref().and_then(jwk::embedded).ok_or_else(|| invalid("jwk is missing or not supported"))?;
    let claims = jwk::verify(proof, header.alg, &key).ok_or_else(|| invalid("The signature does not match"))?;
    Ok((claims, jkt))
}

/// An address without query and fragment, in its normal form (RFC 9449, 4.3).
fn address(uri: &str) -> Option<String> {
    let mut url = url::Url::parse(uri).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url.to_string())
}

/// Whether a text can be a thumbprint: 32 bytes in base64url.
pub fn is_thumbprint(text: &str) -> bool {
    text.len() == 43 && text::from_base64url(text).is_some_and(|bytes| bytes.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_their_normal_form() {
        assert_eq!(address("HTTPS://Auth.Example:443/p/oauth2/token?x#y"), address("https://auth.example/p/oauth2/token"));
        assert_ne!(address("https://auth.example/p/oauth2/token/"), address("https://auth.example/p/oauth2/token"));
        assert_eq!(address("/p/oauth2/token"), None);
    }

    #[test]
    fn thumbprints() {
        assert!(is_thumbprint("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
        assert!(!is_thumbprint("0ZcOCORZNYy") && !is_thumbprint(&"=".repeat(43)));
    }
}
