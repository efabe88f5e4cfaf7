//! Identity pools: their settings, roles and tags.

use super::harness::{Site, merged, site_test};
use super::identity_fixtures::{GUEST_ROLE, ROLE, SERVICE};
use serde_json::{Value, json};

const NOBODY: &str = "us-east-1:00000000-0000-4000-8000-000000000000";

site_test!(a_pool_is_made_described_changed_and_deleted, |site: Site| async move {
    let settings = json!({
        "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": false,
        "SupportedLoginProviders": { "accounts.google.com": "123.apps", "graph.facebook.com": "7" }, "DeveloperProviderName": "login.acme",
        "OpenIdConnectProviderARNs": ["arn:aws:iam::000000000000:oidc-provider/idp.example"],
        "CognitoIdentityProviders": [{ "ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC", "ClientId": "c", "ServerSideTokenCheck": true }],
        "IdentityPoolTags": { "team": "a" }, "PoolhouseSts": { "Region": "eu-west-1" },
    });
    let made = site.ok("CreateIdentityPool", settings.clone()).await;
    let id = made["IdentityPoolId"].as_str().unwrap();
    assert!(id.starts_with("us-east-1:") && id.len() == 46, "{id}");
    assert_eq!(made, merged(settings.clone(), json!({ "IdentityPoolId": id })));
    assert_eq!(site.ok("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await, made);
    // What an update leaves out goes, but for what Cognito keeps.
    let update = json!({ "IdentityPoolId": id, "IdentityPoolName": "other", "AllowUnauthenticatedIdentities": false });
    let changed = site.ok("UpdateIdentityPool", update.clone()).await;
    let kept =
        json!({ "DeveloperProviderName": "login.acme", "IdentityPoolTags": { "team": "a" }, "PoolhouseSts": { "Region": "eu-west-1" } });
    assert_eq!(changed, merged(update.clone(), kept));
    assert_eq!(site.ok("DescribeIdentityPool", json!({ "IdentityPoolId": id })).await, changed);
    let without = site.ok("UpdateIdentityPool", merged(update.clone(), json!({ "PoolhouseSts": {} }))).await;
    assert_eq!(without.get("PoolhouseSts"), None);
    let renamed = merged(update, json!({ "DeveloperProviderName": "else" }));
    let message = "The developer provider name of an identity pool cannot be changed once it is set.";
    site.refused("UpdateIdentityPool", renamed, "InvalidParameterException", message).await;
    assert_eq!(site.ok("DeleteIdentityPool", json!({ "IdentityPoolId": id })).await, json!({}));
    let message = format!("IdentityPool '{id}' not found.");
    for operation in ["DeleteIdentityPool", "DescribeIdentityPool"] {
        site.refused(operation, json!({ "IdentityPoolId": id }), "ResourceNotFoundException", &message).await;
    }
});

site_test!(what_could_not_work_is_refused, |site: Site| async move {
    let base = json!({ "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": false });
    let cases = [
        (
            json!({ "SamlProviderARNs": ["arn:aws:iam::000000000000:saml-provider/x"] }),
            "SamlProviderARNs is not supported by this version of Poolhouse.",
        ),
        (
            json!({ "SupportedLoginProviders": { "api.twitter.com": "a;b" } }),
            "The login provider api.twitter.com is not supported by this version of Poolhouse.",
        ),
        (json!({ "CognitoIdentityProviders": [{ "ClientId": "c" }] }), "Invalid Cognito Identity Provider"),
        (
            json!({ "CognitoIdentityProviders": [{ "ProviderName": "evil.example/us-east-1_A", "ClientId": "c" }] }),
            "Invalid Cognito Identity Provider",
        ),
        (
            json!({ "OpenIdConnectProviderARNs": ["arn:aws:iam::000000000000:role/idp.example"] }),
            "Invalid OpenID Connect provider ARN: arn:aws:iam::000000000000:role/idp.example",
        ),
        (json!({ "DeveloperProviderName": "accounts.google.com" }), "The developer provider name is that of a public provider."),
        (json!({ "IdentityPoolTags": { "aws:x": "" } }), "The tag key aws:x begins with aws:, which is reserved."),
    ];
    for (more, message) in cases {
        site.refused("CreateIdentityPool", merged(base.clone(), more), "InvalidParameterException", message).await;
    }
    let message = "PoolhouseSts: Endpoint must be an http or https address, Region the name of a region.";
    for sts in [json!({ "Endpoint": "ftp://x" }), json!({ "Endpoint": "https://user:pw@x/" }), json!({ "Region": "a.evil.example/#" })] {
        site.refused("CreateIdentityPool", merged(base.clone(), json!({ "PoolhouseSts": sts })), "InvalidParameterException", message)
            .await;
    }
    let message = "1 validation error detected: Value 'nowhere' at 'identityPoolId' failed to satisfy constraint: \
                   Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+";
    site.refused("DescribeIdentityPool", json!({ "IdentityPoolId": "nowhere" }), "ValidationException", message).await;
});

site_test!(pools_are_listed_in_pages, |site: Site| async move {
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(site.identity_pool(json!({})).await);
    }
    ids.sort();
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = site.ok("ListIdentityPools", json!({ "MaxResults": 2, "NextToken": token })).await;
        seen.extend(page["IdentityPools"].as_array().unwrap().iter().map(|p| p["IdentityPoolId"].as_str().unwrap().to_owned()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let message = "Invalid pagination token given.";
    site.refused("ListIdentityPools", json!({ "MaxResults": 2, "NextToken": "x" }), "InvalidParameterException", message).await;
});

site_test!(roles_are_set_and_checked, |site: Site| async move {
    let pool = site.identity_pool(json!({})).await;
    let empty = site.ok("GetIdentityPoolRoles", json!({ "IdentityPoolId": pool })).await;
    assert_eq!(empty, json!({ "IdentityPoolId": pool }));
    let rule = json!({ "Claim": "custom:tier", "MatchType": "Equals", "Value": "gold", "RoleARN": ROLE });
    let roles = json!({
        "IdentityPoolId": pool, "Roles": { "authenticated": ROLE, "unauthenticated": GUEST_ROLE },
        "RoleMappings": {
            "accounts.google.com": { "Type": "Token", "AmbiguousRoleResolution": "Deny" },
            "graph.facebook.com": { "Type": "Rules", "AmbiguousRoleResolution": "AuthenticatedRole", "RulesConfiguration": { "Rules": [rule] } },
        },
    });
    assert_eq!(site.ok("SetIdentityPoolRoles", roles.clone()).await, json!({}));
    assert_eq!(site.ok("GetIdentityPoolRoles", json!({ "IdentityPoolId": pool })).await, roles);
    let with = |mapping: Value| merged(roles.clone(), json!({ "RoleMappings": { "accounts.google.com": mapping } }));
    let many = json!({ "Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": { "Rules": vec![rule; 26] } });
    let cases = [
        (
            json!({ "Type": "Rules", "AmbiguousRoleResolution": "Deny" }),
            "RulesConfiguration is required for the rules-based role mapping of accounts.google.com.",
        ),
        (json!({ "Type": "Token" }), "AmbiguousRoleResolution is required for the role mapping of accounts.google.com."),
        (many, "The role mapping of accounts.google.com can have at most 25 rules."),
    ];
    for (mapping, message) in cases {
        site.refused("SetIdentityPoolRoles", with(mapping), "InvalidParameterException", message).await;
    }
    let bad = json!({ "IdentityPoolId": pool, "Roles": { "authenticated": "arn:aws:s3:::bucket-of-mine" } });
    let message = "Invalid role ARN: arn:aws:s3:::bucket-of-mine";
    site.refused("SetIdentityPoolRoles", bad, "InvalidParameterException", message).await;
});

site_test!(tags_of_pools, |site: Site| async move {
    let pool = site.identity_pool(json!({ "IdentityPoolTags": { "a": "1" } })).await;
    let arn = format!("arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{pool}");
    let call = |operation: &str| format!("{SERVICE}.{operation}");
    let tag = site.api(&call("TagResource"), json!({ "ResourceArn": arn, "Tags": { "b": "2", "a": "3" } })).await;
    assert_eq!(tag.expect(200).json(), json!({}));
    let list = site.api(&call("ListTagsForResource"), json!({ "ResourceArn": arn })).await;
    assert_eq!(list.json(), json!({ "Tags": { "a": "3", "b": "2" } }));
    site.api(&call("UntagResource"), json!({ "ResourceArn": arn, "TagKeys": ["a", "none"] })).await.expect(200);
    let described = site.ok("DescribeIdentityPool", json!({ "IdentityPoolId": pool })).await;
    assert_eq!(described["IdentityPoolTags"], json!({ "b": "2" }));
    let foreign = arn.replace("000000000000", "111111111111");
    let answer = site.api(&call("ListTagsForResource"), json!({ "ResourceArn": foreign })).await;
    answer.expect_refusal("ResourceNotFoundException", &format!("Resource {foreign} does not exist."));
    let many: serde_json::Map<_, _> = (0..51).map(|n| (n.to_string(), Value::from(""))).collect();
    let answer = site.api(&call("TagResource"), json!({ "ResourceArn": arn, "Tags": many })).await;
    answer.expect_refusal("InvalidParameterException", "An identity pool can have at most 50 tags.");
});

site_test!(maps_of_claims_to_session_tags, |site: Site| async move {
    let arn = "arn:aws:iam::000000000000:oidc-provider/idp.example";
    let pool =
        site.identity_pool(json!({ "OpenIdConnectProviderARNs": [arn], "SupportedLoginProviders": { "accounts.google.com": "1" } })).await;
    let of = |provider: &str| json!({ "IdentityPoolId": pool, "IdentityProviderName": provider });
    let none = "There is no principal tag attribute map for accounts.google.com.";
    site.refused("GetPrincipalTagAttributeMap", of("accounts.google.com"), "ResourceNotFoundException", none).await;
    let defaults = site.ok("SetPrincipalTagAttributeMap", merged(of(arn), json!({ "UseDefaults": true }))).await;
    assert_eq!(defaults["PrincipalTags"], json!({ "client": "aud", "username": "sub" }));
    assert_eq!(site.ok("GetPrincipalTagAttributeMap", of(arn)).await, defaults);
    let map = merged(of("accounts.google.com"), json!({ "UseDefaults": false, "PrincipalTags": { "department": "hd" } }));
    assert_eq!(site.ok("SetPrincipalTagAttributeMap", map.clone()).await, map);
    let unknown = "graph.facebook.com is not a provider of this identity pool.";
    for operation in ["GetPrincipalTagAttributeMap", "SetPrincipalTagAttributeMap"] {
        site.refused(operation, of("graph.facebook.com"), "ResourceNotFoundException", unknown).await;
    }
    let reserved = merged(of(arn), json!({ "PrincipalTags": { "aws:x": "sub" } }));
    let message = "The tag key aws:x begins with aws:, which is reserved.";
    site.refused("SetPrincipalTagAttributeMap", reserved, "InvalidParameterException", message).await;
});

site_test!(every_operation_of_a_pool_needs_it, |site: Site| async move {
    let inputs = [
        ("DescribeIdentityPool", json!({})),
        ("UpdateIdentityPool", json!({ "IdentityPoolName": "a", "AllowUnauthenticatedIdentities": true })),
        ("DeleteIdentityPool", json!({})),
        ("SetIdentityPoolRoles", json!({ "Roles": {} })),
        ("GetIdentityPoolRoles", json!({})),
        ("SetPrincipalTagAttributeMap", json!({ "IdentityProviderName": "accounts.google.com" })),
        ("GetPrincipalTagAttributeMap", json!({ "IdentityProviderName": "accounts.google.com" })),
        ("GetOpenIdTokenForDeveloperIdentity", json!({ "Logins": { "a": "b" } })),
        ("ListIdentities", json!({ "MaxResults": 1 })),
        ("LookupDeveloperIdentity", json!({ "DeveloperUserIdentifier": "u" })),
        (
            "MergeDeveloperIdentities",
            json!({ "SourceUserIdentifier": "a", "DestinationUserIdentifier": "b", "DeveloperProviderName": "d" }),
        ),
        ("UnlinkDeveloperIdentity", json!({ "IdentityId": NOBODY, "DeveloperProviderName": "d", "DeveloperUserIdentifier": "u" })),
        ("GetId", json!({})),
    ];
    for (operation, input) in inputs {
        let input = merged(input, json!({ "IdentityPoolId": NOBODY }));
        site.refused(operation, input, "ResourceNotFoundException", &format!("IdentityPool '{NOBODY}' not found.")).await;
    }
    let inputs = [
        ("DescribeIdentity", json!({})),
        ("GetOpenIdToken", json!({})),
        ("GetCredentialsForIdentity", json!({})),
        ("UnlinkIdentity", json!({ "Logins": {}, "LoginsToRemove": [] })),
    ];
    for (operation, input) in inputs {
        let input = merged(input, json!({ "IdentityId": NOBODY }));
        site.refused(operation, input, "ResourceNotFoundException", &format!("Identity '{NOBODY}' not found.")).await;
    }
});
