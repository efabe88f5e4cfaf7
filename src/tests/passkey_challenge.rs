//! WEB_AUTHN in the sign-in.

use super::authenticator::{Authenticator, Ceremony, for_localhost};
use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Site, site_test};
use crate::pools::mfa::WebAuthn;
use serde_json::{Value, json};

fn begin(client: &str, name: &str) -> Value {
    let parameters = json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "WEB_AUTHN" });
    json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters })
}

fn answer(client: &str, name: &str, asked: &Value, credential: &Value) -> Value {
    let responses = json!({ "USERNAME": name, "CREDENTIAL": credential.to_string() });
    json!({ "ClientId": client, "ChallengeName": "WEB_AUTHN", "Session": asked["Session"], "ChallengeResponses": responses })
}

fn ceremony(asked: &Value) -> Ceremony {
    Ceremony::sign_in(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().expect("options"))
}

site_test!(a_passkey_signs_in_once, |site: Site| async move {
    let (_, client, token) = site.with_passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane")).await;
    assert_eq!(asked["ChallengeName"], "WEB_AUTHN");
    assert_eq!(asked["AvailableChallenges"], json!(["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]));
    let right = answer(&client, "jane", &asked, &passkey.sign_in(&ceremony(&asked)));
    let tokens = Tokens::of(&site.ok("RespondToAuthChallenge", right.clone()).await);
    assert_eq!(tokens.access_claims()["username"], "jane");
    let once = "Invalid session for the user, session can only be used once.";
    site.refused("RespondToAuthChallenge", right, "NotAuthorizedException", once).await;
});

site_test!(a_passkey_answers_its_own_challenge_only, |site: Site| async move {
    let (pool, client, token) = site.with_passkeys().await;
    site.user(&pool, "mallory").await;
    let (passkey, other) = (Authenticator::es256(&[1; 16]), Authenticator::es256(&[2; 16]));
    site.register(&token, &passkey).await;
    let mallory = site.sign_in(&client, "mallory").await;
    site.register(&mallory.access, &other).await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane")).await;
    let invalid = "Invalid WebAuthn credential.";
    let foreign = answer(&client, "jane", &asked, &other.sign_in(&ceremony(&asked)));
    site.refused("RespondToAuthChallenge", foreign, "NotAuthorizedException", invalid).await;
    let stale = ceremony(&asked);
    let next = site.ok("InitiateAuth", begin(&client, "jane")).await;
    let replayed = answer(&client, "jane", &next, &passkey.sign_in(&stale));
    site.refused("RespondToAuthChallenge", replayed, "NotAuthorizedException", invalid).await;
});

site_test!(a_passkey_counts_for_two_factors_only_where_the_pool_says_so, |site: Site| async move {
    let (pool, client, token) = site.with_passkeys().await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&token, &passkey).await;
    site.enable_app(&pool, &token).await;
    // A second factor is on: a passkey that is one factor is not offered.
    let choice = site.ok("InitiateAuth", begin(&client, "jane")).await;
    assert_eq!(
        (&choice["ChallengeName"], &choice["AvailableChallenges"]),
        (&json!("SELECT_CHALLENGE"), &json!(["PASSWORD_SRP", "PASSWORD"]))
    );
    assert_eq!(site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let both = Some("MULTI_FACTOR_WITH_USER_VERIFICATION".to_owned());
    site.set_web_authn(&pool, WebAuthn { factor_configuration: both, ..for_localhost() }).await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane")).await;
    assert_eq!(asked["ChallengeName"], "WEB_AUTHN");
    let right = answer(&client, "jane", &asked, &passkey.sign_in(&ceremony(&asked)));
    assert!(!Tokens::of(&site.ok("RespondToAuthChallenge", right).await).access.is_empty());
});

impl Site {
    /// A pool whose users may begin with a passkey, its client, and jane's access token.
    async fn with_passkeys(&self) -> (String, String, String) {
        let (pool, client, token) = self.passkeys().await;
        let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
        self.ok("UpdateUserPool", json!({ "UserPoolId": pool, "Policies": policies })).await;
        (pool, client, token)
    }

    /// Switches an authenticator app on for jane.
    async fn enable_app(&self, pool: &str, access: &str) {
        let factors = json!({ "UserPoolId": pool, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
        self.ok("SetUserPoolMfaConfig", factors).await;
        self.associate(access).await;
        let on = json!({ "UserPoolId": pool, "Username": "jane", "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        self.ok("AdminSetUserMFAPreference", on).await;
    }
}
