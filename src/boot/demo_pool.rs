//! `serve --demo`: a pool and a public client under fixed ids, made at the first start.

use super::app::App;
use crate::api::{Cx, Exception, Result};
use crate::clients::Client;
use crate::clients::ops::create::CreateUserPoolClient;
use crate::pools::ops::create::CreateUserPool;
use std::sync::Arc;

pub const POOL_ID: &str = "us-east-1_DemoPool0";
pub const CLIENT_ID: &str = "demo-web";

/// Makes what is not there. What is there is left as it is: people change their demo pool.
pub async fn ensure(app: &Arc<App>) -> Result<()> {
    let mut cx = Cx::internal(app.clone());
    match crate::pools::load(&mut cx, POOL_ID).await {
        Ok(_) => {}
        Err(error) if error.is(Exception::ResourceNotFoundException) => {
            pool()?.make(&mut cx, POOL_ID.to_owned()).await?;
        }
        Err(error) => return Err(error),
    }
    match crate::clients::load(&mut cx, CLIENT_ID).await {
        Ok(existing) => register_address(&mut cx, &existing).await,
        Err(error) if error.is(Exception::ResourceNotFoundException) => {
            client(&app.config.public_url)?.make(&mut cx, CLIENT_ID.to_owned()).await?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The sample application answers at today's public address, which may not be the one of the first start.
async fn register_address(cx: &mut Cx, existing: &Client) -> Result<()> {
    let address = format!("{}/demo", cx.app.config.public_url);
    let mut settings = existing.settings.clone();
    for urls in [&mut settings.callback_urls, &mut settings.logout_urls] {
        if !urls.contains(&address) {
            urls.push(address.clone());
        }
    }
    if settings == existing.settings {
        return Ok(());
    }
    let now = cx.now();
    let mut tx = cx.begin().await?;
    crate::clients::store::update(&mut tx, &existing.pool_id, &existing.id, &settings, now).await?;
    tx.commit().await?;
    cx.app.caches.clients.invalidate(&existing.id);
    Ok(())
}

fn pool() -> Result<CreateUserPool> {
    let input = serde_json::json!({
        "PoolName": "Demo",
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "UsernameConfiguration": { "CaseSensitive": false },
        "Schema": [{ "Name": "name", "AttributeDataType": "String", "Mutable": true, "Required": false }],
        "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_email" }] },
    });
    Ok(serde_json::from_value(input).map_err(anyhow::Error::from)?)
}

fn client(public_url: &str) -> Result<CreateUserPoolClient> {
    let address = format!("{public_url}/demo");
    let input = serde_json::json!({
        "UserPoolId": POOL_ID,
        "ClientName": "Demo",
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"],
        "CallbackURLs": [address],
        "LogoutURLs": [address],
        "SupportedIdentityProviders": ["COGNITO"],
    });
    Ok(serde_json::from_value(input).map_err(anyhow::Error::from)?)
}
