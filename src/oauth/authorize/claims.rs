//! The parameter `claims` (OpenID Connect Core, 5.5): what tokens and userInfo are to say beyond the scopes, and what must be so.

use super::checks::{Failure, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest text that is read, and the most names that are kept of it.
const LONGEST: usize = 8_192;
const MOST: usize = 100;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    pub id_token: Vec<String>,
    pub user_info: Vec<String>,
    /// Whom the ID token must be about.
    pub sub: Option<String>,
    /// The levels of which one is wanted, and whether nothing else will do.
    pub acr: Vec<String>,
    pub acr_is_essential: bool,
}

impl ClaimsRequest {
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: &str| Failure::new("invalid_request", format!("claims {why}"));
        if text.len() > LONGEST {
            return Err(wrong("is too long"));
        }
        let given: Map<String, Value> = serde_json::from_str(text).map_err(|_| wrong("is not a JSON object"))?;
        let part = |name: &str| match given.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(members)) if members.len() <= MOST => Ok(members.clone()),
            Some(Value::Object(_)) => Err(wrong("asks for too much")),
            Some(_) => Err(wrong("must hold objects")),
        };
        let (id_token, user_info) = (part("id_token")?, part("userinfo")?);
        if id_token.values().chain(user_info.values()).any(|v| !v.is_null() && !v.is_object()) {
            return Err(wrong("must say of each claim null or an object"));
        }
        let acr = id_token.get("acr");
        let names = |part: &Map<String, Value>| part.keys().cloned().collect();
        Ok(Self {
            sub: [&id_token, &user_info].into_iter().filter_map(|part| part.get("sub")).find_map(|sub| values(sub).into_iter().next()),
            acr: acr.map(values).unwrap_or_default(),
            acr_is_essential: acr.is_some_and(|acr| acr.get("essential") == Some(&Value::Bool(true))),
            id_token: names(&id_token),
            user_info: names(&user_info),
        })
    }
}

/// `value` or `values`, of those that are texts.
fn values(request: &Value) -> Vec<String> {
    let one = request.get("value").into_iter();
    let many = request.get("values").and_then(Value::as_array).into_iter().flatten();
    one.chain(many).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read() {
        let text = r#"{"userinfo":{"name":{"essential":true},"email":null},"id_token":{"auth_time":{"essential":true},
            "acr":{"essential":true,"values":["a","b"]},"sub":{"value":"s"}},"other":1}"#;
        let claims = ClaimsRequest::parse(text).unwrap();
        assert_eq!((claims.sub.as_deref(), claims.acr_is_essential), (Some("s"), true));
        assert_eq!((claims.acr, claims.user_info), (vec!["a".to_owned(), "b".to_owned()], vec!["name".to_owned(), "email".to_owned()]));
        assert_eq!(claims.id_token, ["auth_time", "acr", "sub"]);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for bad in ["", "[]", "{", r#"{"id_token":[]}"#, r#"{"userinfo":{"name":1}}"#] {
            assert_eq!(ClaimsRequest::parse(bad).unwrap_err().error, "invalid_request", "{bad}");
        }
        assert_eq!(ClaimsRequest::parse("{}").unwrap(), ClaimsRequest::default());
    }
}
