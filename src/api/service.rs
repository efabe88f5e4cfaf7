//! The services that speak AWS JSON here.

use super::ApiError;
use super::shape::{IDENTITY_POOLS, Model, OPERATORS, USER_POOLS};

/// One of AWS' services: its operations, and how they are named and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// `cognito-idp`
    UserPools,
    /// `cognito-identity`
    IdentityPools,
    /// What Poolhouse offers besides; signed as `cognito-idp` is.
    Operators,
}

impl Service {
    pub const ALL: [Self; 3] = [Self::UserPools, Self::IdentityPools, Self::Operators];

    /// What signatures, ARNs and the actions of policies name it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserPools | Self::Operators => "cognito-idp",
            Self::IdentityPools => "cognito-identity",
        }
    }

    /// Its operations, and what their requests may look like.
    pub fn model(self) -> &'static Model {
        match self {
            Self::UserPools => &USER_POOLS,
            Self::IdentityPools => &IDENTITY_POOLS,
            Self::Operators => &OPERATORS,
        }
    }

    /// The service of a target's first part.
    pub fn of_target(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.model().target == prefix)
    }

    /// The refusal of a request that breaks the model's constraints: the two services name it differently.
    pub fn violation(self, message: String) -> ApiError {
        match self {
            Self::UserPools | Self::Operators => ApiError::invalid_parameter(message),
            Self::IdentityPools => ApiError::validation(message),
        }
    }

    /// The ARN of a pool of this service.
    pub fn pool_arn(self, region: &str, account_id: &str, pool_id: &str) -> String {
        let kind = match self {
            Self::UserPools | Self::Operators => "userpool",
            Self::IdentityPools => "identitypool",
        };
        format!("arn:aws:{}:{region}:{account_id}:{kind}/{pool_id}", self.name())
    }
}
