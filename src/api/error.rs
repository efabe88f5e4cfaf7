//! The exceptions of the wire.

use crate::kit::hasher::Busy;
use crate::store::StoreError;
use std::borrow::Cow;

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// What an operation refuses with, or what went wrong inside. The text of `Internal` goes to the log and nowhere else.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("{0:?}: {1}")]
    Refused(Exception, Cow<'static, str>),
    /// The service is saturated: the caller should come back after so many seconds.
    #[error("busy")]
    Busy { retry_after: u32 },
    /// A category of operations had as many requests in this second as the operator allows.
    #[error("throttled")]
    Throttled { retry_after: u32 },
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Changed => Self::too_many_requests("The user was changed by another request at the same time. Try again."),
            // What a row hangs on was deleted meanwhile.
            StoreError::Missing => Self::no_such_user(),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<Busy> for ApiError {
    fn from(_: Busy) -> Self {
        Self::Busy { retry_after: 1 }
    }
}

/// Declares the exceptions and, for each, a constructor in snake case.
macro_rules! exceptions {
    ($($name:ident $make:ident $status:literal,)*) => {
        /// An exception by its name on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Exception { $($name),* }

        impl Exception {
            /// The name that `__type` carries.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }
        }

        impl ApiError {
            $(pub fn $make(message: impl Into<Cow<'static, str>>) -> Self { Self::Refused(Exception::$name, message.into()) })*
        }
    };
}

exceptions! {
    AccessDeniedException access_denied 400,
    AliasExistsException alias_exists 400,
    CodeDeliveryFailureException code_delivery_failure 400,
    CodeMismatchException code_mismatch 400,
    ConcurrentModificationException concurrent_modification 400,
    DeviceKeyExistsException device_key_exists 400,
    DuplicateProviderException duplicate_provider 400,
    EnableSoftwareTokenMFAException enable_software_token_mfa 400,
    ExpiredCodeException expired_code 400,
    ExpiredTokenException expired_token 400,
    FeatureUnavailableInTierException feature_unavailable_in_tier 400,
    ForbiddenException forbidden 400,
    GroupExistsException group_exists 400,
    IncompleteSignatureException incomplete_signature 400,
    InvalidEmailRoleAccessPolicyException invalid_email_role_access_policy 400,
    InvalidLambdaResponseException invalid_lambda_response 400,
    InvalidOAuthFlowException invalid_oauth_flow 400,
    InvalidParameterException invalid_parameter 400,
    InvalidPasswordException invalid_password 400,
    InvalidSignatureException invalid_signature 400,
    InvalidSmsRoleAccessPolicyException invalid_sms_role_access_policy 400,
    InvalidSmsRoleTrustRelationshipException invalid_sms_role_trust_relationship 400,
    InvalidUserPoolConfigurationException invalid_user_pool_configuration 400,
    LimitExceededException limit_exceeded 400,
    MFAMethodNotFoundException mfa_method_not_found 400,
    ManagedLoginBrandingExistsException managed_login_branding_exists 400,
    MissingAuthenticationTokenException missing_authentication_token 400,
    NotAuthorizedException not_authorized 400,
    OperationNotEnabledException operation_not_enabled 400,
    PasswordHistoryPolicyViolationException password_history 400,
    PasswordResetRequiredException password_reset_required 400,
    PreconditionNotMetException precondition_not_met 400,
    RefreshTokenReuseException refresh_token_reuse 400,
    RequestEntityTooLargeException request_too_large 413,
    ResourceNotFoundException resource_not_found 400,
    ScopeDoesNotExistException scope_does_not_exist 400,
    SerializationException serialization 400,
    ServiceQuotaExceededException service_quota_exceeded 400,
    SoftwareTokenMFANotFoundException software_token_mfa_not_found 400,
    TermsExistsException terms_exists 400,
    TierChangeNotAllowedException tier_change_not_allowed 400,
    TooManyFailedAttemptsException too_many_failed_attempts 400,
    TooManyRequestsException too_many_requests 400,
    UnauthorizedException unauthorized 400,
    UnexpectedLambdaException unexpected_lambda 400,
    UnknownOperationException unknown_operation 400,
    UnrecognizedClientException unrecognized_client 400,
    UnsupportedIdentityProviderException unsupported_identity_provider 400,
    UnsupportedOperationException unsupported_operation 400,
    UnsupportedTokenTypeException unsupported_token_type 400,
    UnsupportedUserStateException unsupported_user_state 400,
    UserImportInProgressException user_import_in_progress 400,
    UserLambdaValidationException user_lambda_validation 400,
    UserNotConfirmedException user_not_confirmed 400,
    UserNotFoundException user_not_found 400,
    UserPoolAddOnNotEnabledException user_pool_add_on_not_enabled 400,
    UserPoolTaggingException user_pool_tagging 400,
    UsernameExistsException username_exists 400,
    WebAuthnChallengeNotFoundException web_authn_challenge_not_found 400,
    WebAuthnClientMismatchException web_authn_client_mismatch 400,
    WebAuthnConfigurationMissingException web_authn_configuration_missing 400,
    WebAuthnCredentialNotSupportedException web_authn_credential_not_supported 400,
    WebAuthnNotEnabledException web_authn_not_enabled 400,
    WebAuthnOriginNotAllowedException web_authn_origin_not_allowed 400,
    WebAuthnRelyingPartyMismatchException web_authn_relying_party_mismatch 400,
}

impl ApiError {
    /// The exception as the wire shows it; `None` for what is not the caller's doing.
    pub fn exception(&self) -> Option<Exception> {
        match self {
            Self::Refused(exception, _) => Some(*exception),
            Self::Busy { .. } | Self::Throttled { .. } => Some(Exception::TooManyRequestsException),
            Self::Internal(_) => None,
        }
    }

    pub fn is(&self, exception: Exception) -> bool {
        self.exception() == Some(exception)
    }

    /// The text for the caller.
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Refused(_, message) => message.clone(),
            Self::Busy { .. } => "Too many sign-ins are being checked at this moment. Try again shortly.".into(),
            Self::Throttled { .. } => "Rate exceeded".into(),
            Self::Internal(_) => "Something went wrong".into(),
        }
    }

    /// Wrong password, or no such user where that is hidden.
    pub fn bad_credentials() -> Self {
        Self::not_authorized("Incorrect username or password.")
    }

    pub fn no_such_user() -> Self {
        Self::user_not_found("User does not exist.")
    }

    pub fn no_such_pool(id: &str) -> Self {
        Self::resource_not_found(format!("User pool {id} does not exist."))
    }

    pub fn no_such_client(id: &str) -> Self {
        Self::resource_not_found(format!("User pool client {id} does not exist."))
    }

    pub fn attempt_limit() -> Self {
        Self::limit_exceeded("Attempt limit exceeded, please try after some time.")
    }

    /// A setting that Poolhouse does not act on, so that it must not seem to.
    pub fn unsupported_setting(name: &str) -> Self {
        Self::invalid_parameter(format!("{name} is not supported by this version of Poolhouse."))
    }
}
