//! What Cognito fixes when a pool is made, changed afterwards.

use super::fixtures::{PASSWORD, sign_in, sign_up};
use super::harness::{Site, attribute, attributes, merged, site_test};
use futures::future::join_all;
use serde_json::{Value, json};

fn change(pool: &str, change: Value) -> Value {
    json!({ "UserPoolId": pool, "PoolhouseIdentity": change })
}

async fn described(site: &Site, pool: &str) -> Value {
    site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"].clone()
}

/// What stands in the way of a change.
async fn conflicts(site: &Site, pool: &str, wanted: Value) -> Value {
    let (before, rows) = (described(site, pool).await, site.rows().await);
    let answer = site.ok("UpdateUserPool", change(pool, merged(wanted, json!({ "DryRun": true })))).await;
    assert_eq!((described(site, pool).await, site.rows().await), (before, rows), "a dry run changes nothing");
    answer["PoolhouseConflicts"].clone()
}

site_test!(nothing_changes_unless_it_is_asked_for, |site: Site| async move {
    let pool = site.pool(json!({ "DeletionProtection": "ACTIVE", "AliasAttributes": ["email"] })).await;
    let before = described(&site, &pool).await;
    // Nothing but a change of identity: the settings stay.
    assert_eq!(site.ok("UpdateUserPool", change(&pool, json!({ "AliasAttributes": [] }))).await, json!({}));
    let after = described(&site, &pool).await;
    assert_eq!((&after["DeletionProtection"], after.get("AliasAttributes")), (&json!("ACTIVE"), None));
    assert_eq!(after["AutoVerifiedAttributes"], before["AutoVerifiedAttributes"]);
    // With others it is an update like any other.
    let both = merged(change(&pool, json!({ "AliasAttributes": ["email"] })), json!({ "DeletionProtection": "INACTIVE" }));
    site.ok("UpdateUserPool", both).await;
    let after = described(&site, &pool).await;
    assert_eq!((&after["DeletionProtection"], &after["AliasAttributes"]), (&json!("INACTIVE"), &json!(["email"])));
    assert_eq!(after.get("AutoVerifiedAttributes"), None);
});

site_test!(an_alias_set_can_be_changed, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for name in ["jane", "john"] {
        site.user(&pool, name).await;
    }
    let no_such = "Incorrect username or password.";
    let by_email = || sign_in(&client, "jane@example.com", PASSWORD);
    assert_eq!(site.api("InitiateAuth", by_email()).await.status, 400);
    site.ok("UpdateUserPool", change(&pool, json!({ "AliasAttributes": ["email"] }))).await;
    site.ok("InitiateAuth", by_email()).await;
    site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    assert_eq!(site.count("user_aliases").await, 2);
    // The service makes the names of new users from here on; those who are there keep theirs.
    site.ok("UpdateUserPool", change(&pool, json!({ "AliasAttributes": [], "UsernameAttributes": ["email"] }))).await;
    site.ok("InitiateAuth", by_email()).await;
    site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
    site.confirmed(&client, "new@example.com", "new@example.com").await;
    let taken = sign_up(&client, "john@example.com", "john@example.com");
    let message = "An account with the given email already exists.";
    site.refused("SignUp", taken, "UsernameExistsException", message).await;
    site.ok("UpdateUserPool", change(&pool, json!({ "UsernameAttributes": [] }))).await;
    let answer = site.api("InitiateAuth", by_email()).await;
    assert!(["UserNotFoundException", "NotAuthorizedException"].contains(&answer.refusal().0.as_str()), "{} {no_such}", answer.body);
    assert_eq!(site.count("user_aliases").await, 0);
});

site_test!(aliases_that_collide_are_told_and_refused, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let proved = |email: &str| attributes(&[("email", email), ("email_verified", "true")]);
    site.user_with(&pool, "a", proved("same@example.com")).await;
    site.user_with(&pool, "b", proved("same@example.com")).await;
    site.user_with(&pool, "c@example.com", proved("own@example.com")).await;
    site.user_with(&pool, "d", proved("c@example.com")).await;
    site.user_with(&pool, "e@example.com", proved("e@example.com")).await;
    site.user_with(&pool, "f", attributes(&[("preferred_username", "victim@example.com")])).await;
    let wanted = json!({ "AliasAttributes": ["email", "preferred_username"] });
    let found = conflicts(&site, &pool, wanted.clone()).await;
    let told = found["AliasCollisions"]["Users"].as_array().unwrap().clone();
    assert_eq!(found["AliasCollisions"]["Count"], 3);
    assert_eq!((&found["MissingAttributes"]["Count"], &found["UsernameCollisions"]["Count"]), (&json!(0), &json!(0)));
    for expected in [
        json!({ "Username": "d", "Attribute": "email", "ConflictsWith": "c@example.com" }),
        json!({ "Username": "f", "Attribute": "preferred_username" }),
    ] {
        assert!(told.contains(&expected), "{told:?}");
    }
    let answer = site.api("UpdateUserPool", change(&pool, wanted)).await;
    let (exception, message) = answer.refusal();
    assert_eq!(exception, "InvalidParameterException");
    assert!(
        message.starts_with("PoolhouseIdentity conflicts with users. 3 have an alias that is somebody else's or no alias can be: "),
        "{message}"
    );
    assert_eq!(described(&site, &pool).await.get("AliasAttributes"), None);
});

site_test!(case_can_be_ignored_and_minded_again, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for name in ["Jane", "jane", "Bob"] {
        site.user_with(&pool, name, json!([])).await;
    }
    let ignore = json!({ "UsernameConfiguration": { "CaseSensitive": false } });
    let found = conflicts(&site, &pool, ignore.clone()).await;
    assert_eq!(found["UsernameCollisions"]["Count"], 1);
    let message = "PoolhouseIdentity conflicts with users. 1 have the same user name as another: ";
    let refused = site.api("UpdateUserPool", change(&pool, ignore.clone())).await.refusal().1;
    assert!(refused.starts_with(message), "{refused}");
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    site.ok("UpdateUserPool", change(&pool, ignore)).await;
    for name in ["JANE", "jane", "bOB"] {
        site.ok("InitiateAuth", sign_in(&client, name, PASSWORD)).await;
    }
    let taken = sign_up(&client, "BOB", "bob@example.com");
    site.refused("SignUp", taken, "UsernameExistsException", "User already exists").await;
    site.ok("UpdateUserPool", change(&pool, json!({ "UsernameConfiguration": { "CaseSensitive": true } }))).await;
    site.ok("InitiateAuth", sign_in(&client, "Jane", PASSWORD)).await;
    assert_eq!(site.api("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await.status, 400);
});

site_test!(an_attribute_becomes_required_once_everybody_has_it, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.user_with(&pool, "john", attributes(&[("name", "John")])).await;
    let wanted = json!({ "Schema": [{ "Name": "name", "Required": true, "Mutable": false }] });
    let found = conflicts(&site, &pool, wanted.clone()).await;
    assert_eq!(found["MissingAttributes"], json!({ "Count": 1, "Users": [{ "Username": "jane", "Attribute": "name" }] }));
    let message = "PoolhouseIdentity conflicts with users. 1 lack an attribute that would be required: jane (name).";
    site.refused("UpdateUserPool", change(&pool, wanted.clone()), "InvalidParameterException", message).await;
    let jane = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": attributes(&[("name", "Jane")]) });
    site.ok("AdminUpdateUserAttributes", jane.clone()).await;
    site.ok("UpdateUserPool", change(&pool, wanted)).await;
    let message = "Attributes did not conform to the schema: name: The attribute is required\n";
    site.refused("SignUp", sign_up(&client, "new", "new@example.com"), "InvalidParameterException", message).await;
    let renamed = merged(jane, json!({ "UserAttributes": attributes(&[("name", "Janet")]) }));
    let message = "user.name: Attribute cannot be updated.";
    site.refused("AdminUpdateUserAttributes", renamed, "InvalidParameterException", message).await;
    site.ok("UpdateUserPool", change(&pool, json!({ "Schema": [{ "Name": "name", "Required": false }] }))).await;
    site.sign_up(&client, "new", "new@example.com").await;
});

site_test!(a_custom_attribute_goes_with_its_values, |site: Site| async move {
    let pool = site.pool(json!({ "Schema": [{ "Name": "tier", "AttributeDataType": "String" }], "AliasAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({ "ReadAttributes": ["email", "custom:tier"] })).await;
    let with = attributes(&[("custom:tier", "gold"), ("email", "jane@example.com"), ("email_verified", "true")]);
    site.user_with(&pool, "jane", with).await;
    let wanted = change(&pool, json!({ "Schema": [{ "Name": "custom:tier", "Remove": true }] }));
    let message = format!("PoolhouseIdentity: the client {client} names custom:tier among its ReadAttributes or WriteAttributes.");
    site.refused("UpdateUserPool", wanted.clone(), "InvalidParameterException", &message).await;
    site.ok("DeleteUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    site.ok("UpdateUserPool", wanted).await;
    let jane = site.admin_get(&pool, "jane@example.com").await;
    assert_eq!((attribute(&jane, "custom:tier"), attribute(&jane, "email")), (None, Some("jane@example.com")));
    let schema = described(&site, &pool).await["SchemaAttributes"].clone();
    assert!(schema.as_array().unwrap().iter().all(|a| a["Name"] != "custom:tier"));
    let again = json!({ "UserPoolId": pool, "CustomAttributes": [{ "Name": "tier", "AttributeDataType": "Number" }] });
    site.ok("AddCustomAttributes", again).await;
});

site_test!(a_change_that_says_nothing_clear_is_refused, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for (wanted, message) in [
        (json!({ "AliasAttributes": ["name"] }), "PoolhouseIdentity: name can not be one of the AliasAttributes."),
        (
            json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ),
        (json!({ "Schema": [{ "Name": "tier" }] }), "PoolhouseIdentity: the attribute tier is not in the schema."),
    ] {
        site.refused("UpdateUserPool", change(&pool, wanted), "InvalidParameterException", message).await;
    }
    for wanted in [json!(7), json!([]), json!({ "Alias": [] }), json!({ "DryRun": "yes" })] {
        let (exception, message) = site.api("UpdateUserPool", change(&pool, wanted)).await.refusal();
        assert_eq!(exception, "InvalidParameterException");
        assert!(message.starts_with("PoolhouseIdentity: "), "{message}");
    }
});

site_test!(changes_at_once_leave_one_state, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "Jane").await;
    let wanted = [json!({ "AliasAttributes": ["email"] }), json!({ "UsernameConfiguration": { "CaseSensitive": false } })];
    let answers = join_all(wanted.map(|w| site.api("UpdateUserPool", change(&pool, w)))).await;
    for answer in answers.iter().filter(|a| a.status != 200) {
        assert_eq!(answer.refusal().0, "ConcurrentModificationException");
    }
    let now = described(&site, &pool).await;
    let ignores = now["UsernameConfiguration"]["CaseSensitive"] == false;
    assert_eq!(site.api("InitiateAuth", sign_in(&client, "jANE", PASSWORD)).await.status == 200, ignores);
    let by_email = site.api("InitiateAuth", sign_in(&client, "Jane@example.com", PASSWORD)).await.status == 200;
    assert_eq!(by_email, now.get("AliasAttributes").is_some());
});
