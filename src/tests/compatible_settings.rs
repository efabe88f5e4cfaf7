//! What clients, infrastructure code and test suites that were written for Cognito read in answers, refusals and pages.

use super::browser::authorize;
use super::fixtures::{CALLBACK, PASSWORD, sign_in, sign_up};
use super::harness::{Site, attribute, attributes, merged, site_test};
use super::identity_providers::oidc;
use serde_json::{Value, json};

const INVALID: &str = "InvalidParameterException";

fn of(pool: &str) -> Value {
    json!({ "UserPoolId": pool })
}

async fn described(site: &Site, pool: &str) -> Value {
    site.ok("DescribeUserPool", of(pool)).await["UserPool"].clone()
}

site_test!(a_pool_tells_what_was_said_and_no_more, |site: Site| async move {
    let plain = site.ok("CreateUserPool", json!({ "PoolName": "p" })).await["UserPool"].clone();
    for member in ["UsernameConfiguration", "AutoVerifiedAttributes", "UserPoolTags"] {
        assert_eq!(plain.get(member), None, "{member}");
    }
    let said = json!({ "PoolName": "p", "UsernameConfiguration": { "CaseSensitive": true } });
    assert_eq!(site.ok("CreateUserPool", said).await["UserPool"]["UsernameConfiguration"], json!({ "CaseSensitive": true }));
    // A text has two names, and the newer of two texts counts.
    let template = json!({ "VerificationMessageTemplate": { "EmailMessage": "Yours: {####}", "DefaultEmailOption": "CONFIRM_WITH_LINK" } });
    let pool = site.ok("CreateUserPool", merged(json!({ "PoolName": "p" }), template.clone())).await["UserPool"].clone();
    assert_eq!(pool["EmailVerificationMessage"], "Yours: {####}");
    let id = pool["Id"].as_str().unwrap();
    site.ok("UpdateUserPool", merged(merged(of(id), template), json!({ "EmailVerificationMessage": "New: {####}" }))).await;
    assert_eq!(described(&site, id).await["VerificationMessageTemplate"]["EmailMessage"], "New: {####}");
});

site_test!(registration_by_clients_stays_until_it_is_switched_off, |site: Site| async move {
    let pool = site.pool(json!({ "DcrConfiguration": { "OpenDcrEnabled": true } })).await;
    site.ok("UpdateUserPool", of(&pool)).await;
    assert_eq!(described(&site, &pool).await["DcrConfiguration"]["OpenDcrEnabled"], true);
    let lite = merged(of(&pool), json!({ "UserPoolTier": "LITE" }));
    let message = "The user pool tier LITE does not include dynamic client registration.";
    site.refused("UpdateUserPool", lite.clone(), "FeatureUnavailableInTierException", message).await;
    site.ok("UpdateUserPool", merged(lite, json!({ "DcrConfiguration": { "EnableStatus": "Disabled" } }))).await;
});

site_test!(definitions_of_attributes, |site: Site| async move {
    let number = |constraints: Value| json!({ "Name": "n", "AttributeDataType": "Number", "NumberAttributeConstraints": constraints });
    let email = |constraints: Value| json!({ "Name": "email", "StringAttributeConstraints": constraints });
    for (definition, message) in [
        (json!({ "Name": "custom" }), "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."),
        (
            json!({ "Name": "email", "DeveloperOnlyAttribute": true }),
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email",
        ),
        (email(json!({ "MinLength": "-1" })), "Invalid StringAttributeConstraints for schema attribute email"),
        (email(json!({ "MaxLength": "2049" })), "user.email: String attributes cannot have a length of more than 2048"),
        (email(json!({ "MinLength": "2", "MaxLength": "1" })), "user.email: Max length cannot be less than min length."),
        (number(json!({ "MinValue": "x" })), "Invalid NumberAttributeConstraints for schema attribute custom:n"),
        (number(json!({ "MinValue": "2", "MaxValue": "1" })), "user.custom:n: Max value cannot be less than min value."),
    ] {
        site.refused("CreateUserPool", json!({ "PoolName": "p", "Schema": [definition] }), INVALID, message).await;
    }
    let schema = json!([{ "Name": "updated_at", "Required": true }, { "Name": "tier", "AttributeDataType": "String", "NumberAttributeConstraints": {} }]);
    let pool = site.pool(json!({ "Schema": schema })).await;
    let told = described(&site, &pool).await;
    let named = |name: &str| told["SchemaAttributes"].as_array().unwrap().iter().find(|a| a["Name"] == name).cloned().unwrap();
    assert_eq!((&named("updated_at")["AttributeDataType"], &named("updated_at")["Required"]), (&json!("Number"), &json!(true)));
    assert_eq!(named("custom:tier")["StringAttributeConstraints"], json!({}));
    assert_eq!(named("custom:tier").get("NumberAttributeConstraints"), None);
});

site_test!(attributes_of_users, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let create = |pairs: &[(&str, &str)]| merged(of(&pool), json!({ "Username": "jane", "UserAttributes": attributes(pairs) }));
    let message = "No email provided but email_verified was true";
    site.refused("AdminCreateUser", create(&[("email_verified", "true")]), INVALID, message).await;
    let message = "Attributes did not conform to the schema: a: Attribute does not exist in the schema.\nb: Attribute does not exist in the schema.\n";
    site.refused("AdminCreateUser", create(&[("a", "1"), ("b", "2")]), INVALID, message).await;
    site.ok("AdminCreateUser", create(&[("email", "jane@example.com"), ("email_verified", "True")])).await;
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), Some("true"));
    let lines =
        |intro: &str| format!("{intro}user.a: Attribute does not exist in the schema.\nuser.b: Attribute does not exist in the schema.\n");
    site.refused("AdminUpdateUserAttributes", create(&[("a", "1"), ("b", "2")]), INVALID, &lines("")).await;
    let delete = merged(of(&pool), json!({ "Username": "jane", "UserAttributeNames": ["a", "b"] }));
    site.refused("AdminDeleteUserAttributes", delete, INVALID, &lines("Invalid user attributes: ")).await;
    let weak = merged(of(&pool), json!({ "Username": "jane", "Password": "short", "Permanent": true }));
    let message = "Password does not conform to policy: Password not long enough";
    site.refused("AdminSetUserPassword", weak, "InvalidPasswordException", message).await;
    site.sign_up(&client, "new", "new@example.com").await;
    assert_eq!(attribute(&site.admin_get(&pool, "new").await, "email_verified"), Some("false"));
});

site_test!(settings_of_clients, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let new = |settings: Value| merged(json!({ "UserPoolId": pool, "ClientName": "c" }), settings);
    // Kept without the switch, and of no use without it.
    let off = json!({ "CallbackURLs": [CALLBACK], "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"] });
    let made = site.ok("CreateUserPoolClient", new(off.clone())).await["UserPoolClient"].clone();
    assert_eq!((&made["CallbackURLs"], &made["AllowedOAuthFlowsUserPoolClient"]), (&json!([CALLBACK]), &json!(false)));
    let page = site.get(&format!("/{pool}/oauth2/authorize?{}", authorize(made["ClientId"].as_str().unwrap(), &[])), &[]).await;
    assert!(page.status == 400 && page.body.contains("Client is not enabled for OAuth2.0 flows."), "{}", page.body);
    // What CDK makes by default.
    let on = merged(off, json!({ "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["implicit", "code"] }));
    let made = site.ok("CreateUserPoolClient", new(on.clone())).await["UserPoolClient"].clone();
    assert_eq!(made["AllowedOAuthFlows"], json!(["implicit", "code"]));
    let query = authorize(made["ClientId"].as_str().unwrap(), &[("response_type", "token")]);
    let answer = site.get(&format!("/{pool}/oauth2/authorize?{query}"), &[]).await;
    assert!(answer.location().starts_with(&format!("/{pool}/login?")), "{}", answer.location());
    let mixed = merged(on, json!({ "AllowedOAuthFlows": ["code", "client_credentials"], "CallbackURLs": [], "GenerateSecret": true }));
    let message = "client_credentials flow can not be selected along with code flow or implicit flow.";
    site.refused("CreateUserPoolClient", new(mixed), "InvalidOAuthFlowException", message).await;
    let units = json!({ "AccessToken": "days", "IdToken": "days", "RefreshToken": "days" });
    let made = site.ok("CreateUserPoolClient", new(json!({ "TokenValidityUnits": units }))).await["UserPoolClient"].clone();
    assert_eq!((&made["TokenValidityUnits"], &made["RefreshTokenValidity"]), (&units, &json!(30)));
});

site_test!(a_factor_that_is_off_is_told_and_lists_are_whole, |site: Site| async move {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" });
    let pool = site.pool(json!({ "SmsConfiguration": sms })).await;
    let set = json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": { "SmsConfiguration": sms }, "SoftwareTokenMfaConfiguration": { "Enabled": false } });
    site.ok("SetUserPoolMfaConfig", merged(of(&pool), set)).await;
    let told = site.ok("GetUserPoolMfaConfig", of(&pool)).await;
    assert_eq!(told["SoftwareTokenMfaConfiguration"], json!({ "Enabled": false }));
    site.ok("CreateUserPoolReplica", merged(of(&pool), json!({ "RegionName": "eu-west-1" }))).await;
    let other = site.pool(json!({})).await;
    let list = site.ok("ListUserPools", json!({ "MaxResults": 10 })).await["UserPools"].clone();
    let regions =
        |id: &str| list.as_array().unwrap().iter().find(|p| p["Id"] == id).map(|p| (p["Status"].clone(), p["ReplicaRegions"].clone()));
    assert_eq!(regions(&pool), Some((json!("Enabled"), json!(["eu-west-1"]))));
    assert_eq!(regions(&other), Some((json!("Enabled"), Value::Null)));
    site.ok("CreateUserPoolDomain", merged(of(&pool), json!({ "Domain": "acme" }))).await;
    let domain = site.ok("DescribeUserPoolDomain", json!({ "Domain": "acme" })).await["DomainDescription"].clone();
    assert!(["S3Bucket", "Version", "CloudFrontDistribution"].iter().all(|name| domain[name].is_string()), "{domain}");
});

site_test!(a_client_without_cognito_takes_no_passwords_on_pages, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.ok("CreateIdentityProvider", oidc(&pool, "Acme")).await;
    let client = site.client(&pool, json!({ "SupportedIdentityProviders": ["Acme"] })).await;
    let open = site.client(&pool, json!({ "SupportedIdentityProviders": ["Acme", "COGNITO"] })).await;
    let at = |client: &str, page: &str| format!("/{pool}/{page}?{}", authorize(client, &[]));
    let browser = site.browser();
    assert!(browser.get(&at(&open, "login")).await.body.contains("name=\"password\""));
    let page = browser.get(&at(&client, "login")).await;
    assert!(!page.body.contains("name=\"password\"") && page.body.contains("takes no passwords here"), "{}", page.body);
    for page in ["signup", "forgotPassword"] {
        assert_eq!(browser.get(&at(&client, page)).await.status, 400, "{page}");
    }
    browser.post(&at(&client, "login"), &[("username", "jane"), ("password", PASSWORD)]).await;
    assert_eq!((browser.cookie("cognito"), site.count("browser_sessions").await), (String::new(), 0));
    site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
});

site_test!(a_blocked_address_signs_nobody_up, |site: Site| async move {
    let protected = json!({ "UserPoolTier": "PLUS", "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } });
    let pool = site.pool(protected).await;
    let client = site.client(&pool, json!({})).await;
    let blocked = json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": ["203.0.113.0/24"] } });
    site.ok("SetRiskConfiguration", merged(of(&pool), blocked)).await;
    let message = "Unable to sign up because of security reasons.";
    site.refused("SignUp", sign_up(&client, "new", "new@example.com"), "NotAuthorizedException", message).await;
});

site_test!(protection_that_another_server_set_holds, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let cached = crate::pools::load(&mut crate::api::Cx::internal(site.app.clone()), &pool).await.unwrap();
    let mut protected = (*cached).clone();
    protected.document.settings.deletion_protection = crate::pools::settings::DeletionProtection::Active;
    let mut tx = site.app.db.begin().await.unwrap();
    assert!(crate::pools::store::replace(&mut tx, &protected, cached.modified_at).await.unwrap());
    tx.commit().await.unwrap();
    let message =
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
    site.refused("DeleteUserPool", of(&pool), INVALID, message).await;
});
