//! Identity pools, their roles and their providers that tests begin with.

use super::harness::{Site, merged};
use crate::boot::config::Settings;
use crate::store::Db;
use crate::tokens::jwt::{self, Claims};
use axum::Router;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub const SERVICE: &str = "AWSCognitoIdentityService";
pub const ROLE: &str = "arn:aws:iam::000000000000:role/people";
pub const GUEST_ROLE: &str = "arn:aws:iam::000000000000:role/guests";
pub const UNMATCHED: &str = "Logins don't match. Please include at least one valid login for this identity or identity pool.";

/// A user pool with a client and an identity pool that takes its logins.
pub struct World {
    pub user_pool: String,
    pub client: String,
    pub pool: String,
    /// The user pool among logins.
    pub provider: String,
}

impl World {
    /// `Logins` with a token of the user pool.
    pub fn logins(&self, token: &str) -> Value {
        json!({ (self.provider.clone()): token })
    }

    pub fn roles(&self, mappings: Value) -> Value {
        json!({ "IdentityPoolId": self.pool, "Roles": { "authenticated": ROLE, "unauthenticated": GUEST_ROLE }, "RoleMappings": mappings })
    }

    /// The key of the user pool's role mapping.
    pub fn mapped(&self, mapping: Value) -> Value {
        self.roles(json!({ (format!("{}:{}", self.provider, self.client)): mapping }))
    }
}

impl Site {
    /// An identity pool with guests, with these settings over that.
    pub async fn identity_pool(&self, settings: Value) -> String {
        let base = json!({ "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": true });
        let answer = self.ok("CreateIdentityPool", merged(base, settings)).await;
        answer["IdentityPoolId"].as_str().expect("an id").to_owned()
    }

    /// A user pool, its client and an identity pool, with these settings of the latter.
    pub async fn identity_world(&self, settings: Value) -> World {
        let (user_pool, client) = self.pool_and_client().await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{user_pool}");
        let entry = json!({ "ProviderName": provider, "ClientId": client, "ServerSideTokenCheck": false });
        let pool = self.identity_pool(merged(json!({ "CognitoIdentityProviders": [entry] }), settings)).await;
        World { user_pool, client, pool, provider }
    }

    /// The identity of these logins.
    pub async fn identity(&self, pool: &str, logins: &Value) -> String {
        let answer = self.ok("GetId", json!({ "IdentityPoolId": pool, "Logins": logins })).await;
        answer["IdentityId"].as_str().expect("an id").to_owned()
    }

    /// The claims of the OpenID token that an identity gets.
    pub async fn open_id_claims(&self, identity: &str, logins: &Value) -> Claims {
        let answer = self.ok("GetOpenIdToken", json!({ "IdentityId": identity, "Logins": logins })).await;
        jwt::peek(answer["Token"].as_str().expect("a token")).expect("claims")
    }

    /// The names of an identity's logins.
    pub async fn linked(&self, identity: &str) -> Value {
        self.ok("DescribeIdentity", json!({ "IdentityId": identity })).await["Logins"].clone()
    }
}

/// What a server that stands for others was asked: path and query, then what it was sent.
pub type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// A server of the test's own, which `answer` speaks for, and what it was asked.
pub async fn stand_in(answer: impl Fn(&str, &str, &str) -> (u16, String) + Clone + Send + Sync + 'static) -> (String, Asked) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let asked = Asked::default();
    let (log, own) = (asked.clone(), address.clone());
    let routes = Router::new().fallback(move |request: axum::extract::Request| {
        let (log, own, answer) = (log.clone(), own.clone(), answer.clone());
        async move {
            let (parts, body) = request.into_parts();
            let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
            let bytes = axum::body::to_bytes(body, 100_000).await.expect("a body");
            let bearer = parts.headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            let sent = if bytes.is_empty() { bearer } else { String::from_utf8_lossy(&bytes).into_owned() };
            log.lock().expect("the log").push((path.clone(), sent.clone()));
            let (status, text) = answer(&path, &sent, &own);
            (axum::http::StatusCode::from_u16(status).expect("a status"), text)
        }
    });
    #[expect(clippy::disallowed_methods, reason = "the server of a test")]
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, asked)
}

/// A server to which this one address stands for each of these providers.
pub async fn site_with_providers(db: Db, address: &str, providers: &[&str]) -> Site {
    let settings = Settings {
        outbound_allow: Some(vec!["localhost".into()]),
        provider_addresses: Some(providers.iter().map(|p| format!("{p}={address}")).collect()),
        ..Settings::default()
    };
    Site::with(db, settings).await
}
