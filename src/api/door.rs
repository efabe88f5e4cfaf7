//! Who may call an operation.

use super::{ApiError, Cx, Operation, Result};
use crate::tokens::access::{self, Bearer};

/// The kinds of authority that operations ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anyone who knows an app client's id, and its secret where it has one, or an identity pool's id. The operation checks what else it asks for.
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
}

/// The scope that lets a token act on its user through the API.
pub const USER_ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Opens the door or refuses. Behind [`Door::AccessToken`] the token's bearer is left in the context.
pub async fn pass<O: Operation>(operation: &O, cx: &mut Cx) -> Result<()> {
    match O::DOOR {
        // `ClientOrIam` operations check the client's secret themselves, or take a signature of the installation's root. Whoever brings
        // callers with less must ask here for their permission.
        Door::Public | Door::ClientOrIam => Ok(()),
        Door::TokenOrSession if operation.access_token().is_none() => Ok(()),
        Door::Iam => match cx.caller {
            Caller::Root => Ok(()),
            Caller::Anonymous => Err(ApiError::missing_authentication_token("Missing Authentication Token")),
        },
        Door::AccessToken | Door::TokenOrSession => {
            let bearer = access::authenticate(cx, operation.access_token().ok_or_else(no_token)?).await?;
            if !bearer.has_scope(USER_ADMIN_SCOPE) {
                return Err(ApiError::not_authorized("Access Token does not have required scopes"));
            }
            cx.set_bearer(bearer);
            Ok(())
        }
    }
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
