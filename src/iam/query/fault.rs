//! Errors of the Query services.

use crate::api::ApiError;
use crate::api::caller::Unrecognized;
use crate::iam::policy::Malformed;
use crate::store::StoreError;
use std::borrow::Cow;

pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// What a request is refused with, or what went wrong inside. The text of `Internal` goes to the log and nowhere else.
#[derive(Debug)]
pub enum Fault {
    Refused { code: &'static str, status: u16, message: Cow<'static, str> },
    Internal(anyhow::Error),
}

/// Declares a constructor for each code.
macro_rules! faults {
    ($($make:ident $code:literal $status:literal,)*) => {
        impl Fault {
            $(pub fn $make(message: impl Into<Cow<'static, str>>) -> Self {
                Self::Refused { code: $code, status: $status, message: message.into() }
            })*
        }
    };
}

faults! {
    access_denied "AccessDenied" 403,
    conflict "DeleteConflict" 409,
    exists "EntityAlreadyExists" 409,
    expired_identity "ExpiredTokenException" 400,
    idp_communication "IDPCommunicationError" 400,
    idp_rejected "IDPRejectedClaim" 403,
    invalid_action "InvalidAction" 400,
    invalid_identity "InvalidIdentityToken" 400,
    invalid_input "InvalidInput" 400,
    limit "LimitExceeded" 409,
    malformed_policy "MalformedPolicyDocument" 400,
    no_such_entity "NoSuchEntity" 404,
    packed_policy "PackedPolicyTooLarge" 400,
    unmodifiable "UnmodifiableEntity" 400,
    validation "ValidationError" 400,
    invalid_key "InvalidClientTokenId" 403,
    expired_session "ExpiredToken" 403,
    missing_token "MissingAuthenticationToken" 403,
    too_large "RequestEntityTooLarge" 413,
}

impl Fault {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Internal(_) => "ServiceFailure",
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::Refused { status, .. } => *status,
            Self::Internal(_) => 500,
        }
    }

    pub fn message(&self) -> &str {
        match self {
            Self::Refused { message, .. } => message,
            Self::Internal(_) => "The request processing has failed because of an unknown error, exception or failure.",
        }
    }
}

impl From<Malformed> for Fault {
    fn from(why: Malformed) -> Self {
        Self::malformed_policy(why.0)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing => Self::no_such_entity("What this belongs to was deleted meanwhile."),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Internal(cause) => Self::Internal(cause),
            other => Self::access_denied(other.message()),
        }
    }
}

impl From<Unrecognized> for Fault {
    fn from(why: Unrecognized) -> Self {
        let message = why.to_string();
        match why {
            Unrecognized::Signature(error) => Self::Refused { code: error.query_code(), status: 403, message: message.into() },
            Unrecognized::Key => Self::invalid_key(message),
            Unrecognized::Expired => Self::expired_session(message),
            Unrecognized::Internal(error) => Self::Internal(error.into()),
        }
    }
}
