//! What InitiateAuth and RespondToAuthChallenge answer.

use crate::devices::sign_in::NewDeviceMetadata;
use crate::tokens::issue::Tokens;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// `ChallengeParameters`
pub type Parameters = BTreeMap<Cow<'static, str>, String>;

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    pub challenge_parameters: Parameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_result: Option<AuthenticationResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_challenges: Option<Vec<&'static str>>,
}

impl Answer {
    /// A challenge with a session.
    pub fn challenge<const N: usize>(name: &'static str, session: String, parameters: [(&'static str, String); N]) -> Self {
        let challenge_parameters = parameters.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        Self { challenge_name: Some(name), session: Some(session), challenge_parameters, ..Self::default() }
    }
}

/// `AuthenticationResultType`
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthenticationResult {
    pub access_token: String,
    pub expires_in: i64,
    pub token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_device_metadata: Option<NewDeviceMetadata>,
}

impl From<Tokens> for AuthenticationResult {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            expires_in: tokens.expires_in,
            token_type: "Bearer",
            refresh_token: tokens.refresh_token,
            id_token: tokens.id_token,
            new_device_metadata: None,
        }
    }
}

impl From<Tokens> for Answer {
    fn from(tokens: Tokens) -> Self {
        Self { authentication_result: Some(tokens.into()), ..Self::default() }
    }
}
