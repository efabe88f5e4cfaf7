//! PreTokenGeneration: asked before tokens are made. Where the function fails there are none.

use super::overrides::{Overrides, Version};
use super::{event, functions};
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::groups::Membership;
use crate::pools::Pool;
use crate::users::User;
use serde_json::{Value, json};

const TRIGGER: &str = "PreTokenGeneration";

/// What the tokens are made after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A sign-in through the pages or another provider.
    HostedAuth,
    /// A sign-in through the API.
    Authentication,
    /// One that took the place of an administrator's password.
    NewPasswordChallenge,
    /// One that a remembered device proved itself in.
    AuthenticateDevice,
    RefreshTokens,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::HostedAuth => "TokenGeneration_HostedAuth",
            Self::Authentication => "TokenGeneration_Authentication",
            Self::NewPasswordChallenge => "TokenGeneration_NewPasswordChallenge",
            Self::AuthenticateDevice => "TokenGeneration_AuthenticateDevice",
            Self::RefreshTokens => "TokenGeneration_RefreshTokens",
        }
    }
}

/// What a client's function says about the tokens of a user with these scopes.
pub async fn ask(cx: &mut Cx, client: &Client, (user, groups): (&User, &Membership), scope: &str, source: Source) -> Result<Overrides> {
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let mut request = json!({
        "userAttributes": event::attributes(Some(user)),
        "groupConfiguration": {
            "groupsToOverride": groups.names(), "iamRolesToOverride": groups.roles(), "preferredRole": groups.preferred_role(),
        },
    });
    if version(&pool) != Version::V1 {
        request["scopes"] = scope.split(' ').filter(|s| !s.is_empty()).collect();
    }
    call(cx, &pool, client, &user.username, source.as_str(), request).await
}

/// What it says about a client's own token: only functions of the third version are asked.
pub async fn ask_for_client(cx: &mut Cx, client: &Client, scopes: &[&str]) -> Result<Overrides> {
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    if version(&pool) != Version::V3 {
        return Ok(Overrides::default());
    }
    let request = json!({ "userAttributes": {}, "groupConfiguration": null, "scopes": scopes });
    call(cx, &pool, client, "ClientCredentials", "TokenGeneration_ClientCredentials", request).await
}

fn version(pool: &Pool) -> Version {
    let config = pool.settings().lambda_config.get("PreTokenGenerationConfig");
    Version::parse(config.and_then(|config| config.get("LambdaVersion")).and_then(Value::as_str))
}

async fn call(cx: &mut Cx, pool: &Pool, client: &Client, username: &str, source: &str, request: Value) -> Result<Overrides> {
    let Some(arn) = pool.function(TRIGGER) else { return Ok(Overrides::default()) };
    let version = version(pool);
    let response = match version {
        Version::V1 => json!({ "claimsOverrideDetails": null }),
        Version::V2 | Version::V3 => json!({ "claimsAndScopeOverrideDetails": null }),
    };
    let mut event = event::envelope(cx, pool, source, &client.id, username, request, response);
    event["version"] = version.as_str().into();
    let answer = functions::call(cx, TRIGGER, arn, event).await?;
    Overrides::parse(version, &answer)
}
