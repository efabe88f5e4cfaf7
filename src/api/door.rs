//! Who may call an operation.

use super::{ApiError, Cx, Exception, Operation, Result};
use crate::iam::authorize::authorize;
use crate::iam::policy::Context;
use crate::iam::principal::Principal;
use crate::tokens::access::{self, Bearer};
use std::sync::Arc;

/// The kinds of authority that operations ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anyone who knows an app client's id, and its secret where it has one. The operation checks the secret.
    Public,
    /// The holder of an access token with the scope `aws.cognito.signin.user.admin`.
    AccessToken,
    /// The same or, where the request carries no access token, whoever holds the session of a challenge. The operation opens the session.
    TokenOrSession,
    /// Anyone who knows an app client's secret, or the signer of the request. The operation checks which; a signature that is there is verified.
    ClientOrIam,
    /// The signer of the request, by IAM policy.
    Iam,
}

/// On whose behalf a request is made.
#[derive(Debug, Clone, Default)]
pub enum Caller {
    #[default]
    Anonymous,
    /// The account's root key: allowed everything.
    Root,
    /// A user, or the holder of temporary credentials: allowed what policies allow.
    Iam(Arc<Principal>),
}

/// The scope that lets a token act on its user through the API.
pub const USER_ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Opens the door or refuses. Behind [`Door::AccessToken`] the token's bearer is left in the context.
pub async fn pass<O: Operation>(operation: &O, cx: &mut Cx) -> Result<()> {
    match O::DOOR {
        // `ClientOrIam` operations check the client's secret themselves, or ask [`permit`] for what the signer may do.
        Door::Public | Door::ClientOrIam => Ok(()),
        Door::TokenOrSession if operation.access_token().is_none() => Ok(()),
        Door::Iam => {
            let mut context = Context::default();
            operation.condition_keys(&mut context);
            permit(cx, O::NAME, operation.pool_id(), context).await?;
            operation.passed_role().map_or(Ok(()), |role| pass_role(cx, role, "cognito-idp.amazonaws.com"))
        }
        Door::AccessToken | Door::TokenOrSession => {
            let bearer = access::authenticate(cx, operation.access_token().ok_or_else(no_token)?).await?;
            // Nothing here proves a key.
            if bearer.jkt().is_some() {
                return Err(ApiError::not_authorized("Access Token is bound to a key and can not be used here"));
            }
            if !bearer.has_scope(USER_ADMIN_SCOPE) {
                return Err(ApiError::not_authorized("Access Token does not have required scopes"));
            }
            cx.set_bearer(bearer);
            Ok(())
        }
    }
}

/// Whether policies let the signer do this to a pool, or at all where no pool is named.
pub async fn permit(cx: &mut Cx, operation: &str, pool_id: Option<&str>, mut context: Context) -> Result<()> {
    if matches!(cx.caller, Caller::Root) {
        return Ok(());
    }
    let resource = match pool_id {
        None => "*".to_owned(),
        Some(id) => {
            match crate::pools::load(cx, id).await {
                Ok(pool) => {
                    context.set_tags("aws:ResourceTag", &pool.settings().user_pool_tags);
                }
                // Whether there is such a pool is for those to know who may ask.
                Err(error) if error.is(Exception::ResourceNotFoundException) => {}
                Err(error) => return Err(error),
            }
            let config = &cx.app.config;
            format!("arn:aws:cognito-idp:{}:{}:userpool/{id}", config.region, config.account_id)
        }
    };
    authorize(cx, &cx.caller, &format!("cognito-idp:{operation}"), &resource, &context)
}

/// Whether the caller may hand a role on to a service: nobody gives away what they may not use themselves.
pub fn pass_role(cx: &Cx, role: &str, service: &str) -> Result<()> {
    let mut context = Context::default();
    context.set("iam:PassedToService", service);
    authorize(cx, &cx.caller, "iam:PassRole", role, &context)
}

/// Two of the service's operations model their one authority as optional. Without it they are answered like the others.
fn no_token() -> ApiError {
    let message = "1 validation error detected: Value null at 'accessToken' failed to satisfy constraint: Member must not be null";
    ApiError::invalid_parameter(message)
}

impl Cx {
    /// The bearer of the access token: there is one behind [`Door::AccessToken`].
    pub fn bearer(&self) -> Result<&Bearer> {
        self.bearer.as_ref().ok_or_else(|| ApiError::not_authorized("Invalid Access Token"))
    }
}
