//! User pools: made, described, changed and deleted.

use super::fixtures::{PASSWORD, sign_in, sign_up};
use super::harness::{START, Site, merged, site_test};
use serde_json::{Value, json};

fn of(pool: &str) -> Value {
    json!({ "UserPoolId": pool })
}

async fn described(site: &Site, pool: &str) -> Value {
    site.ok("DescribeUserPool", of(pool)).await["UserPool"].clone()
}

site_test!(a_new_pool_has_the_services_defaults, |site: Site| async move {
    let made = site.ok("CreateUserPool", json!({ "PoolName": "people" })).await["UserPool"].clone();
    let id = made["Id"].as_str().unwrap();
    let (region, name) = id.split_once('_').unwrap();
    assert!(region == "us-east-1" && name.len() == 9 && name.bytes().all(|c| c.is_ascii_alphanumeric()), "{id}");
    let policy = json!({ "MinimumLength": 8, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true, "RequireSymbols": true, "TemporaryPasswordValidityDays": 7 });
    for (pointer, value) in [
        ("/Name", json!("people")),
        ("/Arn", json!(format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{id}"))),
        ("/CreationDate", json!(START as f64 / 1_000.0)),
        ("/LastModifiedDate", json!(START as f64 / 1_000.0)),
        ("/Policies/PasswordPolicy", policy),
        ("/Policies/SignInPolicy/AllowedFirstAuthFactors", json!(["PASSWORD"])),
        ("/DeletionProtection", json!("INACTIVE")),
        ("/MfaConfiguration", json!("OFF")),
        ("/UserPoolTier", json!("ESSENTIALS")),
        ("/EstimatedNumberOfUsers", json!(0)),
        ("/AdminCreateUserConfig/AllowAdminCreateUserOnly", json!(false)),
        ("/VerificationMessageTemplate/DefaultEmailOption", json!("CONFIRM_WITH_CODE")),
        ("/EmailConfiguration/EmailSendingAccount", json!("COGNITO_DEFAULT")),
        ("/LambdaConfig", json!({})),
    ] {
        assert_eq!(made.pointer(pointer), Some(&value), "{pointer}");
    }
    let schema = made["SchemaAttributes"].as_array().unwrap();
    assert_eq!((schema.len(), schema[0]["Name"].as_str()), (21, Some("sub")));
    assert_eq!(described(&site, id).await, made);
    assert_eq!(site.count("pool_keys").await, 2);
});

site_test!(an_update_replaces_what_it_leaves_out, |site: Site| async move {
    let settings = json!({
        "Policies": { "PasswordPolicy": { "MinimumLength": 12, "RequireSymbols": false } }, "DeletionProtection": "ACTIVE",
        "UserPoolTags": { "team": "a" }, "EmailVerificationSubject": "Hello", "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true },
        "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_email" }] }, "AliasAttributes": ["email"],
        "Schema": [{ "Name": "tier", "AttributeDataType": "String" }],
    });
    let pool = site.pool(settings).await;
    let before = described(&site, &pool).await;
    assert_eq!(before["Policies"]["PasswordPolicy"]["MinimumLength"], 12);
    site.advance(5_000);
    site.ok("UpdateUserPool", of(&pool)).await;
    let after = described(&site, &pool).await;
    for (pointer, value) in [
        ("/Policies/PasswordPolicy/MinimumLength", Some(json!(8))),
        ("/DeletionProtection", Some(json!("INACTIVE"))),
        ("/UserPoolTags", None),
        ("/EmailVerificationSubject", None),
        ("/AdminCreateUserConfig/AllowAdminCreateUserOnly", Some(json!(false))),
        ("/AccountRecoverySetting", None),
        ("/AutoVerifiedAttributes", None),
        ("/LastModifiedDate", Some(json!((START + 5_000) as f64 / 1_000.0))),
    ] {
        assert_eq!(after.pointer(pointer), value.as_ref(), "{pointer}");
    }
    for kept in ["Id", "Name", "Arn", "CreationDate", "AliasAttributes", "SchemaAttributes", "UsernameConfiguration"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    // What an answer gives can be sent back.
    let mut again = json!({ "UserPoolId": pool });
    for member in crate::api::shape::input_members("UpdateUserPool") {
        if let Some(value) = before.get(member.name) {
            again[member.name] = value.clone();
        }
    }
    site.advance(5_000);
    site.ok("UpdateUserPool", again).await;
    let restored = merged(described(&site, &pool).await, json!({ "LastModifiedDate": before["LastModifiedDate"] }));
    assert_eq!(restored, before);
});

site_test!(settings_that_contradict_each_other_are_refused, |site: Site| async move {
    for (setting, message) in [
        (
            json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ),
        (
            json!({ "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] } }),
            "AttributesRequireVerificationBeforeUpdate includes email, which is not among AutoVerifiedAttributes.",
        ),
        (
            json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "admin_only" }, { "Priority": 2, "Name": "verified_email" }] } }),
            "admin_only can not be combined with other recovery mechanisms.",
        ),
        (
            json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_phone_number" }, { "Priority": 1, "Name": "verified_email" }] } }),
            "Recovery mechanisms must have different priorities.",
        ),
        (
            json!({ "Schema": [{ "Name": "tier", "AttributeDataType": "String", "Required": true }] }),
            "Required custom attributes are not supported currently.",
        ),
        (
            json!({ "Schema": [{ "Name": "email", "AttributeDataType": "Number" }] }),
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email",
        ),
        (
            json!({ "Schema": [{ "Name": "tier", "AttributeDataType": "String", "StringAttributeConstraints": { "MinLength": "9", "MaxLength": "1" } }] }),
            "user.custom:tier: Max length cannot be less than min length.",
        ),
    ] {
        site.refused("CreateUserPool", merged(json!({ "PoolName": "p" }), setting), "InvalidParameterException", message).await;
    }
    for (member, setting) in [
        ("emailVerificationMessage", json!({ "EmailVerificationMessage": "no placeholder" })),
        ("verificationMessageTemplate.emailMessageByLink", json!({ "VerificationMessageTemplate": { "EmailMessageByLink": "no link" } })),
    ] {
        let answer = site.api("CreateUserPool", merged(json!({ "PoolName": "p" }), setting)).await;
        let (exception, message) = answer.refusal();
        assert_eq!((answer.status, exception.as_str()), (400, "InvalidParameterException"));
        assert!(message.starts_with("1 validation error detected: ") && message.contains(&format!("at '{member}'")), "{message}");
    }
    assert_eq!((site.count("pools").await, site.count("pool_keys").await), (0, 0));
});

site_test!(custom_attributes_are_added_and_never_changed, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let add = |names: &[&str]| {
        let list: Vec<_> = names.iter().map(|name| json!({ "Name": name, "AttributeDataType": "String", "Mutable": true })).collect();
        merged(of(&pool), json!({ "CustomAttributes": list }))
    };
    site.ok("AddCustomAttributes", add(&["tier"])).await;
    let message = "custom:tier: Existing attribute already has name custom:tier.";
    site.refused("AddCustomAttributes", add(&["other", "tier"]), "InvalidParameterException", message).await;
    let message = "email: Attribute already exists in the schema.";
    site.refused("AddCustomAttributes", add(&["email"]), "InvalidParameterException", message).await;
    let pool_now = described(&site, &pool).await;
    let custom: Vec<_> =
        pool_now["SchemaAttributes"].as_array().unwrap().iter().filter(|a| a["Name"].as_str().unwrap().contains(':')).collect();
    assert_eq!(custom.iter().map(|a| &a["Name"]).collect::<Vec<_>>(), ["custom:tier"]);
    for n in 0..49 {
        site.ok("AddCustomAttributes", add(&[&format!("a{n}")])).await;
    }
    let message = "A user pool can have at most 50 custom attributes.";
    site.refused("AddCustomAttributes", add(&["toomany"]), "LimitExceededException", message).await;
    site.sign_up(&client, "jane", "jane@example.com").await;
});

site_test!(a_protected_pool_stays, |site: Site| async move {
    let pool = site.pool(json!({ "DeletionProtection": "ACTIVE" })).await;
    let protected =
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
    site.refused("DeleteUserPool", of(&pool), "InvalidParameterException", protected).await;
    site.ok("UpdateUserPool", merged(of(&pool), json!({ "DeletionProtection": "INACTIVE" }))).await;
    site.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "acme" })).await;
    let domain = "User pool cannot be deleted. It has a domain configured that should be deleted first.";
    site.refused("DeleteUserPool", of(&pool), "InvalidParameterException", domain).await;
    site.ok("DeleteUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "acme" })).await;
    site.ok("DeleteUserPool", of(&pool)).await;
});

site_test!(a_deleted_pool_takes_everything_along, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let (kept, kept_client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.user(&kept, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    site.sign_up(&client, "new", "new@example.com").await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    site.ok("SetUICustomization", merged(of(&pool), json!({ "CSS": "" }))).await;
    site.oauth(&pool, &client, "jane", &[]).await;
    site.ok("DeleteUserPool", of(&pool)).await;
    let rows = site.rows().await;
    for (table, n) in [
        ("pools", 1),
        ("pool_keys", 2),
        ("clients", 1),
        ("users", 1),
        ("codes", 0),
        ("sessions", 0),
        ("ui_customizations", 0),
        ("browser_sessions", 0),
        ("authorization_codes", 0),
    ] {
        assert_eq!(rows[table], n, "{table}");
    }
    let gone = format!("User pool {pool} does not exist.");
    site.refused("DescribeUserPool", of(&pool), "ResourceNotFoundException", &gone).await;
    site.refused("DeleteUserPool", of(&pool), "ResourceNotFoundException", &gone).await;
    let message = format!("User pool client {client} does not exist.");
    site.refused("SignUp", sign_up(&client, "john", "john@example.com"), "ResourceNotFoundException", &message).await;
    site.refused("GetUser", json!({ "AccessToken": tokens.access }), "NotAuthorizedException", "Invalid Access Token").await;
    assert_eq!(site.get(&format!("/{pool}/.well-known/jwks.json"), &[]).await.status, 404);
    site.ok("InitiateAuth", sign_in(&kept_client, "jane", PASSWORD)).await;
});
