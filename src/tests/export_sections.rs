//! What a pool and its users have besides their own rows comes back from a file, under other ids as well.

use super::authenticator::{Authenticator, Ceremony, for_localhost};
use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Site, merged, site_test};
use super::identity_providers::google;
use crate::api::Cx;
use crate::auth::srp;
use crate::devices::store::{self as devices, Confirmation};
use crate::devices::{Device, secret};
use crate::kit::clock::MINUTE;
use crate::kit::text;
use crate::transfer::file::export::export;
use crate::transfer::import::{Options, Report, import};
use serde_json::{Value, json};
use std::io::Cursor;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n1234";

async fn copied(site: &Site, pool: &str, change: impl Fn(String) -> String) -> Report {
    let mut out = Vec::new();
    export(&mut Cx::internal(site.app.clone()), pool, &mut out).await.expect("an export");
    let text = change(String::from_utf8(out).expect("text"));
    import(&mut Cx::internal(site.app.clone()), &Options::default(), Box::new(Cursor::new(text.into_bytes()))).await.expect("an import")
}

/// Gives a pool and its client everything that has a section.
async fn furnish(site: &Site, pool: &str, client: &str) -> String {
    let of = |more: Value| merged(json!({ "UserPoolId": pool }), more);
    let of_client = |more: Value| merged(json!({ "UserPoolId": pool, "ClientId": client }), more);
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    site.ok("CreateResourceServer", of(json!({ "Identifier": "https://api.example", "Name": "api", "Scopes": scopes }))).await;
    for (name, precedence) in [("staff", 1), ("all", 2)] {
        site.ok("CreateGroup", of(json!({ "GroupName": name, "Precedence": precedence, "Description": "d" }))).await;
        site.ok("AdminAddUserToGroup", of(json!({ "GroupName": name, "Username": "jane" }))).await;
    }
    site.ok("CreateIdentityProvider", merged(google(pool), json!({ "IdpIdentifiers": ["g.example"] }))).await;
    let source = json!({ "ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "g1" });
    let jane = json!({ "ProviderName": "Cognito", "ProviderAttributeValue": "jane" });
    site.ok("AdminLinkProviderForUser", of(json!({ "DestinationUser": jane, "SourceUser": source }))).await;
    let css = ".submitButton-customizable { background-color: #654321; }";
    site.ok("SetUICustomization", of(json!({ "CSS": css, "ImageFile": text::base64(PNG) }))).await;
    site.ok("SetUICustomization", of_client(json!({ "CSS": css }))).await;
    let logo = json!([{ "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": text::base64(PNG) }]);
    let settings = json!({ "componentClasses": { "buttons": { "borderRadius": 4.0 } } });
    site.ok("CreateManagedLoginBranding", of_client(json!({ "Settings": settings, "Assets": logo }))).await;
    let terms = json!({ "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE", "Links": { "cognito:default": "https://e.example/t" } });
    let terms = site.ok("CreateTerms", of_client(terms)).await["Terms"]["TermsId"].as_str().unwrap().to_owned();
    for (range, input) in [("192.0.2.0/24", of(json!({}))), ("198.51.100.0/24", of_client(json!({})))] {
        let blocked = json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": [range] } });
        site.ok("SetRiskConfiguration", merged(input, blocked)).await;
    }
    let group = json!({ "LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:pool" });
    let logs = json!([{ "LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": group }]);
    site.ok("SetLogDeliveryConfiguration", of(json!({ "LogConfigurations": logs }))).await;
    site.track(pool, 20).await;
    site.ok("SetUserPoolClientSessionConfiguration", of_client(json!({ "SSOSession": { "MaxValidityMinutes": 17 } }))).await;
    terms
}

async fn give_device(site: &Site, pool: &str, sub: &str) {
    let device = Device {
        pool_id: pool.to_owned(),
        sub: sub.to_owned(),
        key: "us-east-1_11111111-0000-4000-8000-000000000000".into(),
        group_key: "-group".into(),
        name: None,
        verifier: None,
        remembered: false,
        created_at: 1,
        modified_at: 2,
        last_authenticated_at: 3,
        last_address: "192.0.2.1".into(),
    };
    let verifier = srp::verifier(&device.group_key, &device.key, "secret", [9; 16]);
    let sealed = secret::seal(&site.app.sealer, &site.app.rng, &verifier);
    let mut tx = site.app.db.begin().await.unwrap();
    devices::insert(&mut tx, &device).await.unwrap();
    let by = Confirmation { name: Some("laptop"), verifier: &sealed, remembered: true };
    assert!(devices::confirm(&mut tx, pool, sub, &device.key, &by, 5).await.unwrap());
    tx.commit().await.unwrap();
}

/// Everything as the API shows it, with the pool and the client called by words.
async fn shown(site: &Site, pool: &str, client: &str, terms: &str) -> Vec<Value> {
    let of_client = json!({ "ClientId": client });
    let jane = json!({ "Username": "jane" });
    let mut out = Vec::new();
    for (operation, more) in [
        ("ListResourceServers", json!({ "MaxResults": 50 })),
        ("ListGroups", json!({})),
        ("AdminListGroupsForUser", jane.clone()),
        ("DescribeIdentityProvider", json!({ "ProviderName": "Google" })),
        ("GetIdentityProviderByIdentifier", json!({ "IdpIdentifier": "g.example" })),
        ("GetUICustomization", json!({})),
        ("GetUICustomization", of_client.clone()),
        ("DescribeManagedLoginBrandingByClient", of_client.clone()),
        ("DescribeTerms", json!({ "TermsId": terms })),
        ("DescribeRiskConfiguration", json!({})),
        ("DescribeRiskConfiguration", of_client.clone()),
        ("GetLogDeliveryConfiguration", json!({})),
        ("GetUserPoolClientSessionConfiguration", of_client),
        ("AdminListDevices", jane.clone()),
        ("AdminGetUser", jane),
        ("AdminGetUser", json!({ "Username": "kim" })),
    ] {
        let answer = site.ok(operation, merged(json!({ "UserPoolId": pool }), more)).await.to_string();
        out.push(serde_json::from_str(&answer.replace(pool, "POOL").replace(client, "CLIENT")).unwrap());
    }
    out
}

/// A pool where jane has a passkey and a device, and kim an authenticator app.
async fn world(site: &Site) -> (String, String, Authenticator, String) {
    let (pool, client, access) = site.passkeys().await;
    site.user(&pool, "kim").await;
    let factors = json!({ "UserPoolId": pool, "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    site.ok("SetUserPoolMfaConfig", factors).await;
    let update = json!({
        "UserPoolId": pool, "AutoVerifiedAttributes": ["email"], "UserPoolTier": "PLUS", "MfaConfiguration": "OPTIONAL",
        "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } },
        "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": false, "DeviceOnlyRememberedOnUserPrompt": true },
    });
    site.ok("UpdateUserPool", update).await;
    site.set_web_authn(&pool, for_localhost()).await;
    let passkey = Authenticator::es256(&[1; 16]);
    site.register(&access, &passkey).await;
    let seed = site.associate(&site.sign_in(&client, "kim").await.access).await;
    let on = json!({ "UserPoolId": pool, "Username": "kim", "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    site.ok("AdminSetUserMFAPreference", on).await;
    let jane = site.admin_get(&pool, "jane").await;
    give_device(site, &pool, super::harness::attribute(&jane, "sub").unwrap()).await;
    (pool, client, passkey, seed)
}

async fn only_client(site: &Site, pool: &str) -> String {
    let listed = site.ok("ListUserPoolClients", json!({ "UserPoolId": pool, "MaxResults": 60 })).await;
    listed["UserPoolClients"][0]["ClientId"].as_str().unwrap().to_owned()
}

site_test!(everything_comes_back_and_signs_in, |site: Site| async move {
    let (pool, client, passkey, seed) = world(&site).await;
    let terms = furnish(&site, &pool, &client).await;
    let before = shown(&site, &pool, &client, &terms).await;
    let report = copied(&site, &pool, |text| text).await;
    assert_eq!((report.imported, report.failed, report.without_app), (2, 0, 0), "{report}");
    let copy = report.pool_id;
    let own = only_client(&site, &copy).await;
    assert_ne!(own, client, "the client's id was taken, so that what hangs on it had to follow");
    for (was, is) in before.iter().zip(shown(&site, &copy, &own, &terms).await) {
        assert_eq!(*was, is);
    }
    // The key that kim's sign-in handed out was never confirmed: it stays behind.
    assert_eq!((site.count("linked_identities").await, site.count("devices").await), (2, 3));

    // kim is asked for the app, whose seed came along.
    site.advance(MINUTE);
    let asked = site.ok("InitiateAuth", sign_in(&own, "kim", PASSWORD)).await;
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let responses = json!({ "USERNAME": "kim", "SOFTWARE_TOKEN_MFA_CODE": site.totp(&seed) });
    let answer =
        json!({ "ClientId": own, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": asked["Session"], "ChallengeResponses": responses });
    site.ok("RespondToAuthChallenge", answer).await;

    let parameters = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "WEB_AUTHN" });
    let asked = site.ok("InitiateAuth", json!({ "ClientId": own, "AuthFlow": "USER_AUTH", "AuthParameters": parameters })).await;
    assert_eq!(asked["ChallengeName"], "WEB_AUTHN");
    let options = asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap();
    let credential = passkey.sign_in(&Ceremony::sign_in(options)).to_string();
    let responses = json!({ "USERNAME": "jane", "CREDENTIAL": credential });
    let answer = json!({ "ClientId": own, "ChallengeName": "WEB_AUTHN", "Session": asked["Session"], "ChallengeResponses": responses });
    let tokens = Tokens::of(&site.ok("RespondToAuthChallenge", answer).await);
    assert_eq!(tokens.access_claims()["cognito:groups"], json!(["staff", "all"]));
});

site_test!(what_a_file_lacks_is_said, |site: Site| async move {
    let (pool, client, ..) = world(&site).await;
    furnish(&site, &pool, &client).await;
    let without = |text: String| {
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &mut lines {
            if let Some(sections) = line.get_mut("sections").and_then(Value::as_object_mut) {
                sections.remove("software_token");
            }
        }
        let sections = lines[0]["pool"]["sections"].as_object_mut().unwrap();
        sections.remove("clients");
        sections.remove("groups");
        lines.into_iter().map(|line| line.to_string() + "\n").collect()
    };
    let report = copied(&site, &pool, without).await;
    let text = report.to_string();
    assert_eq!((report.imported, report.without_app), (2, 1), "{text}");
    for note in ["1 users had an authenticator app", "no group staff", "The terms of the client", "The risk configuration of the client"] {
        assert!(text.contains(note), "{note}: {text}");
    }
});
