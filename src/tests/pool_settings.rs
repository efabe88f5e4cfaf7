//! Settings that other parts act on, or that are kept for those who read them back: taken, completed, told and refused.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, merged, site_test};
use serde_json::{Value, json};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const OTHER: &str = "arn:aws:lambda:us-east-1:000000000000:function:g";
const ROLE: &str = "arn:aws:iam::000000000000:role/sms";
const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/k";

fn of(pool: &str) -> Value {
    json!({ "UserPoolId": pool })
}

async fn described(site: &Site, pool: &str) -> Value {
    site.ok("DescribeUserPool", of(pool)).await["UserPool"].clone()
}

/// Sends back what a description shows.
async fn sent_back(site: &Site, pool: &str, description: &Value) {
    let mut input = of(pool);
    for member in crate::api::shape::input_members("UpdateUserPool") {
        if let Some(value) = description.get(member.name) {
            input[member.name] = value.clone();
        }
    }
    site.ok("UpdateUserPool", input).await;
}

fn everything() -> Value {
    json!({
        "UserPoolTier": "PLUS", "MfaConfiguration": "OPTIONAL",
        "Policies": {
            "PasswordPolicy": { "MinimumLength": 8, "TemporaryPasswordValidityDays": 3, "PasswordHistorySize": 4 },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] },
        },
        "LambdaConfig": {
            "PreSignUp": FUNCTION, "UserMigration": OTHER, "KMSKeyID": KEY,
            "PreTokenGenerationConfig": { "LambdaVersion": "V3_0", "LambdaArn": FUNCTION },
            "CustomSMSSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
            "CustomEmailSender": { "LambdaVersion": "V1_0", "LambdaArn": OTHER },
            "InboundFederation": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
        },
        "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true },
        "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED", "AdvancedSecurityAdditionalFlows": { "CustomAuthMode": "AUDIT" } },
        "EmailConfiguration": { "EmailSendingAccount": "DEVELOPER", "ConfigurationSet": "set-1", "From": "Acme <no-reply@acme.example>" },
        "SmsConfiguration": { "SnsCallerArn": ROLE, "ExternalId": "x", "SnsRegion": "us-east-1" },
        "SmsAuthenticationMessage": "Code {####}",
        "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY }, "IssuerConfiguration": { "Type": "ORIGINAL" },
        "AcrConfiguration": { "Level4": { "AcrValue": "urn:acme:strong" } },
        "DcrConfiguration": { "OpenDcrEnabled": true, "AuthenticatedGrantTypes": ["code"], "AllowedScopes": ["aws.cognito.signin.user.admin"] },
        "UserPoolTags": { "team": "a" },
    })
}

site_test!(what_is_set_is_told, |site: Site| async move {
    let given = everything();
    let pool = site.pool(given.clone()).await;
    let told = described(&site, &pool).await;
    let whole = ["DeviceConfiguration", "LambdaConfig", "AcrConfiguration", "DcrConfiguration", "Policies"];
    for (member, value) in given.as_object().unwrap().iter().filter(|(member, _)| !whole.contains(&member.as_str())) {
        assert_eq!(&told[member], value, "{member}");
    }
    for (pointer, value) in [
        ("/DeviceConfiguration", json!({ "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false })),
        ("/LambdaConfig", merged(given["LambdaConfig"].clone(), json!({ "PreTokenGeneration": FUNCTION }))),
        ("/AcrConfiguration/Level1/AcrValue", json!("urn:cognito:loa:1")),
        ("/AcrConfiguration/Level4/AcrValue", json!("urn:acme:strong")),
        ("/DcrConfiguration", merged(given["DcrConfiguration"].clone(), json!({ "EnableStatus": "Enabled" }))),
        ("/Policies/PasswordPolicy/PasswordHistorySize", json!(4)),
        ("/Policies/SignInPolicy", given["Policies"]["SignInPolicy"].clone()),
        ("/AdminCreateUserConfig/UnusedAccountValidityDays", json!(3)),
    ] {
        assert_eq!(told.pointer(pointer), Some(&value), "{pointer}");
    }
    let listed = site.ok("ListUserPools", json!({ "MaxResults": 5 })).await;
    assert_eq!(listed["UserPools"][0]["LambdaConfig"], told["LambdaConfig"]);
    site.ok("UpdateUserPool", of(&pool)).await;
    let bare = described(&site, &pool).await;
    for gone in ["DeviceConfiguration", "UserPoolAddOns", "KeyConfiguration", "IssuerConfiguration"] {
        assert_eq!(bare.get(gone), None, "{gone}");
    }
    assert_eq!((&bare["LambdaConfig"], &bare["AcrConfiguration"]["Level4"]["AcrValue"]), (&json!({}), &json!("urn:cognito:loa:4")));
    sent_back(&site, &pool, &told).await;
    let again = merged(described(&site, &pool).await, json!({ "LastModifiedDate": told["LastModifiedDate"] }));
    assert_eq!(again, told);
});

site_test!(a_configuration_of_devices_that_says_nothing_switches_nothing_on, |site: Site| async move {
    let pool = site.pool(json!({ "DeviceConfiguration": {} })).await;
    assert_eq!(described(&site, &pool).await.get("DeviceConfiguration"), None);
    let off = json!({ "ChallengeRequiredOnNewDevice": false });
    site.ok("UpdateUserPool", merged(of(&pool), json!({ "DeviceConfiguration": off }))).await;
    assert!(described(&site, &pool).await["DeviceConfiguration"].is_object());
});

site_test!(settings_that_can_not_work_are_refused, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for (setting, message) in [
        (json!({ "LambdaConfig": { "PreSignUp": KEY } }), format!("{KEY} at LambdaConfig.PreSignUp is not the ARN of a Lambda function.")),
        (
            json!({ "LambdaConfig": { "PreTokenGeneration": OTHER, "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": FUNCTION } } }),
            "PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be the same.".into(),
        ),
        (
            json!({ "LambdaConfig": { "CustomEmailSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION } } }),
            "CustomEmailSender needs a KMSKeyID.".into(),
        ),
        (
            json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["WEB_AUTHN"] } } }),
            "WEB_AUTHN must be allowed together with another first authentication factor.".into(),
        ),
        (
            json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"] } } }),
            "SOFTWARE_TOKEN is not supported as a first authentication factor.".into(),
        ),
        (
            json!({ "IssuerConfiguration": { "Type": "UPDATED" } }),
            "The issuer type UPDATED is not supported by this version of Poolhouse.".into(),
        ),
        (
            json!({ "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY" } }),
            "KmsKeyArn goes with the KeyType CUSTOMER_MANAGED_KEY, and that type with a KmsKeyArn.".into(),
        ),
        (
            json!({ "AcrConfiguration": { "Level1": { "AcrValue": "urn:cognito:loa:2" } } }),
            "AcrValue must be unique across all levels, default names included.".into(),
        ),
        (json!({ "SmsConfiguration": {} }), "SmsConfiguration needs SnsCallerArn or EumsSms.".into()),
        (
            json!({ "SmsConfiguration": { "SnsCallerArn": ROLE, "EumsSms": { "CallerArn": ROLE } } }),
            "SmsConfiguration takes either SnsCallerArn or EumsSms, not both.".into(),
        ),
        (
            json!({ "SmsConfiguration": { "EumsSms": { "CallerArn": ROLE, "Region": "eu-west-1" } } }),
            "The Region of EumsSms must be us-east-1, the user pool's.".into(),
        ),
        (
            json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 9 }, "Policies": { "PasswordPolicy": { "TemporaryPasswordValidityDays": 3 } } }),
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays".into(),
        ),
    ] {
        site.refused("CreateUserPool", merged(json!({ "PoolName": "p" }), setting.clone()), "InvalidParameterException", &message).await;
        site.refused("UpdateUserPool", merged(of(&pool), setting), "InvalidParameterException", &message).await;
    }
});

site_test!(a_tier_has_its_features, |site: Site| async move {
    let plus = site.pool(merged(everything(), json!({ "DcrConfiguration": { "EnableStatus": "Disabled" } }))).await;
    let lite = |setting: Value| merged(json!({ "PoolName": "p", "UserPoolTier": "LITE" }), setting);
    let v2 = json!({ "LambdaVersion": "V2_0", "LambdaArn": FUNCTION });
    for (input, message) in [
        (
            lite(json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } })),
            "The user pool tier LITE does not include first authentication factors other than PASSWORD.",
        ),
        (
            lite(json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 8, "PasswordHistorySize": 1 } } })),
            "The user pool tier LITE does not include a password history.",
        ),
        (
            lite(json!({ "AcrConfiguration": { "Level1": { "AcrValue": "low" } } })),
            "The user pool tier LITE does not include names for authentication context classes.",
        ),
        (lite(json!({ "DcrConfiguration": {} })), "The user pool tier LITE does not include dynamic client registration."),
        (
            lite(json!({ "LambdaConfig": { "PreTokenGenerationConfig": v2 } })),
            "The user pool tier LITE does not include customization of access tokens.",
        ),
        (
            json!({ "PoolName": "p", "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } }),
            "The user pool tier ESSENTIALS does not include threat protection.",
        ),
    ] {
        site.refused("CreateUserPool", input.clone(), "FeatureUnavailableInTierException", message).await;
        let update = merged(merged(of(&plus), input), json!({ "PoolName": "q" }));
        site.refused("UpdateUserPool", update, "FeatureUnavailableInTierException", message).await;
    }
    let named = lite(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" }, "AcrConfiguration": {} }));
    site.ok("CreateUserPool", named).await;
});

site_test!(the_older_name_of_a_temporary_passwords_life_counts, |site: Site| async move {
    let pool = site.pool(json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 30 } })).await;
    let told = described(&site, &pool).await;
    assert_eq!(told["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"], 30);
    assert_eq!(told["AdminCreateUserConfig"]["UnusedAccountValidityDays"], 30);
    let client = site.client(&pool, json!({})).await;
    let jane = json!({ "UserPoolId": pool, "Username": "jane", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
    site.ok("AdminCreateUser", jane).await;
    site.advance(29 * crate::kit::clock::DAY);
    let asked = site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
});

site_test!(a_client_keeps_what_it_reports_to, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let analytics = json!({ "ApplicationArn": "arn:aws:mobiletargeting:us-east-1:000000000000:apps/x", "UserDataShared": true });
    let input = json!({
        "UserPoolId": pool, "ClientName": "c", "GenerateSecret": true, "AnalyticsConfiguration": analytics,
        "EnablePropagateAdditionalUserContextData": true,
    });
    let made = site.ok("CreateUserPoolClient", input).await["UserPoolClient"].clone();
    assert_eq!((&made["AnalyticsConfiguration"], &made["EnablePropagateAdditionalUserContextData"]), (&analytics, &json!(true)));
});
