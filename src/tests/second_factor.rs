//! Second factors: authenticator apps, codes by SMS and e-mail, the choice between them, and their set-up inside a sign-in.

use super::fixtures::{PASSWORD, Tokens, sign_in};
use crate::kit::clock::{MINUTE, SECOND};
use crate::tests::harness::{Site, attributes, merged, site_test};
use serde_json::{Value, json};

const APP: &str = "SOFTWARE_TOKEN_MFA";

impl Site {
    /// A pool with these factors, and a client of it.
    pub async fn mfa_pool(&self, configuration: &str, factors: Value) -> (String, String) {
        let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x" });
        let pool = self.pool(json!({ "SmsConfiguration": sms })).await;
        let client = self.client(&pool, json!({})).await;
        self.ok("SetUserPoolMfaConfig", merged(json!({ "UserPoolId": pool, "MfaConfiguration": configuration }), factors)).await;
        (pool, client)
    }

    /// The code of an authenticator app with this seed at this moment.
    pub fn totp(&self, seed: &str) -> String {
        let secret = totp_rs::Secret::try_from_base32(seed).expect("a seed in base 32");
        let totp = totp_rs::Builder::new().with_secret(secret).build().expect("an authenticator app");
        totp.generate(u64::try_from(self.now() / SECOND).expect("a time")).to_string()
    }

    /// Sets an authenticator app up with an access token, and returns its seed.
    pub async fn associate(&self, access: &str) -> String {
        let seed = self.ok("AssociateSoftwareToken", json!({ "AccessToken": access })).await["SecretCode"].as_str().unwrap().to_owned();
        let input = json!({ "AccessToken": access, "UserCode": self.totp(&seed), "FriendlyDeviceName": "phone" });
        assert_eq!(self.ok("VerifySoftwareToken", input).await["Status"], "SUCCESS");
        seed
    }
}

/// Offered everywhere in these tests.
pub fn all_factors() -> Value {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x" });
    json!({
        "SoftwareTokenMfaConfiguration": { "Enabled": true }, "SmsMfaConfiguration": { "SmsConfiguration": sms },
        "EmailMfaConfiguration": { "Message": "Code {####}", "Subject": "Code" },
    })
}

/// The answer to a challenge, in jane's name.
pub fn answer(client: &str, asked: &Value, given: Value) -> Value {
    json!({
        "ClientId": client, "ChallengeName": asked["ChallengeName"], "Session": asked["Session"],
        "ChallengeResponses": merged(json!({ "USERNAME": "jane" }), given),
    })
}

async fn jane(site: &Site, pool: &str) {
    let phone = [("email", "jane@example.com"), ("email_verified", "true"), ("phone_number", "+15555550100")];
    site.user_with(pool, "jane", attributes(&phone)).await;
}

async fn prefer(site: &Site, pool: &str, settings: Value) {
    site.ok("AdminSetUserMFAPreference", merged(json!({ "UserPoolId": pool, "Username": "jane" }), settings)).await;
}

site_test!(an_authenticator_app_is_set_up_and_asked_for, |site: Site| async move {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    jane(&site, &pool).await;
    let tokens = site.sign_in(&client, "jane").await;
    let on = json!({ "AccessToken": tokens.access, "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    let missing = "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA";
    site.refused("SetUserMFAPreference", on.clone(), "InvalidParameterException", missing).await;
    let seed = site.associate(&tokens.access).await;
    // Proved, but not switched on yet.
    site.sign_in(&client, "jane").await;
    site.ok("SetUserMFAPreference", on).await;
    let profile = site.ok("GetUser", json!({ "AccessToken": tokens.access })).await;
    assert_eq!((&profile["PreferredMfaSetting"], &profile["UserMFASettingList"]), (&json!(APP), &json!([APP])));

    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(asked["ChallengeName"], APP);
    assert_eq!(asked["ChallengeParameters"], json!({ "USER_ID_FOR_SRP": "jane", "FRIENDLY_DEVICE_NAME": "phone" }));
    let wrong = answer(&client, &asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": "000000" }));
    site.refused("RespondToAuthChallenge", wrong, "CodeMismatchException", "Invalid code received for user").await;
    // The code that proved the app was used.
    let code = site.totp(&seed);
    let used = answer(&client, &asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": code }));
    let once = "Your software token has already been used once.";
    site.refused("RespondToAuthChallenge", used, "ExpiredCodeException", once).await;
    site.advance(30 * SECOND);
    let right = answer(&client, &asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": site.totp(&seed) }));
    let given = site.ok("RespondToAuthChallenge", right.clone()).await;
    assert!(!Tokens::of(&given).access.is_empty());
    let once = "Invalid session for the user, session can only be used once.";
    site.refused("RespondToAuthChallenge", right, "NotAuthorizedException", once).await;
});

site_test!(wrong_codes_lock_however_often_the_password_is_right, |site: Site| async move {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    jane(&site, &pool).await;
    let tokens = site.sign_in(&client, "jane").await;
    let seed = site.associate(&tokens.access).await;
    prefer(&site, &pool, json!({ "SoftwareTokenMfaSettings": { "Enabled": true } })).await;
    site.advance(MINUTE);
    for _ in 0..5 {
        let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
        let wrong = answer(&client, &asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": "000000" }));
        site.refused("RespondToAuthChallenge", wrong, "CodeMismatchException", "Invalid code received for user").await;
    }
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let right = answer(&client, &asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": site.totp(&seed) }));
    site.refused("RespondToAuthChallenge", right.clone(), "NotAuthorizedException", "Password attempts exceeded").await;
    site.advance(2 * SECOND);
    site.ok("RespondToAuthChallenge", right).await;
});

site_test!(a_code_by_sms_proves_the_number, |site: Site| async move {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    jane(&site, &pool).await;
    prefer(&site, &pool, json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } })).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let parameters =
        json!({ "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS", "CODE_DELIVERY_DESTINATION": "+*******0100", "USER_ID_FOR_SRP": "jane" });
    assert_eq!((&asked["ChallengeName"], &asked["ChallengeParameters"]), (&json!("SMS_MFA"), &parameters));
    let wrong = answer(&client, &asked, json!({ "SMS_MFA_CODE": "000000" }));
    site.refused("RespondToAuthChallenge", wrong, "CodeMismatchException", "Invalid code or auth state for the user.").await;
    let right = answer(&client, &asked, json!({ "SMS_MFA_CODE": site.code("+15555550100").await }));
    site.ok("RespondToAuthChallenge", right).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!(crate::tests::harness::attribute(&user, "phone_number_verified"), Some("true"));
    assert_eq!(user["MFAOptions"], json!([{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }]));
});

site_test!(a_session_of_another_user_proves_nothing, |site: Site| async move {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    jane(&site, &pool).await;
    site.user(&pool, "mallory").await;
    prefer(&site, &pool, json!({ "SMSMfaSettings": { "Enabled": true } })).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let code = site.code("+15555550100").await;
    let stolen =
        merged(answer(&client, &asked, json!({})), json!({ "ChallengeResponses": { "USERNAME": "mallory", "SMS_MFA_CODE": code } }));
    site.refused("RespondToAuthChallenge", stolen, "NotAuthorizedException", "Invalid session for the user.").await;
    // Nor does a session answer a challenge that it was not made for.
    let renamed =
        merged(answer(&client, &asked, json!({ "SMS_OTP_CODE": code, "EMAIL_OTP_CODE": code })), json!({ "ChallengeName": "SMS_OTP" }));
    site.refused("RespondToAuthChallenge", renamed, "NotAuthorizedException", "Invalid session for the user.").await;
    // A password that changes meanwhile ends it.
    site.ok("AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": "jane", "Password": "An0ther-one", "Permanent": true })).await;
    site.advance(SECOND);
    site.ok("AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": "jane", "Password": PASSWORD, "Permanent": true })).await;
    let late = answer(&client, &asked, json!({ "SMS_MFA_CODE": code }));
    site.refused("RespondToAuthChallenge", late, "NotAuthorizedException", "Invalid session for the user.").await;
});

site_test!(who_has_several_factors_chooses, |site: Site| async move {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    jane(&site, &pool).await;
    let both = json!({ "SMSMfaSettings": { "Enabled": true }, "EmailMfaSettings": { "Enabled": true } });
    prefer(&site, &pool, both).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(asked["ChallengeName"], "SELECT_MFA_TYPE");
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"], r#"["SMS_MFA","EMAIL_OTP"]"#);
    assert!(site.outbox().await.is_empty(), "nothing is sent before the choice");
    let app = answer(&client, &asked, json!({ "ANSWER": APP }));
    let message = "The selected MFA method is not available.";
    site.refused("RespondToAuthChallenge", app, "MFAMethodNotFoundException", message).await;
    let chosen = site.ok("RespondToAuthChallenge", answer(&client, &asked, json!({ "ANSWER": "EMAIL_OTP" }))).await;
    assert_eq!(chosen["ChallengeName"], "EMAIL_OTP");
    let right = answer(&client, &chosen, json!({ "EMAIL_OTP_CODE": site.code("jane@example.com").await }));
    site.ok("RespondToAuthChallenge", right).await;
    assert_eq!(site.outbox().await.len(), 1);
});

site_test!(a_required_factor_is_set_up_inside_the_sign_in, |site: Site| async move {
    let factors = json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    let (pool, client) = site.mfa_pool("ON", factors).await;
    site.user(&pool, "jane").await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(
        (&asked["ChallengeName"], &asked["ChallengeParameters"]["MFAS_CAN_SETUP"]),
        (&json!("MFA_SETUP"), &json!(r#"["SOFTWARE_TOKEN_MFA"]"#))
    );
    // Not without an app.
    let early = answer(&client, &asked, json!({}));
    let message = "No MFA method was set up: associate and verify a software token, or give an EMAIL.";
    site.refused("RespondToAuthChallenge", early, "InvalidParameterException", message).await;

    let associated = site.ok("AssociateSoftwareToken", json!({ "Session": asked["Session"] })).await;
    let seed = associated["SecretCode"].as_str().unwrap().to_owned();
    let wrong = json!({ "Session": associated["Session"], "UserCode": "000000" });
    let mismatch = "Code mismatch and fail enable Software Token MFA";
    site.refused("VerifySoftwareToken", wrong, "EnableSoftwareTokenMFAException", mismatch).await;
    let verified = site.ok("VerifySoftwareToken", json!({ "Session": associated["Session"], "UserCode": site.totp(&seed) })).await;
    let done = merged(answer(&client, &asked, json!({})), json!({ "Session": verified["Session"] }));
    assert!(!Tokens::of(&site.ok("RespondToAuthChallenge", done).await).access.is_empty());
    // The sessions of the set-up are used up.
    for session in [&asked["Session"], &associated["Session"]] {
        let again = site.api("AssociateSoftwareToken", json!({ "Session": session })).await;
        assert_eq!(again.refusal().0, "NotAuthorizedException");
    }
    // From now on it is asked for.
    let again = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(again["ChallengeName"], APP);
    // Until an administrator takes it away.
    site.ok("AdminDeleteSoftwareToken", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    assert_eq!(site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await["ChallengeName"], "MFA_SETUP");
});

site_test!(an_email_address_is_set_up_inside_the_sign_in, |site: Site| async move {
    let factors = json!({ "EmailMfaConfiguration": { "Message": "Code {####}", "Subject": "Code" } });
    let (pool, client) = site.mfa_pool("ON", factors).await;
    site.user_with(&pool, "jane", attributes(&[("name", "Jane")])).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_SETUP"], r#"["EMAIL_OTP"]"#);
    let sent = site.ok("RespondToAuthChallenge", answer(&client, &asked, json!({ "EMAIL": "new@example.com" }))).await;
    assert_eq!(
        (&sent["ChallengeName"], &sent["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"]),
        (&json!("EMAIL_OTP"), &json!("n***@e***"))
    );
    assert_eq!(crate::tests::harness::attribute(&site.admin_get(&pool, "jane").await, "email"), None, "not before it is proved");
    site.ok("RespondToAuthChallenge", answer(&client, &sent, json!({ "EMAIL_OTP_CODE": site.code("new@example.com").await }))).await;
    let user = site.admin_get(&pool, "jane").await;
    assert_eq!(crate::tests::harness::attribute(&user, "email_verified"), Some("true"));
    assert_eq!(user["UserMFASettingList"], json!(["EMAIL_OTP"]));
});

site_test!(a_set_up_that_was_begun_replaces_no_factor_that_is_there, |site: Site| async move {
    let factors = json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    let (pool, client) = site.mfa_pool("ON", factors).await;
    site.user(&pool, "jane").await;
    // Somebody who knows the password begins a set-up, and keeps it.
    let stolen = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let kept = site.ok("AssociateSoftwareToken", json!({ "Session": stolen["Session"] })).await;
    // Jane sets hers up.
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    let hers = site.ok("AssociateSoftwareToken", json!({ "Session": asked["Session"] })).await;
    let seed = hers["SecretCode"].as_str().unwrap().to_owned();
    site.ok("VerifySoftwareToken", json!({ "Session": hers["Session"], "UserCode": site.totp(&seed) })).await;
    let late = json!({ "Session": kept["Session"] });
    site.refused("AssociateSoftwareToken", late, "NotAuthorizedException", "Invalid session for the user.").await;
    let code = site.totp(kept["SecretCode"].as_str().unwrap());
    let late = json!({ "Session": kept["Session"], "UserCode": code });
    site.refused("VerifySoftwareToken", late, "NotAuthorizedException", "Invalid session for the user.").await;
});

site_test!(a_temporary_password_moves_no_second_factor, |site: Site| async move {
    let (pool, client) = site.mfa_pool("OPTIONAL", all_factors()).await;
    jane(&site, &pool).await;
    prefer(&site, &pool, json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } })).await;
    let temporary = "Temp0rary-one";
    site.ok("AdminSetUserPassword", json!({ "UserPoolId": pool, "Username": "jane", "Password": temporary, "Permanent": false })).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", temporary)).await;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    for phone in ["", "+15555550199"] {
        let given = json!({ "NEW_PASSWORD": PASSWORD, "userAttributes.phone_number": phone });
        let message = "Cannot modify an already provided phone_number";
        site.refused("RespondToAuthChallenge", answer(&client, &asked, given), "InvalidParameterException", message).await;
    }
    let next = site.ok("RespondToAuthChallenge", answer(&client, &asked, json!({ "NEW_PASSWORD": PASSWORD }))).await;
    assert_eq!((&next["ChallengeName"], next["AuthenticationResult"].is_null()), (&json!("SMS_MFA"), true));
});

site_test!(a_second_factor_does_not_also_reset_the_password, |site: Site| async move {
    let recovery =
        json!({ "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_phone_number" }, { "Priority": 2, "Name": "verified_email" }] });
    let (pool, client) = site.mfa_pool("OPTIONAL", json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } })).await;
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool, "MfaConfiguration": "OPTIONAL", "AccountRecoverySetting": recovery })).await;
    let phone =
        [("email", "jane@example.com"), ("email_verified", "true"), ("phone_number", "+15555550100"), ("phone_number_verified", "true")];
    site.user_with(&pool, "jane", attributes(&phone)).await;
    let forgot = json!({ "ClientId": client, "Username": "jane" });
    assert_eq!(site.ok("ForgotPassword", forgot.clone()).await["CodeDeliveryDetails"]["DeliveryMedium"], "SMS");
    prefer(&site, &pool, json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } })).await;
    assert_eq!(site.ok("ForgotPassword", forgot).await["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
});
