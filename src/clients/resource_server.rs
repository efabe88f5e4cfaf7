//! Resource servers: the APIs that a pool's access tokens open, and the scopes that each defines.

use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many resource servers a pool may have.
pub const MAX: i64 = 300;

/// `ResourceServerType`. Its member `ManagedBy` is for what the service makes by itself; what people make has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceServer {
    pub user_pool_id: String,
    pub identifier: String,
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
}

/// `ResourceServerScopeType`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scope {
    pub scope_name: String,
    pub scope_description: String,
}

/// The answer of the operations on one resource server.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub resource_server: ResourceServer,
}

impl ResourceServer {
    /// Refuses names that mean something else, and names that stand twice.
    pub fn check(&self) -> Result<()> {
        if self.identifier == "aws.cognito" || self.identifier.starts_with("aws.cognito/") {
            return Err(ApiError::invalid_parameter("Identifiers that begin with aws.cognito are reserved."));
        }
        let mut seen = BTreeSet::new();
        match self.scopes.iter().find(|scope| !seen.insert(&scope.scope_name)) {
            Some(twice) => Err(ApiError::invalid_parameter(format!("The scope {} is given more than once.", twice.scope_name))),
            None => Ok(()),
        }
    }

    /// Whether it defines a scope, by the scope's whole name.
    pub fn defines(&self, scope: &str) -> bool {
        defines(&self.identifier, &self.scopes, scope)
    }

    /// What a scope of its is for.
    pub fn description(&self, scope: &str) -> Option<&str> {
        let (_, name) = scope.rsplit_once('/').filter(|(of, _)| *of == self.identifier)?;
        self.scopes.iter().find(|s| s.scope_name == name).map(|s| s.scope_description.as_str())
    }

    pub fn missing() -> ApiError {
        ApiError::resource_not_found("Resource server does not exist.")
    }
}

/// A custom scope is `identifier/name`. Names hold no slash, identifiers may: the last one divides.
pub fn is_custom(scope: &str) -> bool {
    scope.contains('/')
}

/// Whether the server of this identifier, with these scopes, defines this one.
pub fn defines(identifier: &str, scopes: &[Scope], scope: &str) -> bool {
    scope.rsplit_once('/').is_some_and(|(of, name)| of == identifier && scopes.iter().any(|s| s.scope_name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(identifier: &str, names: &[&str]) -> ResourceServer {
        let scope = |name: &&str| Scope { scope_name: (*name).into(), scope_description: "d".into() };
        ResourceServer {
            user_pool_id: "p".into(),
            identifier: identifier.into(),
            name: "n".into(),
            scopes: names.iter().map(scope).collect(),
        }
    }

    #[test]
    fn the_last_slash_divides() {
        let api = server("https://api.example/v1", &["read", "write"]);
        assert!(api.defines("https://api.example/v1/read"));
        for other in ["https://api.example/read", "https://api.example/v1/admin", "https://api.example/v1", "read", "/read", ""] {
            assert!(!api.defines(other), "{other}");
        }
    }

    #[test]
    fn names_are_unique_and_not_the_services_own() {
        assert!(server("api", &["read", "write"]).check().is_ok());
        assert!(server("aws.cognitive", &[]).check().is_ok());
        for bad in [server("api", &["read", "read"]), server("aws.cognito", &["x"]), server("aws.cognito/dcr", &["register"])] {
            assert!(bad.check().is_err());
        }
    }
}
