//! What a session's tokens say beyond what its scopes reveal, because the application asked for it.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requested {
    /// Attributes in ID tokens and at userInfo (OpenID Connect Core, 5.5).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_info: Vec<String>,
    /// What the access token is for (RFC 8707).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

impl Requested {
    /// `aud` of access tokens: one by itself, several as a list.
    pub fn audience(&self) -> Option<serde_json::Value> {
        match self.resources.as_slice() {
            [] => None,
            [one] => Some(one.as_str().into()),
            all => Some(all.to_vec().into()),
        }
    }
}
