//! The categories of operations whose rate can be set, with Cognito's names and default rates.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    UserAuthentication,
    UserCreation,
    UserFederation,
    UserRead,
    UserResourceRead,
    UserToken,
}

impl Category {
    pub const ALL: [Self; 6] =
        [Self::UserAuthentication, Self::UserCreation, Self::UserFederation, Self::UserRead, Self::UserResourceRead, Self::UserToken];

    pub fn name(self) -> &'static str {
        match self {
            Self::UserAuthentication => "UserAuthentication",
            Self::UserCreation => "UserCreation",
            Self::UserFederation => "UserFederation",
            Self::UserRead => "UserRead",
            Self::UserResourceRead => "UserResourceRead",
            Self::UserToken => "UserToken",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Cognito's own rate, in requests a second.
    pub fn free(self) -> i64 {
        match self {
            Self::UserAuthentication | Self::UserRead | Self::UserToken => 120,
            Self::UserCreation | Self::UserResourceRead => 50,
            Self::UserFederation => 25,
        }
    }

    /// The category that an operation counts in.
    pub fn of(operation: &str) -> Option<Self> {
        Some(match operation {
            "InitiateAuth" | "AdminInitiateAuth" | "RespondToAuthChallenge" | "AdminRespondToAuthChallenge" => Self::UserAuthentication,
            "GetTokensFromRefreshToken" | "BrowserSignIn" => Self::UserAuthentication,
            "SignUp" | "ConfirmSignUp" | "AdminCreateUser" | "AdminConfirmSignUp" => Self::UserCreation,
            "AdminGetUser" | "AdminGetUserAuthFactors" | "GetUser" => Self::UserRead,
            "RevokeToken" => Self::UserToken,
            "AdminGetDevice" | "AdminListDevices" | "GetDevice" | "ListDevices" | "AdminListGroupsForUser" => Self::UserResourceRead,
            "GetUserAttributeVerificationCode" | "ResendConfirmationCode" | "AdminListUserAuthEvents" => Self::UserResourceRead,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_its_name() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.name()), Some(category));
        }
        assert_eq!((Category::parse("UserUpdate"), Category::of("ListUsers")), (None, None));
    }
}
