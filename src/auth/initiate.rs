//! The beginning of each flow.

use super::answer::Answer;
use super::challenge::PASSWORD_VERIFIER;
use super::complete::{self, Step, proceed};
use super::custom::{self, Rounds};
use super::progress::{self, Progress};
use super::{after_sign_up, choice, history, password, srp_flow};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::tokens::issue;
use crate::tokens::refresh::Holder;
use crate::triggers::authentication;
use std::collections::BTreeMap;

/// A request to sign in.
pub struct Request<'a> {
    pub flow: &'a str,
    pub parameters: &'a BTreeMap<String, String>,
    /// Of a sign-up that was just confirmed.
    pub session: Option<&'a str>,
    /// Whether it came through AdminInitiateAuth.
    pub admin: bool,
}

/// A parameter of a flow or a challenge's answer.
pub fn required<'a>(parameters: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str> {
    let value = parameters.get(name).map(String::as_str).filter(|v| !v.is_empty());
    value.ok_or_else(|| ApiError::invalid_parameter(format!("Missing required parameter {name}")))
}

pub async fn initiate(cx: &mut Cx, pool: &Pool, client: &Client, request: &Request<'_>) -> Result<Answer> {
    refuse_flow(client, request)?;
    let get = |name| request.parameters.get(name).map(String::as_str);
    if matches!(request.flow, "REFRESH_TOKEN" | "REFRESH_TOKEN_AUTH") {
        let token = required(request.parameters, "REFRESH_TOKEN")?;
        return refresh(cx, client, token, get("DEVICE_KEY"), get("SECRET_HASH")).await;
    }
    history::refuse_blocked(cx, pool, client).await?;
    if request.flow == "USER_AUTH"
        && let Some(session) = request.session
    {
        return after_sign_up::sign_in(cx, pool, client, session, request.parameters).await;
    }
    let username = required(request.parameters, "USERNAME")?;
    client.check_secret_hash(username, get("SECRET_HASH"))?;
    if request.flow == "USER_AUTH" {
        if let Some(name) = ["TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"].into_iter().find(|name| request.parameters.contains_key(*name))
        {
            return Err(ApiError::unsupported_setting(name));
        }
        return choice::begin(cx, pool, client, username, request.parameters).await;
    }
    let progress = Progress { username: username.to_owned(), device_key: get("DEVICE_KEY").map(str::to_owned), ..Progress::default() };
    match request.flow {
        "USER_SRP_AUTH" => {
            let srp_a = required(request.parameters, "SRP_A")?;
            authentication::pre_by_name(cx, pool, client, username).await?;
            srp_flow::start(cx, pool, client, progress, srp_a).await
        }
        "CUSTOM_AUTH" => custom_auth(cx, pool, client, progress, request.parameters).await,
        _ => {
            let given = required(request.parameters, "PASSWORD")?;
            let user = password::verify(cx, pool, client, username, given, true).await?;
            let progress = Progress { sub: user.sub.clone(), ..progress }.proved(progress::PASSWORD, &user);
            let step = proceed(cx, pool, client, user, progress, None).await?;
            complete::answer(cx, pool, client, step).await
        }
    }
}

/// Refuses flows that the operation does not take or the client does not allow.
fn refuse_flow(client: &Client, request: &Request<'_>) -> Result<()> {
    let (allowed, admin_only): (&[&str], bool) = match request.flow {
        "USER_SRP_AUTH" => (&["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"], false),
        "USER_PASSWORD_AUTH" => (&["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"], false),
        "USER_AUTH" => (&["ALLOW_USER_AUTH"], false),
        "CUSTOM_AUTH" => (&["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"], false),
        "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => (&["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"], true),
        "REFRESH_TOKEN" | "REFRESH_TOKEN_AUTH" => {
            let legacy = !client.auth_flows().any(|f| f.starts_with("ALLOW_"));
            if client.rotation().is_some() {
                let message =
                    "REFRESH_TOKEN_AUTH flow not enabled for this client: it rotates refresh tokens, use GetTokensFromRefreshToken.";
                return Err(ApiError::invalid_parameter(message));
            }
            return if legacy || client.allows(&["ALLOW_REFRESH_TOKEN_AUTH"]) { Ok(()) } else { Err(not_enabled(request)) };
        }
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

async fn refresh(cx: &mut Cx, client: &Client, token: &str, device_key: Option<&str>, secret_hash: Option<&str>) -> Result<Answer> {
    if client.is_confidential() {
        // The hash is over the user's own name, which only the token tells.
        let (_, session) = crate::tokens::refresh::open(cx, client, token).await?;
        let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &client.pool_id, &session.sub).await?;
        let user = user.ok_or_else(ApiError::no_such_user)?;
        client.check_secret_hash_of(&[&user.username, &user.sub], secret_hash)?;
    }
    Ok(issue::refresh(cx, client, token, device_key, Holder::Api).await?.into())
}

/// The functions are asked at once or, where the client begins with SRP, once the password is proved.
async fn custom_auth(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    progress: Progress,
    parameters: &BTreeMap<String, String>,
) -> Result<Answer> {
    custom::refuse_without_functions(pool)?;
    let (user, mut progress) = custom::start(cx, pool, client, progress).await?;
    if parameters.get("CHALLENGE_NAME").map(String::as_str) == Some("SRP_A") {
        let srp_a = required(parameters, "SRP_A")?;
        progress.custom = Some(Rounds::default().and("SRP_A", true));
        let verdict = custom::define(cx, pool, client, user.as_ref(), &progress).await?;
        return match verdict.get("challengeName").and_then(|name| name.as_str()) {
            Some(PASSWORD_VERIFIER) => srp_flow::start(cx, pool, client, progress, srp_a).await,
            _ if verdict.get("failAuthentication") == Some(&true.into()) => Err(ApiError::bad_credentials()),
            _ => Err(crate::triggers::functions::unrecognizable()),
        };
    }
    let step: Step = custom::next(cx, pool, client, user, progress).await?;
    complete::answer(cx, pool, client, step).await
}
