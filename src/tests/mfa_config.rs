//! SetUserPoolMfaConfig and what the pool's own settings say of the same.

use super::harness::{Site, merged, site_test};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::000000000000:role/sms";

fn of(pool: &str) -> Value {
    json!({ "UserPoolId": pool })
}

async fn config(site: &Site, pool: &str) -> Value {
    site.ok("GetUserPoolMfaConfig", of(pool)).await
}

async fn described(site: &Site, pool: &str) -> Value {
    site.ok("DescribeUserPool", of(pool)).await["UserPool"].clone()
}

site_test!(factors_are_set_told_and_replaced, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    assert_eq!(config(&site, &pool).await, json!({ "MfaConfiguration": "OFF" }));
    let sms = json!({ "SmsAuthenticationMessage": "Code {####}", "SmsConfiguration": { "SnsCallerArn": ROLE, "ExternalId": "x" } });
    let all = json!({
        "MfaConfiguration": "ON", "SmsMfaConfiguration": sms, "SoftwareTokenMfaConfiguration": { "Enabled": true },
        "EmailMfaConfiguration": { "Message": "Code {####}", "Subject": "Hello" },
        "WebAuthnConfiguration": { "RelyingPartyId": "acme.example", "UserVerification": "required", "FactorConfiguration": "SINGLE_FACTOR" },
    });
    let answer = site.ok("SetUserPoolMfaConfig", merged(of(&pool), all.clone())).await;
    assert_eq!(answer, all);
    assert_eq!(config(&site, &pool).await, all);
    let told = described(&site, &pool).await;
    assert_eq!(told["MfaConfiguration"], "ON");
    assert_eq!((&told["SmsConfiguration"], &told["SmsAuthenticationMessage"]), (&sms["SmsConfiguration"], &json!("Code {####}")));
    // What is left out goes, but for the passkeys; so does SMS as a factor, not as a way to send.
    let less = json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    site.ok("SetUserPoolMfaConfig", merged(of(&pool), less.clone())).await;
    assert_eq!(config(&site, &pool).await, merged(less.clone(), json!({ "WebAuthnConfiguration": all["WebAuthnConfiguration"] })));
    assert_eq!(described(&site, &pool).await["SmsConfiguration"], sms["SmsConfiguration"]);
    // Passkeys alone leave the factors.
    let passkeys = json!({ "WebAuthnConfiguration": { "RelyingPartyId": "localhost" } });
    site.ok("SetUserPoolMfaConfig", merged(of(&pool), passkeys.clone())).await;
    assert_eq!(config(&site, &pool).await, merged(less, passkeys.clone()));
    site.ok("SetUserPoolMfaConfig", merged(of(&pool), json!({ "MfaConfiguration": "OFF" }))).await;
    assert_eq!(config(&site, &pool).await, merged(passkeys, json!({ "MfaConfiguration": "OFF" })));
});

site_test!(the_pools_own_settings_switch_sms_on_and_off, |site: Site| async move {
    let required = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
    let bare = json!({ "PoolName": "p", "MfaConfiguration": "ON" });
    site.refused("CreateUserPool", bare, "InvalidParameterException", required).await;
    let sms = json!({ "MfaConfiguration": "ON", "SmsConfiguration": { "SnsCallerArn": ROLE }, "SmsAuthenticationMessage": "Code {####}" });
    let pool = site.pool(sms.clone()).await;
    let shown = json!({ "SmsConfiguration": { "SnsCallerArn": ROLE }, "SmsAuthenticationMessage": "Code {####}" });
    assert_eq!(config(&site, &pool).await, json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": shown }));
    let none = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    let without = merged(of(&pool), json!({ "MfaConfiguration": "OPTIONAL" }));
    site.refused("UpdateUserPool", without.clone(), "InvalidParameterException", none).await;
    let token = json!({ "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    site.ok("SetUserPoolMfaConfig", merged(of(&pool), token.clone())).await;
    site.ok("UpdateUserPool", without).await;
    assert_eq!(config(&site, &pool).await, merged(token, json!({ "MfaConfiguration": "OPTIONAL" })));
    site.ok("UpdateUserPool", merged(of(&pool), sms)).await;
    assert_eq!(config(&site, &pool).await["SmsMfaConfiguration"], shown);
    site.ok("UpdateUserPool", of(&pool)).await;
    let off = config(&site, &pool).await;
    assert_eq!((&off["MfaConfiguration"], off.get("SmsMfaConfiguration")), (&json!("OFF"), None));
});

site_test!(factors_that_can_not_be_are_refused, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let lite = site.pool(json!({ "UserPoolTier": "LITE" })).await;
    let together = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    let none = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    let token = json!({ "Enabled": true });
    for (input, message) in [
        (json!({ "MfaConfiguration": "ON" }), none),
        (json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": false } }), none),
        (json!({ "MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": token }), together),
        (json!({ "SoftwareTokenMfaConfiguration": token }), together),
        (json!({ "EmailMfaConfiguration": { "Subject": "Hello" } }), together),
        (json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": {} }), "SMS configuration is required when SMS MFA is configured."),
        (
            json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": { "SmsConfiguration": {} } }),
            "SmsConfiguration needs SnsCallerArn or EumsSms.",
        ),
        (
            json!({ "WebAuthnConfiguration": { "RelyingPartyId": "https://acme.example" } }),
            "RelyingPartyId https://acme.example is not a valid domain name.",
        ),
        (json!({ "WebAuthnConfiguration": { "RelyingPartyId": "192.0.2.1" } }), "RelyingPartyId 192.0.2.1 is not a valid domain name."),
        (json!({ "WebAuthnConfiguration": { "RelyingPartyId": "com" } }), "RelyingPartyId com is not a valid domain name."),
    ] {
        site.refused("SetUserPoolMfaConfig", merged(of(&pool), input), "InvalidParameterException", message).await;
    }
    for (input, feature) in [
        (json!({ "MfaConfiguration": "ON", "EmailMfaConfiguration": {} }), "MFA by e-mail"),
        (json!({ "WebAuthnConfiguration": { "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION" } }), "MFA with passkeys"),
    ] {
        let message = format!("The user pool tier LITE does not include {feature}.");
        site.refused("SetUserPoolMfaConfig", merged(of(&lite), input), "FeatureUnavailableInTierException", &message).await;
    }
    let answer = site.api("SetUserPoolMfaConfig", merged(of(&pool), json!({ "EmailMfaConfiguration": { "Message": "no code" } }))).await;
    assert!(answer.refusal().1.contains("at 'emailMfaConfiguration.message' failed to satisfy constraint"), "{}", answer.body);
    assert_eq!(config(&site, &pool).await, json!({ "MfaConfiguration": "OFF" }));
});

site_test!(a_code_is_no_first_factor_where_a_second_is_required, |site: Site| async move {
    let codes = json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } });
    let pool = site.pool(codes.clone()).await;
    let token = json!({ "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    let message = "The first authentication factor EMAIL_OTP can not be allowed while MfaConfiguration is ON.";
    let on = merged(merged(of(&pool), token), json!({ "MfaConfiguration": "ON" }));
    site.refused("SetUserPoolMfaConfig", on.clone(), "InvalidParameterException", message).await;
    site.ok("SetUserPoolMfaConfig", merged(on.clone(), json!({ "MfaConfiguration": "OPTIONAL" }))).await;
    let input = merged(merged(of(&pool), codes), json!({ "MfaConfiguration": "ON" }));
    site.refused("UpdateUserPool", input, "InvalidParameterException", message).await;
    site.ok("UpdateUserPool", merged(of(&pool), json!({ "MfaConfiguration": "OPTIONAL" }))).await;
    site.ok("SetUserPoolMfaConfig", on).await;
});
