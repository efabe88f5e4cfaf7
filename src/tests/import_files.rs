//! Files of users: out and in again, and in from other systems.

use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Site, attribute, attributes, merged, site_test};
use super::srp::{challenge, response};
use crate::api::Cx;
use crate::transfer::command::{self, Export, Import};
use crate::transfer::file::export::export;
use crate::transfer::foreign::Format;
use crate::transfer::import::{Options, Report, import};
use serde_json::{Value, json};
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt as _;

async fn exported(site: &Site, pool: &str) -> String {
    let mut out = Vec::new();
    export(&mut Cx::internal(site.app.clone()), pool, &mut out).await.expect("an export");
    String::from_utf8(out).expect("text")
}

async fn imported(site: &Site, text: &str, options: Options) -> anyhow::Result<Report> {
    import(&mut Cx::internal(site.app.clone()), &options, Box::new(Cursor::new(text.to_owned().into_bytes()))).await
}

fn sub(n: u8) -> String {
    format!("{n:08x}-0000-4000-8000-000000000000")
}

fn counts(report: &Report) -> (u64, u64, u64) {
    (report.imported, report.skipped, report.failed)
}

/// A pool with everything, and the ids of its clients: one with a secret.
async fn world(site: &Site) -> (String, String) {
    let pool = site
        .pool(json!({ "AliasAttributes": ["email"], "Schema": [{ "Name": "tier", "AttributeDataType": "String", "Mutable": true }] }))
        .await;
    let client = site.client(&pool, json!({})).await;
    site.client(&pool, json!({ "GenerateSecret": true, "ClientName": "secret" })).await;
    site.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "acme" })).await;
    let given = attributes(&[("email", "jane@example.com"), ("email_verified", "true"), ("custom:tier", "gold")]);
    site.user_with(&pool, "jane", given).await;
    for n in 0..150 {
        site.ok("AdminCreateUser", json!({ "UserPoolId": pool, "Username": format!("u{n}"), "MessageAction": "SUPPRESS" })).await;
    }
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "u7" })).await;
    (pool, client)
}

async fn srp(site: &Site, pool: &str, client: &str, password: &str) -> u16 {
    let asked = challenge(site, client, "jane").await;
    site.api("RespondToAuthChallenge", response(pool, client, &asked, password)).await.status
}

site_test!(a_pool_comes_back_under_its_id_as_it_was, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let (jane, described) = (site.admin_get(&pool, "jane").await, site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await);
    let text = exported(&site, &pool).await;
    assert_eq!(text.lines().count(), 153);
    let clients = site.ok("ListUserPoolClients", json!({ "UserPoolId": pool, "MaxResults": 60 })).await;
    let mut secrets = Vec::new();
    for listed in clients["UserPoolClients"].as_array().unwrap() {
        secrets.push(site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": listed["ClientId"] })).await);
    }

    let taken = imported(&site, &text, Options { keep_id: true, ..Options::default() }).await.unwrap_err();
    assert!(taken.to_string().contains("already"), "{taken}");
    site.ok("DeleteUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "acme" })).await;
    site.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;

    let before = site.rows().await;
    let rehearsed = imported(&site, &text, Options { keep_id: true, dry_run: true, ..Options::default() }).await.unwrap();
    assert_eq!((counts(&rehearsed), site.rows().await), ((151, 0, 0), before), "a rehearsal stores nothing");
    let report = imported(&site, &text, Options { keep_id: true, ..Options::default() }).await.unwrap();
    assert_eq!((counts(&report), &report.pool_id, report.notes.count()), ((151, 0, 0), &pool, 0));

    assert_eq!(site.admin_get(&pool, "jane").await, jane);
    assert_eq!(site.admin_get(&pool, "u7").await["Enabled"], false);
    let again = site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
    for member in ["Name", "SchemaAttributes", "AliasAttributes", "AutoVerifiedAttributes", "Policies", "Domain", "EstimatedNumberOfUsers"]
    {
        assert_eq!(again["UserPool"][member], described["UserPool"][member], "{member}");
    }
    for secret in secrets {
        let input = json!({ "UserPoolId": pool, "ClientId": secret["UserPoolClient"]["ClientId"] });
        assert_eq!(site.ok("DescribeUserPoolClient", input).await, secret);
    }
    assert_eq!(srp(&site, &pool, &client, PASSWORD).await, 200, "the verifiers came along");
    site.ok("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD)).await;
    // Once more changes nothing.
    let report = imported(&site, &text, Options { pool: Some(pool.clone()), ..Options::default() }).await.unwrap();
    assert_eq!(counts(&report), (0, 151, 0));
});

site_test!(a_copy_under_a_new_id_learns_srp_at_the_first_sign_in, |site: Site| async move {
    let (pool, client) = world(&site).await;
    let report = imported(&site, &exported(&site, &pool).await, Options::default()).await.unwrap();
    assert_eq!(counts(&report), (151, 0, 0));
    assert_ne!(report.pool_id, pool);
    let notes = report.to_string();
    assert!(notes.contains("SRP") && notes.contains("acme is left out") && notes.contains(&client), "{notes}");
    let copy = report.pool_id;
    let listed = site.ok("ListUserPoolClients", json!({ "UserPoolId": copy, "MaxResults": 60 })).await;
    let open = listed["UserPoolClients"].as_array().unwrap().iter().find(|c| c["ClientName"] == "app").unwrap()["ClientId"].clone();
    let open = open.as_str().unwrap();
    assert_eq!(srp(&site, &copy, open, PASSWORD).await, 400);
    let tokens = Tokens::of(&site.ok("InitiateAuth", sign_in(open, "jane", PASSWORD)).await);
    assert_eq!(attribute(&site.ok("GetUser", json!({ "AccessToken": tokens.access })).await, "email"), Some("jane@example.com"));
    assert_eq!(srp(&site, &copy, open, PASSWORD).await, 200);
});

site_test!(a_file_with_faults_says_where_they_are, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let text = exported(&site, &pool).await;
    let lines: Vec<&str> = text.lines().collect();
    let user: Value = serde_json::from_str(lines[1]).unwrap();
    let bad = |change: Value| merged(user.clone(), change).to_string();
    let faults = [
        bad(json!({ "username": "a b", "sub": sub(1) })),
        bad(json!({ "username": "kim", "sub": sub(2), "password": "$1$md5" })),
        bad(
            json!({ "username": "kim", "sub": sub(3), "password": "$argon2id$v=19$m=4000000,t=9,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc" }),
        ),
        bad(json!({ "username": "kim", "sub": sub(4), "attributes": { "custom:none": "x" } })),
        "{}".to_owned(),
        bad(
            json!({ "username": "kim", "sub": sub(5), "attributes": {}, "mfa": { "enabled": ["SOFTWARE_TOKEN_MFA"], "preferred": "SOFTWARE_TOKEN_MFA", "has_software_token": true } }),
        ),
    ];
    let whole = format!("{}\n{}\n{}\n{}\n", lines[0], lines[1], faults.join("\n"), json!({ "users": 6 }));
    let report = imported(&site, &whole, Options::default()).await.unwrap();
    assert_eq!(counts(&report), (2, 0, 5));
    assert_eq!(report.failures.iter().map(|(line, _)| *line).collect::<std::collections::BTreeSet<_>>(), (3..=7).collect());
    assert!(report.failures.iter().any(|(_, why)| why.contains("too much")));
    // An authenticator app whose seed did not come along is no factor.
    assert!(site.admin_get(&report.pool_id, "kim").await.get("UserMFASettingList").is_none_or(|list| list.as_array().unwrap().is_empty()));
    let cut = format!("{}\n{}\n", lines[0], lines[1]);
    assert!(imported(&site, &cut, Options::default()).await.unwrap_err().to_string().contains("users may be missing"));
    for text in ["", "{}", lines[1], "{\"poolhouse\":2}"] {
        assert!(imported(&site, text, Options::default()).await.is_err(), "{text}");
    }
});

site_test!(a_sealed_file_needs_its_passphrase, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let folder = std::env::temp_dir().join(format!("poolhouse_files_{}_{pool}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (output, good, bad) = (folder.join("out"), folder.join("good"), folder.join("bad"));
    std::fs::write(&good, "correct horse\n").unwrap();
    std::fs::write(&bad, "wrong horse\n").unwrap();
    let options = Export { pool, output: output.clone(), passphrase_file: Some(good.clone()) };
    assert_eq!(command::write(&site.app, &options).await.unwrap(), 1);
    assert!(command::write(&site.app, &options).await.is_err(), "a file that is there stays");
    assert_eq!(std::fs::metadata(&output).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read(&output).unwrap().windows(5).any(|w| w == b"users"));
    let read = |passphrase_file| Import {
        file: output.clone(),
        pool: None,
        format: Format::Poolhouse,
        keep_id: false,
        dry_run: false,
        passphrase_file,
        firebase_hash_parameters: None,
        auth0_user_metadata: false,
    };
    assert!(command::read(&site.app, &read(None)).await.unwrap_err().to_string().contains("--passphrase-file"));
    assert!(command::read(&site.app, &read(Some(bad))).await.is_err());
    assert_eq!(counts(&command::read(&site.app, &read(Some(good))).await.unwrap()), (1, 0, 0));
    std::fs::remove_dir_all(&folder).unwrap();
});

site_test!(users_of_other_systems_sign_in, |site: Site| async move {
    let pool = site
        .pool(json!({ "UsernameAttributes": ["email"], "Schema": [{ "Name": "tier", "AttributeDataType": "String", "Mutable": true }] }))
        .await;
    let client = site.client(&pool, json!({})).await;
    let hash = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";
    let line = json!({ "user_id": "auth0|1", "email": "jane@e.example", "email_verified": true, "passwordHash": hash, "app_metadata": { "tier": "gold", "shoe": 9 } });
    let text = format!("{line}\n{}\nnot json\n", json!({ "user_id": "auth0|2", "username": "no-address" }));
    let options = |format| Options { format, pool: Some(pool.clone()), ..Options::default() };
    let report = imported(&site, &text, options(Format::Auth0)).await.unwrap();
    assert_eq!((counts(&report), report.dropped.iter().map(String::as_str).collect::<Vec<_>>()), ((1, 0, 2), vec!["shoe"]));
    assert!(imported(&site, &text, Options { format: Format::Auth0, ..Options::default() }).await.is_err(), "a pool must be named");
    let tokens = Tokens::of(&site.ok("InitiateAuth", sign_in(&client, "jane@e.example", "U*U*")).await);
    assert_eq!(attribute(&site.admin_get(&pool, "jane@e.example").await, "custom:tier"), Some("gold"));
    site.ok("GetUser", json!({ "AccessToken": tokens.access })).await;
    assert_eq!(counts(&imported(&site, &text, options(Format::Auth0)).await.unwrap()), (0, 1, 2));

    let header = site.ok("GetCSVHeader", json!({ "UserPoolId": pool })).await;
    let columns: Vec<&str> =
        header["CSVHeader"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).chain(["cognito:password_hash"]).collect();
    let value = |column: &&str| match *column {
        "cognito:username" | "email" => "kim@e.example",
        "email_verified" => "true",
        "cognito:mfa_enabled" => "false",
        "cognito:password_hash" => hash,
        _ => "",
    };
    let text = format!("{}\n{}\n", columns.join(","), columns.iter().map(value).collect::<Vec<_>>().join(","));
    assert_eq!(counts(&imported(&site, &text, options(Format::CognitoCsv)).await.unwrap()), (1, 0, 0));
    site.ok("InitiateAuth", sign_in(&client, "kim@e.example", "U*U*")).await;

    let realm = json!({ "users": [{ "username": "lee@e.example", "email": "lee@e.example", "enabled": true }] }).to_string();
    assert_eq!(counts(&imported(&site, &realm, options(Format::Keycloak)).await.unwrap()), (1, 0, 0));
    assert_eq!(site.admin_get(&pool, "lee@e.example").await["UserStatus"], "RESET_REQUIRED");
});
