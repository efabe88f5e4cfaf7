//! A login that was verified: who a provider says that somebody is.

use super::provider::{AMAZON, FACEBOOK};
use crate::tokens::jwt::Claims;
use serde_json::Value;

/// What kind of provider vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    UserPool {
        pool_id: String,
    },
    OpenId {
        arn: String,
    },
    Public,
    /// The application's own back end, which signs its requests.
    Developer,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Login {
    pub kind: Kind,
    /// The name that the login is kept and shown under.
    pub provider: String,
    pub subject: String,
    /// The application that it was made for; empty for developers' logins.
    pub client: String,
    pub claims: Claims,
}

impl Login {
    /// What a provider says of somebody.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// The names that settings may know its provider by.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let arn = match &self.kind {
            Kind::OpenId { arn } => Some(arn.as_str()),
            _ => None,
        };
        arn.into_iter().chain([self.provider.as_str()])
    }

    /// How it appears among the authentication methods of an OpenID token.
    pub fn methods(&self, pool_id: &str) -> [String; 2] {
        let (provider, subject) = (&self.provider, &self.subject);
        let detail = match &self.kind {
            Kind::UserPool { .. } => format!("{provider}:CognitoSignIn:{subject}"),
            Kind::OpenId { arn } => format!("{arn}:OIDC:{subject}"),
            Kind::Public => format!("{provider}:{}:{subject}", self.client),
            Kind::Developer => format!("{provider}:{pool_id}:{subject}"),
        };
        [provider.clone(), detail]
    }

    /// What is known of somebody who came with an access token.
    pub fn of_access_token(provider: &str, client: &str, subject: &str) -> Self {
        let id = match provider {
            AMAZON => "user_id",
            FACEBOOK => "id",
            _ => "sub",
        };
        let mut claims = Claims::new();
        for (name, value) in [("iss", provider), ("aud", client), ("sub", subject), (id, subject)] {
            claims.insert(name.to_owned(), value.into());
        }
        Self { kind: Kind::Public, provider: provider.to_owned(), subject: subject.to_owned(), client: client.to_owned(), claims }
    }

    /// A user of the application's own.
    pub fn of_developer(provider: &str, subject: &str) -> Self {
        Self {
            kind: Kind::Developer,
            provider: provider.to_owned(),
            subject: subject.to_owned(),
            client: String::new(),
            claims: Claims::new(),
        }
    }
}
