//! Pools, clients and people that tests begin with.

use super::harness::{Site, merged};
use crate::tokens::jwt::{self, Claims};
use serde_json::{Value, json};

pub const PASSWORD: &str = "Passw0rd!";
pub const CALLBACK: &str = "https://app.example/cb";

/// The tokens of a sign-in.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub id: String,
    pub refresh: String,
}

impl Tokens {
    pub fn of(answer: &Value) -> Self {
        let result = &answer["AuthenticationResult"];
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        Self { access: text("AccessToken"), id: text("IdToken"), refresh: text("RefreshToken") }
    }

    pub fn access_claims(&self) -> Claims {
        jwt::peek(&self.access).expect("an access token")
    }

    pub fn id_claims(&self) -> Claims {
        jwt::peek(&self.id).expect("an ID token")
    }
}

impl Site {
    /// A pool that takes user names and proves e-mail addresses, with these settings over that.
    pub async fn pool(&self, settings: Value) -> String {
        let base = json!({ "PoolName": "people", "AutoVerifiedAttributes": ["email"] });
        let answer = self.ok("CreateUserPool", merged(base, settings)).await;
        answer["UserPool"]["Id"].as_str().expect("an id").to_owned()
    }

    /// A client that may do everything, with these settings over that.
    pub async fn client(&self, pool: &str, settings: Value) -> String {
        let base = json!({
            "UserPoolId": pool, "ClientName": "app",
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"],
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"],
            "CallbackURLs": [CALLBACK, "https://other.example/cb"], "LogoutURLs": ["https://app.example/out"],
        });
        let answer = self.ok("CreateUserPoolClient", merged(base, settings)).await;
        answer["UserPoolClient"]["ClientId"].as_str().expect("an id").to_owned()
    }

    /// A pool and a client of the usual kind.
    pub async fn pool_and_client(&self) -> (String, String) {
        let pool = self.pool(json!({})).await;
        let client = self.client(&pool, json!({})).await;
        (pool, client)
    }

    /// Has a pool watch its users, and track their sessions.
    pub async fn watch(&self, pool: &str) {
        let add_ons = json!({ "AdvancedSecurityMode": "AUDIT" });
        let settings =
            json!({ "UserPoolId": pool, "AutoVerifiedAttributes": ["email"], "UserPoolTier": "PLUS", "UserPoolAddOns": add_ons });
        self.ok("UpdateUserPool", settings).await;
        self.track(pool, 20).await;
    }

    /// Has a pool track so many sessions of each user.
    pub async fn track(&self, pool: &str, max_per_user: i64) {
        let tracking = json!({ "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": max_per_user } });
        self.ok("SetUserPoolSessionConfiguration", merged(json!({ "UserPoolId": pool }), tracking)).await;
    }

    /// A confirmed user with the usual password and a proved address `{name}@example.com`. The `sub` is returned.
    pub async fn user(&self, pool: &str, name: &str) -> String {
        let email = format!("{name}@example.com");
        let attributes = super::harness::attributes(&[("email", &email), ("email_verified", "true")]);
        self.user_with(pool, name, attributes).await
    }

    /// A confirmed user with the usual password and these attributes.
    pub async fn user_with(&self, pool: &str, name: &str, attributes: Value) -> String {
        let input = json!({ "UserPoolId": pool, "Username": name, "UserAttributes": attributes, "MessageAction": "SUPPRESS" });
        let answer = self.ok("AdminCreateUser", input).await;
        self.ok("AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": name, "Password": PASSWORD, "Permanent": true })).await;
        let list = answer["User"]["Attributes"].as_array().cloned().unwrap_or_default();
        list.iter().find(|a| a["Name"] == "sub").and_then(|a| a["Value"].as_str()).expect("a sub").to_owned()
    }

    /// Signs up and returns what SignUp answers.
    pub async fn sign_up(&self, client: &str, name: &str, email: &str) -> Value {
        self.ok("SignUp", sign_up(client, name, email)).await
    }

    /// Signs up and confirms with the code that was sent.
    pub async fn confirmed(&self, client: &str, name: &str, email: &str) {
        self.sign_up(client, name, email).await;
        let code = self.code(email).await;
        self.ok("ConfirmSignUp", json!({ "ClientId": client, "Username": name, "ConfirmationCode": code })).await;
    }

    /// Signs in with the usual password.
    pub async fn sign_in(&self, client: &str, name: &str) -> Tokens {
        Tokens::of(&self.ok("InitiateAuth", sign_in(client, name, PASSWORD)).await)
    }

    /// What an administrator sees of a user.
    pub async fn admin_get(&self, pool: &str, name: &str) -> Value {
        self.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": name })).await
    }
}

/// The input of SignUp with the usual password.
pub fn sign_up(client: &str, name: &str, email: &str) -> Value {
    json!({ "ClientId": client, "Username": name, "Password": PASSWORD, "UserAttributes": [{ "Name": "email", "Value": email }] })
}

/// The input of InitiateAuth with a password.
pub fn sign_in(client: &str, name: &str, password: &str) -> Value {
    json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": name, "PASSWORD": password } })
}

/// The input of InitiateAuth with a refresh token.
pub fn refresh(client: &str, token: &str) -> Value {
    json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": token } })
}

/// A PKCE verifier and its challenge (RFC 7636, appendix B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Site {
    /// Signs in through the pages and returns the code that the application gets.
    pub async fn authorization_code(&self, pool: &str, client: &str, name: &str, more: &[(&str, &str)]) -> String {
        let query = super::browser::authorize(client, more);
        let location = self.browser().sign_in(pool, &query, name, PASSWORD).await;
        assert!(location.starts_with(CALLBACK), "{location}");
        super::browser::parameter(&location, "code").expect("a code")
    }

    /// Exchanges a code of a public client's.
    pub async fn exchange(&self, pool: &str, client: &str, code: &str, more: &[(&str, &str)]) -> super::harness::Answer {
        let mut fields = vec![("grant_type", "authorization_code"), ("client_id", client), ("redirect_uri", CALLBACK), ("code", code)];
        fields.extend_from_slice(more);
        self.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await
    }

    /// The token endpoint's answer after signing in through the pages for these scopes.
    pub async fn oauth(&self, pool: &str, client: &str, name: &str, more: &[(&str, &str)]) -> Value {
        let code = self.authorization_code(pool, client, name, more).await;
        let answer = self.exchange(pool, client, &code, &[]).await;
        answer.expect(200).json()
    }
}
