//! What an OpenID token says, and what credentials are asked for with.

use super::login::Login;
use super::provider::OWN;
use crate::kit::clock::{Millis, SECOND};
use crate::tokens::jwt::{self, Claims};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const POOL_ARN: &str = "https://cognito-identity.amazonaws.com/identity-pool-arn";
pub const TAGS: &str = "https://aws.amazon.com/tags";
const AUTHENTICATED: &str = "authenticated";
const GUEST: &str = "unauthenticated";

/// An identity of a pool, and how it proved itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub identity_id: String,
    pub pool_id: String,
    /// The authentication methods.
    pub amr: Vec<String>,
    /// Session tags.
    pub tags: BTreeMap<String, String>,
}

impl Subject {
    /// An identity with the logins that it came with; without any, a guest.
    pub fn of(pool_id: &str, identity_id: &str, logins: &[Login], tags: BTreeMap<String, String>) -> Self {
        let amr = match logins {
            [] => vec![GUEST.to_owned()],
            logins => {
                let methods = logins.iter().flat_map(|login| login.methods(pool_id));
                std::iter::once(AUTHENTICATED.to_owned()).chain(methods).collect()
            }
        };
        Self { identity_id: identity_id.to_owned(), pool_id: pool_id.to_owned(), amr, tags }
    }

    pub fn is_guest(&self) -> bool {
        !self.amr.iter().any(|method| method == AUTHENTICATED)
    }

    /// The claims of a token about it.
    pub fn claims(&self, issuer: &str, pool_arn: &str, now: Millis, seconds: i64) -> Claims {
        let mut claims = Claims::new();
        claims.insert("sub".into(), self.identity_id.as_str().into());
        claims.insert("aud".into(), self.pool_id.as_str().into());
        claims.insert("amr".into(), self.amr.clone().into());
        if !self.tags.is_empty() {
            let lists: BTreeMap<_, _> = self.tags.iter().map(|(name, value)| (name, [value])).collect();
            claims.insert(TAGS.into(), json!({ "principal_tags": lists }));
        }
        claims.insert("iss".into(), issuer.into());
        claims.insert(POOL_ARN.into(), pool_arn.into());
        claims.insert("exp".into(), (now / SECOND + seconds).into());
        claims.insert("iat".into(), (now / SECOND).into());
        claims
    }

    /// The subject of a token that was verified.
    pub fn from_claims(claims: &Claims) -> Option<Self> {
        let texts =
            |value: &Value| value.as_array().map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
        let tags = claims.get(TAGS).and_then(|tags| tags.get("principal_tags")).and_then(Value::as_object);
        let tag = |(name, value): (&String, &Value)| Some((name.clone(), texts(value)?.into_iter().next()?));
        Some(Self {
            identity_id: jwt::text(claims, "sub")?.to_owned(),
            pool_id: jwt::text(claims, "aud")?.to_owned(),
            amr: claims.get("amr").and_then(texts)?,
            tags: tags.into_iter().flatten().filter_map(tag).collect(),
        })
    }

    /// The condition keys that a trust policy sees.
    pub fn context(&self) -> BTreeMap<String, Vec<String>> {
        let one = |text: &str| vec![text.to_owned()];
        let values = [("aud", one(&self.pool_id)), ("sub", one(&self.identity_id)), ("amr", self.amr.clone())];
        values.into_iter().map(|(name, value)| (format!("{OWN}:{name}"), value)).collect()
    }
}
