//! What a signer asks about or for themselves: GetCallerIdentity, GetSessionToken, GetFederationToken and their like.

use super::issue::{self, Passed};
use crate::api::Cx;
use crate::api::door::Caller;
use crate::iam::authorize::{self, refusal};
use crate::iam::policy::Context;
use crate::iam::principal::Principal;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::session::{Holder, Origin};

/// Twelve hours, which is also how long such sessions last where nobody says.
const HALF_A_DAY: i64 = 43_200;
/// A day and a half.
const LONGEST: i64 = 129_600;

/// Needs no permission, and nothing can deny it.
pub async fn get_caller_identity(cx: &mut Cx, _params: &Params) -> Result<String> {
    let account = &cx.app.config.account_id;
    let (arn, user_id) = match &cx.caller {
        Caller::Iam(principal) => (principal.arn.clone(), principal.user_id.clone()),
        Caller::Root | Caller::Anonymous => (format!("arn:aws:iam::{account}:root"), account.clone()),
    };
    Ok(Xml::new().text("Arn", &arn).text("UserId", &user_id).text("Account", account).finish())
}

pub async fn get_access_key_info(cx: &mut Cx, params: &Params) -> Result<String> {
    let id = params.text("AccessKeyId", 128)?;
    let known = id == cx.app.root_key.access_key_id || id.starts_with("ASIA") || is_stored(cx, id).await?;
    if !known {
        return Err(Fault::validation(format!("Access key {id} is not known here.")));
    }
    Ok(Xml::new().text("Account", &cx.app.config.account_id).finish())
}

async fn is_stored(cx: &mut Cx, id: &str) -> Result<bool> {
    Ok(crate::iam::keys::store::find(&mut *cx.read().await?, id).await?.is_some())
}

pub async fn get_session_token(cx: &mut Cx, params: &Params) -> Result<String> {
    let holder = match &cx.caller {
        Caller::Iam(principal) => {
            let user = user(principal, "GetSessionToken")?;
            Holder::User { name: user.0, id: user.1 }
        }
        Caller::Root | Caller::Anonymous => Holder::Root,
    };
    if params.get("TokenCode").is_some() || params.get("SerialNumber").is_some() {
        return Err(Fault::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code."));
    }
    let seconds = length(params, &holder)?;
    let session = issue::session(cx, holder, Origin::SessionToken, seconds, Passed::default());
    let mut xml = Xml::new();
    issue::issue(cx, session, 0)?.credentials.write(&mut xml);
    Ok(xml.finish())
}

pub async fn get_federation_token(cx: &mut Cx, params: &Params) -> Result<String> {
    let name = params.name("Name", 32)?.to_owned();
    if name.len() < 2 {
        return Err(Fault::validation("Name must have two characters or more."));
    }
    let arn = format!("arn:aws:sts::{}:federated-user/{name}", cx.app.config.account_id);
    let by = match &cx.caller {
        Caller::Iam(principal) => Some(user(principal, "GetFederationToken")?),
        Caller::Root | Caller::Anonymous => None,
    };
    let passed = Passed::read(params)?;
    let packed = passed.check(cx).await?;
    for action in ["sts:GetFederationToken"].into_iter().chain(passed.further_actions()) {
        if let Some((who, verdict)) = authorize::decide(cx, &cx.caller, action, &arn, &passed.context(&name), None)? {
            return Err(Fault::access_denied(refusal(&who, action, &arn, verdict)));
        }
    }
    let holder = Holder::Federated { name: name.clone(), by };
    let seconds = length(params, if holder_is_root(&holder) { &Holder::Root } else { &holder })?;
    let session = issue::session(cx, holder, Origin::FederationToken, seconds, passed);
    let issued = issue::issue(cx, session, packed)?;
    let mut xml = Xml::new();
    issued.credentials.write(&mut xml);
    xml.tag("FederatedUser", |xml| {
        xml.text("FederatedUserId", &format!("{}:{name}", cx.app.config.account_id)).text("Arn", &arn);
    });
    if packed > 0 {
        xml.number("PackedPolicySize", packed);
    }
    Ok(xml.finish())
}

fn holder_is_root(holder: &Holder) -> bool {
    matches!(holder, Holder::Federated { by: None, .. })
}

/// Refusals here say in plain text why; nothing is ever encoded.
pub async fn decode_authorization_message(cx: &mut Cx, params: &Params) -> Result<String> {
    params.text("EncodedMessage", 10_240)?;
    let action = "sts:DecodeAuthorizationMessage";
    if let Some((who, verdict)) = authorize::decide(cx, &cx.caller, action, "*", &Context::default(), None)? {
        return Err(Fault::access_denied(refusal(&who, action, "*", verdict)));
    }
    Err(Fault::Refused { code: "InvalidAuthorizationMessageException", status: 400, message: "Message is not valid".into() })
}

/// The user who signs with a key of their own: sessions cannot ask for these.
fn user(principal: &Principal, operation: &str) -> Result<(String, String)> {
    match (principal.user_name(), principal.entity(), &principal.temporary) {
        (Some(name), Some(entity), None) => Ok((name.to_owned(), entity.id.clone())),
        _ => Err(Fault::access_denied(format!("Cannot call {operation} with session credentials"))),
    }
}

/// The root's sessions last an hour at most.
fn length(params: &Params, holder: &Holder) -> Result<i64> {
    let seconds = params.number("DurationSeconds", issue::SHORTEST..=LONGEST, HALF_A_DAY)?;
    Ok(if matches!(holder, Holder::Root) { seconds.min(issue::HOUR) } else { seconds })
}
