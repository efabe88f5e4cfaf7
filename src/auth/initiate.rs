//! The beginning of each flow.

use super::answer::Answer;
use super::challenge::{self, PASSWORD, PASSWORD_SRP, SELECT_CHALLENGE, Session};
use super::srp_flow::sub_or_invented;
use super::{complete, password, srp_flow};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::tokens::issue;
use crate::users::lookup;
use std::collections::BTreeMap;

/// A request to sign in.
pub struct Request<'a> {
    pub flow: &'a str,
    pub parameters: &'a BTreeMap<String, String>,
    /// Whether it came through AdminInitiateAuth.
    pub admin: bool,
}

/// A parameter of a flow or a challenge's answer.
pub fn required<'a>(parameters: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str> {
    let value = parameters.get(name).map(String::as_str).filter(|v| !v.is_empty());
    value.ok_or_else(|| ApiError::invalid_parameter(format!("Missing required parameter {name}")))
}

pub async fn initiate(cx: &mut Cx, pool: &Pool, client: &Client, request: &Request<'_>) -> Result<Answer> {
    let get = |name| request.parameters.get(name).map(String::as_str);
    if matches!(request.flow, "REFRESH_TOKEN" | "REFRESH_TOKEN_AUTH") {
        refuse_flow(client, request)?;
        return refresh(cx, client, required(request.parameters, "REFRESH_TOKEN")?, get("SECRET_HASH")).await;
    }
    refuse_flow(client, request)?;
    let username = required(request.parameters, "USERNAME")?;
    client.check_secret_hash(username, get("SECRET_HASH"))?;
    match request.flow {
        "USER_SRP_AUTH" => srp_flow::start(cx, pool, client, username, required(request.parameters, "SRP_A")?).await,
        "USER_AUTH" => user_auth(cx, pool, client, username, request.parameters).await,
        _ => {
            let user = password::verify(cx, pool, client, username, required(request.parameters, "PASSWORD")?).await?;
            complete::complete::<()>(cx, pool, client, user, None).await
        }
    }
}

/// Refuses flows that the operation does not take or the client does not allow.
fn refuse_flow(client: &Client, request: &Request<'_>) -> Result<()> {
    let (allowed, admin_only): (&[&str], bool) = match request.flow {
        "USER_SRP_AUTH" => (&["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"], false),
        "USER_PASSWORD_AUTH" => (&["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"], false),
        "USER_AUTH" => (&["ALLOW_USER_AUTH"], false),
        "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => (&["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"], true),
        "REFRESH_TOKEN" | "REFRESH_TOKEN_AUTH" => {
            let legacy = !client.explicit_auth_flows.iter().any(|f| f.starts_with("ALLOW_"));
            if client.rotation().is_some() {
                let message =
                    "REFRESH_TOKEN_AUTH flow not enabled for this client: it rotates refresh tokens, use GetTokensFromRefreshToken.";
                return Err(ApiError::invalid_parameter(message));
            }
            return if legacy || client.allows(&["ALLOW_REFRESH_TOKEN_AUTH"]) { Ok(()) } else { Err(not_enabled(request)) };
        }
        "CUSTOM_AUTH" => return Err(ApiError::invalid_parameter("Custom auth lambda trigger is not configured for the user pool.")),
        _ => return Err(ApiError::invalid_parameter("Initiate Auth method not supported.")),
    };
    if admin_only && !request.admin || request.flow == "USER_PASSWORD_AUTH" && request.admin {
        return Err(ApiError::invalid_parameter("Initiate Auth method not supported."));
    }
    if client.allows(allowed) { Ok(()) } else { Err(not_enabled(request)) }
}

fn not_enabled(request: &Request<'_>) -> ApiError {
    if request.admin {
        return ApiError::invalid_parameter("Auth flow not enabled for this client");
    }
    ApiError::invalid_parameter(format!("{} flow not enabled for this client", request.flow))
}

async fn refresh(cx: &mut Cx, client: &Client, token: &str, secret_hash: Option<&str>) -> Result<Answer> {
    if client.is_confidential() {
        // The hash is over the user's own name, which only the token tells.
        let (_, session) = crate::tokens::refresh::open(cx, client, token).await?;
        let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &client.pool_id, &session.sub).await?;
        let user = user.ok_or_else(ApiError::no_such_user)?;
        client.check_secret_hash_of(&[&user.username, &user.sub], secret_hash)?;
    }
    Ok(issue::refresh(cx, client, token).await?.into())
}

/// What a user of this pool can begin with.
pub const FIRST_FACTORS: [&str; 2] = [PASSWORD_SRP, PASSWORD];

async fn user_auth(cx: &mut Cx, pool: &Pool, client: &Client, username: &str, parameters: &BTreeMap<String, String>) -> Result<Answer> {
    let get = |name| parameters.get(name).map(String::as_str).filter(|v| !v.is_empty());
    match (get("PREFERRED_CHALLENGE"), get("PASSWORD"), get("SRP_A")) {
        (Some(PASSWORD), Some(given), _) => {
            let user = password::verify(cx, pool, client, username, given).await?;
            complete::complete::<()>(cx, pool, client, user, None).await
        }
        (Some(PASSWORD_SRP), _, Some(srp_a)) => srp_flow::start(cx, pool, client, username, srp_a).await,
        (Some(PASSWORD), None, _) => offer(cx, pool, client, username, PASSWORD).await,
        (Some(PASSWORD_SRP), _, None) => offer(cx, pool, client, username, PASSWORD_SRP).await,
        _ => offer(cx, pool, client, username, SELECT_CHALLENGE).await,
    }
}

/// A challenge that begins a choice-based sign-in. It is the same for users who do not exist, where the client hides them.
pub async fn offer(cx: &mut Cx, pool: &Pool, client: &Client, username: &str, challenge: &'static str) -> Result<Answer> {
    let user = lookup::find(cx, pool, username).await?;
    if user.is_none() && !client.hides_users() {
        return Err(ApiError::no_such_user());
    }
    let state = Session {
        challenge: challenge.into(),
        username: username.to_owned(),
        sub: sub_or_invented(cx, pool, user.as_ref(), username),
        password_set_at: None,
    };
    Ok(Answer {
        challenge_name: Some(challenge),
        session: Some(challenge::session(cx, client, state)?),
        available_challenges: Some(FIRST_FACTORS.to_vec()),
        ..Answer::default()
    })
}
