//! What ID and access tokens say, and in which form.

use super::jwt::Claims;
use super::store::Session;
use crate::clients::Client;
use crate::groups::Membership;
use crate::kit::clock::{Millis, SECOND};
use crate::users::User;
use serde_json::{Value, json};

/// The scopes of the API and of OpenID Connect.
pub const SYSTEM_SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", crate::api::door::USER_ADMIN_SCOPE];

/// Which of a user's attributes a set of scopes reveals.
#[derive(Debug, Clone, Copy)]
pub enum Reveal<'a> {
    /// Everything that the client may read: signing in through the API, and `openid` alone.
    All,
    Scopes(&'a str),
}

impl<'a> Reveal<'a> {
    pub fn of(scope: &'a str) -> Self {
        let asks = ["email", "phone", "profile"].iter().any(|s| scope.split(' ').any(|given| given == *s));
        if asks { Self::Scopes(scope) } else { Self::All }
    }

    /// Whether an attribute is revealed (OpenID Connect Core, 5.4, and Cognito's custom attributes with `profile`).
    pub fn allows(self, attribute: &str) -> bool {
        let Self::Scopes(scope) = self else { return true };
        let has = |name: &str| scope.split(' ').any(|s| s == name);
        match attribute {
            "sub" | "identities" => true,
            "email" | "email_verified" => has("email"),
            "phone_number" | "phone_number_verified" => has("phone"),
            "address" => has("address"),
            _ => has("profile"),
        }
    }
}

/// What both tokens of an issue share.
pub struct Facts<'a> {
    pub issuer: &'a str,
    pub session: &'a Session,
    pub groups: &'a Membership,
    pub now: Millis,
    /// Whether the tokens came through the OAuth endpoints.
    pub oauth: bool,
    /// Random for each token.
    pub jti: String,
}

impl Facts<'_> {
    fn times(&self, claims: &mut Claims, lifetime_seconds: i64) {
        let iat = self.now.div_euclid(SECOND);
        claims.insert("auth_time".into(), self.session.auth_time.div_euclid(SECOND).into());
        claims.insert("exp".into(), (iat + lifetime_seconds).into());
        claims.insert("iat".into(), iat.into());
    }

    fn lineage(&self, claims: &mut Claims, client: &Client) {
        if client.names_sessions() {
            claims.insert("jti".into(), self.jti.as_str().into());
            claims.insert("origin_jti".into(), self.session.origin_jti.as_str().into());
        }
        claims.insert("event_id".into(), self.session.event_id.as_str().into());
    }

    /// Somebody without groups, or without roles, has no such claim.
    fn groups(&self, claims: &mut Claims) {
        let names = self.groups.names();
        if !names.is_empty() {
            claims.insert("cognito:groups".into(), names.into());
        }
    }

    /// How strong the sign-in was, and by what, where that is told.
    fn strength(&self, claims: &mut Claims) {
        let Some(acr) = &self.session.acr else { return };
        claims.insert("acr".into(), acr.as_str().into());
        let methods: Vec<&str> = self.session.amr.split(' ').filter(|m| !m.is_empty()).collect();
        if !methods.is_empty() {
            claims.insert("amr".into(), methods.into());
        }
    }

    fn roles(&self, claims: &mut Claims) {
        let roles = self.groups.roles();
        if !roles.is_empty() {
            claims.insert("cognito:roles".into(), roles.into());
        }
        if let Some(role) = self.groups.preferred_role() {
            claims.insert("cognito:preferred_role".into(), role.into());
        }
    }
}

/// The claim that binds a token to the key of this thumbprint (RFC 9449, 6.1).
pub fn bound_to(jkt: &str) -> (String, Value) {
    ("cnf".to_owned(), json!({ "jkt": jkt }))
}

/// The key that a token is bound to.
pub fn key_of(claims: &Claims) -> Option<&str> {
    claims.get("cnf")?.get("jkt")?.as_str()
}

/// The claims of an access token.
pub fn access(facts: &Facts<'_>, client: &Client, user: &User) -> Claims {
    let mut claims = Claims::new();
    claims.insert("sub".into(), user.sub.as_str().into());
    if let Some(device_key) = &facts.session.device_key {
        claims.insert("device_key".into(), device_key.as_str().into());
    }
    facts.groups(&mut claims);
    claims.insert("iss".into(), facts.issuer.into());
    if facts.oauth {
        claims.insert("version".into(), 2.into());
    }
    claims.insert("client_id".into(), client.id.as_str().into());
    facts.lineage(&mut claims, client);
    claims.insert("token_use".into(), "access".into());
    claims.insert("scope".into(), client.active(&facts.session.scope).into());
    facts.times(&mut claims, client.access_token_seconds());
    facts.strength(&mut claims);
    if let Some(audience) = facts.session.requested.0.audience() {
        claims.insert("aud".into(), audience);
    }
    if !client.names_sessions() {
        claims.insert("jti".into(), facts.jti.as_str().into());
    }
    claims.insert("username".into(), user.username.as_str().into());
    claims
}

/// The claims of an ID token.
pub fn id(facts: &Facts<'_>, client: &Client, user: &User, at_hash: Option<String>) -> Claims {
    let mut claims = Claims::new();
    claims.insert("sub".into(), user.sub.as_str().into());
    facts.groups(&mut claims);
    facts.roles(&mut claims);
    let reveal = if facts.oauth { Reveal::of(&facts.session.scope) } else { Reveal::All };
    let asked = &facts.session.requested.0.id_token;
    for (name, value) in &user.attributes {
        if client.may_read(name) && (reveal.allows(name) || asked.contains(name)) {
            claims.insert(name.clone(), attribute_claim(name, value));
        }
    }
    claims.insert("iss".into(), facts.issuer.into());
    claims.insert("cognito:username".into(), user.username.as_str().into());
    if let Some(nonce) = &facts.session.nonce {
        claims.insert("nonce".into(), nonce.as_str().into());
    }
    if let Some(at_hash) = at_hash {
        claims.insert("at_hash".into(), at_hash.into());
    }
    facts.lineage(&mut claims, client);
    claims.insert("aud".into(), client.id.as_str().into());
    claims.insert("token_use".into(), "id".into());
    facts.times(&mut claims, client.id_token_seconds());
    facts.strength(&mut claims);
    if let Some(sid) = facts.session.origin_session_id.as_deref().filter(|_| client.backchannel_logout_uri().is_some()) {
        claims.insert("sid".into(), sid.into());
    }
    claims
}

/// An attribute's form in a token: booleans and times as JSON has them, addresses as an object, custom attributes always as text.
pub(crate) fn attribute_claim(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => Value::Bool(value == "true"),
        "updated_at" => value.parse::<i64>().map_or_else(|_| value.into(), Value::from),
        "address" => json!({ "formatted": value }),
        "identities" => crate::federation::identity::claim(value),
        _ => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_reveal_their_attributes() {
        assert!(Reveal::of("openid").allows("custom:tier"));
        let email = Reveal::of("openid email");
        assert!(email.allows("email_verified") && email.allows("sub") && !email.allows("name") && !email.allows("phone_number"));
        assert!(Reveal::of("openid profile").allows("custom:tier") && !Reveal::of("openid profile").allows("email"));
    }

    #[test]
    fn attributes_take_their_json_form() {
        assert_eq!(attribute_claim("email_verified", "true"), Value::Bool(true));
        assert_eq!(attribute_claim("custom:age", "7"), Value::from("7"));
        assert_eq!(attribute_claim("address", "1 Main St"), json!({ "formatted": "1 Main St" }));
    }
}
