//! GetDerivedToken: a user's token exchanged for another (RFC 8693).

use crate::api::door::{Caller, permit};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::clients::Client;
use crate::iam::policy::Context;
use crate::tokens::derive::{self, Derived, Exchange, Refusal, Target};
use crate::tokens::keys::Use;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetDerivedToken {
    pub client_id: String,
    #[serde(default)]
    pub client_secret: Option<String>,
    pub subject_token: String,
    pub subject_token_type: TokenType,
    #[serde(default)]
    pub subject_token_provider_name: Option<String>,
    #[serde(default)]
    pub actor_token: Option<String>,
    #[serde(default)]
    pub actor_token_type: Option<TokenType>,
    #[serde(default)]
    pub actor_token_provider_name: Option<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub audiences: Vec<String>,
    #[serde(default)]
    pub resources: Vec<String>,
    #[serde(default)]
    pub requested_token_type: Option<TokenType>,
}

/// `TokenTypeIdentifierType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenType {
    AccessToken,
    IdToken,
    Saml2,
}

impl TokenType {
    fn token_use(self) -> Result<Use> {
        match self {
            Self::AccessToken => Ok(Use::Access),
            Self::IdToken => Ok(Use::Id),
            Self::Saml2 => Err(ApiError::unsupported_setting("The token type SAML2")),
        }
    }

    fn of(token_use: Use) -> Self {
        match token_use {
            Use::Access => Self::AccessToken,
            Use::Id => Self::IdToken,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Got {
    pub issued_token: String,
    pub issued_token_type: TokenType,
    pub token_type: &'static str,
    pub expires_in: i64,
    pub scopes: Vec<String>,
}

impl From<Derived> for Got {
    fn from(derived: Derived) -> Self {
        Self {
            issued_token: derived.token,
            issued_token_type: TokenType::of(derived.token_use),
            token_type: bearer_or_not(derived.token_use),
            expires_in: derived.expires_in,
            scopes: derived.scopes,
        }
    }
}

/// An ID token opens nothing, so that it is of no token type (RFC 8693, 2.2.1).
pub fn bearer_or_not(token_use: Use) -> &'static str {
    match token_use {
        Use::Access => "Bearer",
        Use::Id => "N_A",
    }
}

impl Operation for GetDerivedToken {
    const NAME: &'static str = "GetDerivedToken";
    const DOOR: Door = Door::ClientOrIam;
    type Output = Got;

    async fn run(self, cx: &mut Cx) -> Result<Got> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        self.authorize(cx, &client).await?;
        let signed = !matches!(cx.caller, Caller::Anonymous);
        let exchange = Exchange { proved: signed || client.is_confidential(), ..self.exchange()? };
        let derived = derive::derive(cx, &client, &exchange).await.map_err(refused)?;
        Ok(derived.into())
    }
}

impl GetDerivedToken {
    /// The client's secret, or the signature of somebody who may do this. A secret that is given must be right.
    async fn authorize(&self, cx: &mut Cx, client: &Client) -> Result<()> {
        let signed = !matches!(cx.caller, Caller::Anonymous);
        if signed && self.client_secret.is_none() {
            return permit(cx, Self::NAME, Some(&client.pool_id), Context::default()).await;
        }
        let elsewhere = client.proves_by_key() || client.oauth().require_dpop;
        if client.knows_secret(self.client_secret.as_deref()) && (signed || !elsewhere) {
            return Ok(());
        }
        Err(ApiError::not_authorized(format!("Unable to verify the secret of client {}", client.id)))
    }

    fn exchange(&self) -> Result<Exchange<'_>> {
        for (given, name) in [
            (self.subject_token_provider_name.is_some(), "SubjectTokenProviderName"),
            (self.actor_token_provider_name.is_some(), "ActorTokenProviderName"),
        ] {
            if given {
                return Err(ApiError::unsupported_setting(name));
            }
        }
        let actor = match (&self.actor_token, self.actor_token_type) {
            (None, None) => None,
            (Some(token), Some(kind)) => Some((token.as_str(), kind.token_use()?)),
            _ => return Err(ApiError::invalid_parameter("ActorToken and ActorTokenType must be given together.")),
        };
        let target = match (self.audiences.first(), self.resources.first()) {
            (None, None) => None,
            (Some(name), None) => Some(Target::Audience(name)),
            (None, Some(identifier)) => Some(Target::Resource(identifier)),
            _ => return Err(ApiError::invalid_parameter("Audiences and Resources can not be requested together.")),
        };
        Ok(Exchange {
            subject: (&self.subject_token, self.subject_token_type.token_use()?),
            actor,
            scopes: self.scopes.iter().map(String::as_str).collect(),
            target,
            requested: self.requested_token_type.map_or(Ok(Use::Access), TokenType::token_use)?,
            proved: false,
            jkt: None,
        })
    }
}

fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Flow(flow) => ApiError::invalid_parameter(format!("{flow} flow not enabled for this client")),
        Refusal::Unproved => ApiError::not_authorized("Token exchange needs a client with a secret"),
        Refusal::Scope(message) => ApiError::invalid_parameter(message),
        Refusal::Token(error) | Refusal::Target(error) | Refusal::Other(error) => error,
    }
}
