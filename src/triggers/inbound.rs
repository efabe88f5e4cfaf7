//! InboundFederation: what another provider told of a user, before any of it is mapped. Pure: whoever takes the provider's answer makes the
//! event with [`request`], calls the function and goes on with what [`mapped`] gives.

use super::event::object;
use super::functions::unrecognizable;
use crate::api::Result;
use crate::users::user::Attributes;
use serde_json::{Map, Value, json};

pub const TRIGGER: &str = "InboundFederation";
pub const SOURCE: &str = "InboundFederation_ExternalProvider";

/// What a provider answered.
#[derive(Debug, Clone)]
pub enum Told {
    /// OIDC and the social providers.
    Tokens {
        token_response: Value,
        id_token: Value,
        user_info: Value,
    },
    Saml {
        response: Value,
    },
}

/// The event's `request`. `provider_type` is `OIDC`, `SAML`, `Facebook`, `Google`, `SignInWithApple` or `LoginWithAmazon`.
pub fn request(provider_name: &str, provider_type: &str, told: Told) -> Value {
    let attributes = match told {
        Told::Tokens { token_response, id_token, user_info } => {
            json!({ "tokenResponse": token_response, "idToken": id_token, "userInfo": user_info })
        }
        Told::Saml { response } => json!({ "samlResponse": response }),
    };
    json!({ "providerName": provider_name, "providerType": provider_type, "attributes": attributes })
}

/// The event's `response` before the call.
pub fn response() -> Value {
    json!({ "userAttributesToMap": {} })
}

/// What to map: the original attributes where the function gives none, otherwise what it gives and no more.
pub fn mapped(answer: &Map<String, Value>, original: Attributes) -> Result<Attributes> {
    let given = object(answer, "userAttributesToMap")?.filter(|members| !members.is_empty());
    let Some(given) = given else { return Ok(original) };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(on) => Some(on.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    given.iter().map(|(name, value)| Ok((name.clone(), text(value).ok_or_else(unrecognizable)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_provider_tells_what_it_has() {
        let told = Told::Tokens { token_response: json!({ "scope": "openid" }), id_token: json!({ "sub": "1" }), user_info: json!({}) };
        let attributes = json!({ "tokenResponse": { "scope": "openid" }, "idToken": { "sub": "1" }, "userInfo": {} });
        assert_eq!(request("p", "OIDC", told), json!({ "providerName": "p", "providerType": "OIDC", "attributes": attributes }));
        let saml = request("q", "SAML", Told::Saml { response: json!({ "mail": "a" }) });
        assert_eq!(saml["attributes"], json!({ "samlResponse": { "mail": "a" } }));
    }

    #[test]
    fn an_empty_answer_changes_nothing_and_any_other_replaces_all() {
        let original = || Attributes::from([("email".to_owned(), "a".to_owned()), ("name".to_owned(), "b".to_owned())]);
        let of = |answer: Value| mapped(answer.as_object().unwrap(), original());
        for empty in [json!({}), json!({ "userAttributesToMap": null }), response()] {
            assert_eq!(of(empty).unwrap(), original());
        }
        let replaced = of(json!({ "userAttributesToMap": { "email": "c", "verified": true } })).unwrap();
        assert_eq!(replaced, Attributes::from([("email".into(), "c".into()), ("verified".into(), "true".into())]));
        assert!(of(json!({ "userAttributesToMap": { "email": ["c"] } })).is_err());
        assert!(of(json!({ "userAttributesToMap": "email" })).is_err());
    }
}
