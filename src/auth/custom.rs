//! CUSTOM_AUTH: a sign-in that the pool's own functions define, create and verify.

use super::answer::{Answer, Parameters};
use super::challenge::{self, CUSTOM_CHALLENGE, Detail, Opened, Session};
use super::complete::{self, Step, proceed};
use super::progress::Progress;
use super::{second_factor, srp_flow};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::triggers::{authentication, event, functions};
use crate::users::mfa::Factor;
use crate::users::{User, lookup};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The longest session string that the service's model allows.
const LONGEST_SESSION: usize = 4096;

/// What has happened so far, as the functions are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    pub past: Vec<Round>,
    /// What the challenge that is out keeps from the user.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    private: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    pub challenge_name: String,
    pub challenge_result: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_metadata: Option<String>,
}

impl Rounds {
    /// With one more round.
    pub fn and(mut self, challenge: &str, result: bool) -> Self {
        let challenge_metadata = self.metadata.take();
        self.private.clear();
        self.past.push(Round { challenge_name: challenge.to_owned(), challenge_result: result, challenge_metadata });
        self
    }
}

/// Refuses the flow where no function defines it.
pub fn refuse_without_functions(pool: &Pool) -> Result<()> {
    let missing = || ApiError::invalid_parameter("Custom auth lambda trigger is not configured for the user pool.");
    pool.function("DefineAuthChallenge").map(|_| ()).ok_or_else(missing)
}

/// The flows that take a password.
const PASSWORD_FLOWS: &[&str] = &[
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_NO_SRP_AUTH",
];

/// Whether the pages offer it: the client allows it, and the pool has the functions.
pub fn is_offered(pool: &Pool, client: &Client) -> bool {
    let functions = ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"];
    client.allows(&["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"]) && functions.into_iter().all(|name| pool.function(name).is_some())
}

/// Whether the client signs in by it alone: a password would pass the functions by.
pub fn is_the_only_way(pool: &Pool, client: &Client) -> bool {
    is_offered(pool, client) && !client.allows(PASSWORD_FLOWS)
}

pub fn refuse_unless_offered(pool: &Pool, client: &Client) -> Result<()> {
    if is_offered(pool, client) { Ok(()) } else { Err(ApiError::invalid_parameter("CUSTOM_AUTH flow not enabled for this client")) }
}

/// The beginning: who it is about, where callers may know, and no rounds yet.
pub async fn start(cx: &mut Cx, pool: &Pool, client: &Client, progress: Progress) -> Result<(Option<User>, Progress)> {
    let user = lookup::find(cx, pool, &progress.username).await?;
    // Where users are hidden, who may not sign in is answered like nobody: the functions decide without knowing.
    let user = match user {
        None if !client.hides_users() => return Err(ApiError::no_such_user()),
        Some(user) if !client.hides_users() => user.may_sign_in().map(|()| Some(user))?,
        user => user.filter(|u| u.may_sign_in().is_ok()),
    };
    authentication::pre(cx, pool, client, user.as_ref(), &progress.username).await?;
    let sub = srp_flow::sub_or_invented(cx, pool, user.as_ref(), &progress.username);
    let password_set_at = user.as_ref().and_then(|u| u.password_set_at);
    Ok((user, Progress { sub, password_set_at, custom: Some(Rounds::default()), ..progress }))
}

/// What DefineAuthChallenge says to the rounds so far.
pub async fn define(cx: &mut Cx, pool: &Pool, client: &Client, user: Option<&User>, progress: &Progress) -> Result<Map<String, Value>> {
    let rounds = progress.custom.clone().unwrap_or_default();
    let request = json!({ "userAttributes": event::attributes(user), "session": rounds.past, "userNotFound": user.is_none() });
    let response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
    call(cx, pool, client, "DefineAuthChallenge", user, progress, request, response).await
}

#[expect(clippy::too_many_arguments, reason = "each is one fact of the call")]
async fn call(
    cx: &mut Cx,
    pool: &Pool,
    client: &Client,
    trigger: &str,
    user: Option<&User>,
    progress: &Progress,
    request: Value,
    response: Value,
) -> Result<Map<String, Value>> {
    let missing = || ApiError::invalid_parameter("Custom auth lambda trigger is not configured for the user pool.");
    let arn = pool.function(trigger).ok_or_else(missing)?;
    let name = user.map_or(progress.username.as_str(), |u| u.username.as_str());
    let event = event::envelope(cx, pool, &format!("{trigger}_Authentication"), &client.id, name, request, response);
    functions::call(cx, trigger, arn, event).await
}

/// Goes on as the pool's function defines. Boxed, since a sign-in may come back here after a factor that the function asked for.
pub fn next<'a>(
    cx: &'a mut Cx,
    pool: &'a Pool,
    client: &'a Client,
    user: Option<User>,
    progress: Progress,
) -> std::pin::Pin<Box<dyn Future<Output = Result<Step>> + Send + 'a>> {
    Box::pin(async move {
        let verdict = define(cx, pool, client, user.as_ref(), &progress).await?;
        let says = |name: &str| verdict.get(name).and_then(Value::as_bool) == Some(true);
        if says("failAuthentication") {
            return Err(ApiError::bad_credentials());
        }
        if says("issueTokens") {
            let user = user.ok_or_else(ApiError::bad_credentials)?;
            return proceed(cx, pool, client, user, Progress { second_factor: true, custom: None, ..progress }, None).await;
        }
        let challenge = match verdict.get("challengeName").and_then(Value::as_str) {
            Some(CUSTOM_CHALLENGE) => create(cx, pool, client, user.as_ref(), progress).await?,
            Some(name) => ask(cx, pool, client, user.as_ref(), progress, name).await?,
            None => return Err(functions::unrecognizable()),
        };
        Ok(Step::Challenge(Box::new(challenge)))
    })
}

/// One of the pool's own factors, asked for by the function.
async fn ask(cx: &mut Cx, pool: &Pool, client: &Client, user: Option<&User>, progress: Progress, name: &str) -> Result<Answer> {
    let factor = [Factor::Sms, Factor::SoftwareToken, Factor::Email].into_iter().find(|f| f.as_str() == name);
    match (factor, user) {
        (Some(factor), Some(user)) if second_factor::is_available(pool, user, factor) => {
            complete::ask(cx, pool, client, user, progress, factor, None).await
        }
        (Some(_), _) => Err(ApiError::bad_credentials()),
        (None, _) => Err(functions::unrecognizable()),
    }
}

async fn create(cx: &mut Cx, pool: &Pool, client: &Client, user: Option<&User>, mut progress: Progress) -> Result<Answer> {
    let rounds = progress.custom.clone().unwrap_or_default();
    let request = json!({
        "userAttributes": event::attributes(user), "challengeName": CUSTOM_CHALLENGE, "session": rounds.past, "userNotFound": user.is_none(),
    });
    let response = json!({ "publicChallengeParameters": null, "privateChallengeParameters": null, "challengeMetadata": null });
    let made = call(cx, pool, client, "CreateAuthChallenge", user, &progress, request, response).await?;
    let metadata = match made.get("challengeMetadata") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => return Err(functions::unrecognizable()),
    };
    let private = texts(made.get("privateChallengeParameters"))?;
    progress.custom = Some(Rounds { private, metadata, ..rounds });
    // Where users are hidden, the name is echoed: the one behind an alias would tell that it is one.
    let shown = user.filter(|_| !client.hides_users()).map(|u| u.username.clone());
    let username = shown.unwrap_or_else(|| progress.username.clone());
    let session = challenge::session(cx, client, CUSTOM_CHALLENGE, progress, Detail::None)?;
    if session.len() > LONGEST_SESSION {
        return Err(ApiError::invalid_lambda_response("The challenge and its private parameters are too long for a session."));
    }
    let public = texts(made.get("publicChallengeParameters"))?;
    let mut parameters: Parameters = public.into_iter().map(|(name, value)| (name.into(), value)).collect();
    parameters.insert("USERNAME".into(), username);
    Ok(Answer { challenge_name: Some(CUSTOM_CHALLENGE), session: Some(session), challenge_parameters: parameters, ..Answer::default() })
}

/// A map of texts, as functions give parameters.
fn texts(value: Option<&Value>) -> Result<BTreeMap<String, String>> {
    match value {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(members)) => {
            let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(functions::unrecognizable);
            members.iter().map(|(name, value)| Ok((name.clone(), text(value)?))).collect()
        }
        Some(_) => Err(functions::unrecognizable()),
    }
}

/// The answer to a CUSTOM_CHALLENGE: verified by the pool's function, then the next round is defined.
pub async fn answer(cx: &mut Cx, pool: &Pool, client: &Client, opened: Opened<Session>, given: &str) -> Result<Step> {
    let mut progress = opened.state.progress;
    let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &pool.id, &progress.sub).await?;
    let user = user.filter(|u| u.may_sign_in().is_ok());
    // Before the function is asked: one that throws must not leave the challenge to be guessed at.
    complete::spend(cx, pool, Some(opened.seal)).await?;
    let rounds = progress.custom.clone().ok_or_else(challenge::invalid)?;
    let request = json!({
        "userAttributes": event::attributes(user.as_ref()), "privateChallengeParameters": rounds.private, "challengeAnswer": given,
        "userNotFound": user.is_none(),
    });
    let response = json!({ "answerCorrect": null });
    let verdict = call(cx, pool, client, "VerifyAuthChallengeResponse", user.as_ref(), &progress, request, response).await?;
    let correct = verdict.get("answerCorrect").and_then(Value::as_bool).ok_or_else(functions::unrecognizable)?;
    if progress.amr.is_empty() {
        progress.password_set_at = user.as_ref().and_then(|u| u.password_set_at);
    }
    progress.custom = Some(rounds.and(CUSTOM_CHALLENGE, correct));
    next(cx, pool, client, user, progress).await
}
