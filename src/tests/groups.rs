//! Groups: made, changed, listed; who is in them; and what tokens say of that.

use super::fixtures::{Tokens, refresh};
use super::harness::{START, Site, merged, site_test};
use crate::kit::clock::SECOND;
use crate::tokens::jwt;
use futures::future::join_all;
use serde_json::{Value, json};

const NOT_FOUND: (&str, &str) = ("ResourceNotFoundException", "Group not found.");

fn role(name: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{name}")
}

impl Site {
    /// A group with these members besides its name.
    async fn group(&self, pool: &str, name: &str, more: Value) -> Value {
        self.ok("CreateGroup", merged(json!({ "UserPoolId": pool, "GroupName": name }), more)).await["Group"].clone()
    }

    async fn join(&self, pool: &str, user: &str, group: &str) {
        self.ok("AdminAddUserToGroup", member(pool, user, group)).await;
    }

    /// The names in a list of groups, page by page.
    async fn group_pages(&self, operation: &'static str, input: Value) -> Vec<Vec<String>> {
        let (mut pages, mut next) = (Vec::new(), Value::Null);
        loop {
            let answer = self.ok(operation, merged(input.clone(), json!({ "NextToken": next }))).await;
            let (list, key) = if operation == "ListUsersInGroup" { ("Users", "Username") } else { ("Groups", "GroupName") };
            pages.push(answer[list].as_array().unwrap().iter().map(|g| g[key].as_str().unwrap().to_owned()).collect());
            next = answer.get("NextToken").cloned().unwrap_or_default();
            if next.is_null() {
                return pages;
            }
            assert!(pages.len() < 50, "the pages have no end");
        }
    }
}

fn member(pool: &str, user: &str, group: &str) -> Value {
    json!({ "UserPoolId": pool, "Username": user, "GroupName": group })
}

site_test!(a_group_is_made_read_changed_and_deleted, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let named = json!({ "UserPoolId": pool, "GroupName": "staff" });
    let made = site.group(&pool, "staff", json!({ "Description": "All of us", "RoleArn": role("staff"), "Precedence": 0 })).await;
    let at = START as f64 / 1_000.0;
    let expected = json!({ "GroupName": "staff", "UserPoolId": pool, "Description": "All of us", "RoleArn": role("staff"), "Precedence": 0,
        "CreationDate": at, "LastModifiedDate": at });
    assert_eq!(made, expected);
    assert_eq!(site.ok("GetGroup", named.clone()).await["Group"], expected);

    // What is omitted stays.
    site.advance(SECOND);
    let changed = site.ok("UpdateGroup", merged(named.clone(), json!({ "Precedence": 7 }))).await;
    let expected = merged(expected, json!({ "Precedence": 7, "LastModifiedDate": at + 1.0 }));
    assert_eq!(changed["Group"], expected);
    let changed = site.ok("UpdateGroup", merged(named.clone(), json!({ "Description": "", "RoleArn": role("other") }))).await;
    assert_eq!(changed["Group"], merged(expected, json!({ "Description": "", "RoleArn": role("other") })));

    assert_eq!(site.ok("DeleteGroup", named.clone()).await, json!({}));
    for operation in ["GetGroup", "UpdateGroup", "DeleteGroup", "ListUsersInGroup"] {
        site.refused(operation, named.clone(), NOT_FOUND.0, NOT_FOUND.1).await;
    }
    // A group without settings shows none.
    let bare = site.group(&pool, "staff", json!({})).await;
    let mut members: Vec<_> = bare.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["CreationDate", "GroupName", "LastModifiedDate", "UserPoolId"]);
});

site_test!(a_name_is_taken_once_in_a_pool, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    let input = json!({ "UserPoolId": pool, "GroupName": "staff" });
    let answers = join_all((0..5).map(|_| site.api("CreateGroup", input.clone()))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    site.refused("CreateGroup", input, "GroupExistsException", "A group with the name already exists.").await;
    site.group(&pool, "Staff", json!({})).await;
    site.group(&other, "staff", json!({})).await;
    assert_eq!(site.count("user_groups").await, 3);
    site.ok("DeleteUserPool", json!({ "UserPoolId": other })).await;
    assert_eq!(site.count("user_groups").await, 2);
});

site_test!(settings_are_held_to_the_model, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for bad in [
        json!({ "Precedence": -1 }),
        json!({ "RoleArn": "arn:aws:iam::role" }),
        json!({ "GroupName": "two words" }),
        json!({ "GroupName": "" }),
        json!({ "GroupName": "x".repeat(129) }),
        json!({ "Description": "x".repeat(2_049) }),
    ] {
        let answer = site.api("CreateGroup", merged(json!({ "UserPoolId": pool, "GroupName": "g" }), bad)).await;
        assert_eq!((answer.status, answer.refusal().0.as_str()), (400, "InvalidParameterException"), "{}", answer.body);
    }
    site.group(&pool, "größe-№1", json!({ "Precedence": i32::MAX })).await;
    assert_eq!(site.count("user_groups").await, 1);
});

site_test!(people_join_and_leave, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    for name in ["jane", "john"] {
        site.user(&pool, name).await;
    }
    site.user(&other, "jane").await;
    site.group(&pool, "staff", json!({})).await;
    for _ in 0..2 {
        assert_eq!(site.ok("AdminAddUserToGroup", member(&pool, "jane", "staff")).await, json!({}));
    }
    assert_eq!(site.count("group_members").await, 1);
    for operation in ["AdminAddUserToGroup", "AdminRemoveUserFromGroup"] {
        site.refused(operation, member(&pool, "jane", "nowhere"), NOT_FOUND.0, NOT_FOUND.1).await;
        site.refused(operation, member(&other, "jane", "staff"), NOT_FOUND.0, NOT_FOUND.1).await;
        site.refused(operation, member(&pool, "nobody", "staff"), "UserNotFoundException", "User does not exist.").await;
    }
    let nobody = json!({ "UserPoolId": pool, "Username": "nobody" });
    site.refused("AdminListGroupsForUser", nobody, "UserNotFoundException", "User does not exist.").await;

    let listed = site.ok("ListUsersInGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    let jane = &listed["Users"][0];
    assert_eq!((&jane["Username"], &jane["Enabled"], &jane["UserStatus"]), (&json!("jane"), &json!(true), &json!("CONFIRMED")));
    assert!(jane["Attributes"].as_array().unwrap().iter().any(|a| a["Value"] == "jane@example.com"));
    assert_eq!((listed["Users"].as_array().map(Vec::len), listed.get("NextToken")), (Some(1), None));

    for _ in 0..2 {
        site.ok("AdminRemoveUserFromGroup", member(&pool, "jane", "staff")).await;
    }
    site.ok("AdminRemoveUserFromGroup", member(&pool, "john", "staff")).await;
    assert_eq!(site.count("group_members").await, 0);
});

site_test!(a_membership_goes_with_its_user_and_its_group, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for name in ["jane", "john"] {
        site.user(&pool, name).await;
        for group in ["a", "b"] {
            if name == "jane" {
                site.group(&pool, group, json!({})).await;
            }
            site.join(&pool, name, group).await;
        }
    }
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "john" })).await;
    assert_eq!(site.count("group_members").await, 2);
    site.ok("DeleteGroup", json!({ "UserPoolId": pool, "GroupName": "a" })).await;
    let of = site.ok("AdminListGroupsForUser", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    assert_eq!((of["Groups"].as_array().map(Vec::len), &of["Groups"][0]["GroupName"]), (Some(1), &json!("b")));
    // A group of the same name is another group.
    site.group(&pool, "a", json!({})).await;
    assert_eq!(site.count("group_members").await, 1);
});

site_test!(lists_of_groups_come_in_pages, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    let names = ["Zeta", "alpha", "beta", "gamma", "Äther"];
    for user in ["jane", "john"] {
        site.user(&pool, user).await;
    }
    for name in names.iter().rev() {
        site.group(&pool, name, json!({})).await;
        site.join(&pool, "jane", name).await;
    }
    site.group(&pool, "empty", json!({})).await;
    let all = |limit: usize| json!({ "UserPoolId": pool, "Limit": limit });
    let of = |user: &str, limit: usize| json!({ "UserPoolId": pool, "Username": user, "Limit": limit });
    assert_eq!(site.group_pages("ListGroups", all(0)).await, [["Zeta", "alpha", "beta", "empty", "gamma", "Äther"]]);
    assert_eq!(site.group_pages("ListGroups", all(4)).await, [vec!["Zeta", "alpha", "beta", "empty"], vec!["gamma", "Äther"]]);
    assert_eq!(site.group_pages("ListGroups", json!({ "UserPoolId": other })).await, [Vec::<String>::new()]);
    assert_eq!(site.group_pages("AdminListGroupsForUser", of("jane", 60)).await, [names]);
    assert_eq!(site.group_pages("AdminListGroupsForUser", of("jane", 2)).await, [&names[..2], &names[2..4], &names[4..]]);
    assert_eq!(site.group_pages("AdminListGroupsForUser", of("john", 2)).await, [Vec::<String>::new()]);

    let invalid = ("InvalidParameterException", "Invalid pagination token given.");
    let token = site.ok("AdminListGroupsForUser", of("jane", 1)).await["NextToken"].clone();
    for (operation, input) in [
        ("ListGroups", all(1)),
        ("AdminListGroupsForUser", of("john", 1)),
        ("ListUsersInGroup", merged(all(1), json!({ "GroupName": "beta" }))),
    ] {
        site.refused(operation, merged(input, json!({ "NextToken": token })), invalid.0, invalid.1).await;
    }
});

site_test!(members_come_in_pages, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for group in ["staff", "others"] {
        site.group(&pool, group, json!({})).await;
    }
    let mut subs = Vec::new();
    for n in 0..7 {
        let name = format!("user{n}");
        subs.push((site.user(&pool, &name).await, name.clone()));
        site.join(&pool, &name, if n < 5 { "staff" } else { "others" }).await;
    }
    subs.truncate(5);
    subs.sort_unstable();
    let expected: Vec<_> = subs.into_iter().map(|(_, name)| name).collect();
    let in_group = |limit: usize| json!({ "UserPoolId": pool, "GroupName": "staff", "Limit": limit });
    assert_eq!(site.group_pages("ListUsersInGroup", in_group(2)).await, [&expected[..2], &expected[2..4], &expected[4..]]);
    assert_eq!(site.group_pages("ListUsersInGroup", in_group(5)).await, [&expected[..]]);
    assert_eq!(site.group_pages("ListUsersInGroup", in_group(0)).await, [&expected[..]]);
    let token = site.ok("ListUsersInGroup", in_group(1)).await["NextToken"].clone();
    let others = json!({ "UserPoolId": pool, "GroupName": "others", "NextToken": token });
    site.refused("ListUsersInGroup", others, "InvalidParameterException", "Invalid pagination token given.").await;
});

site_test!(a_user_is_in_a_hundred_groups_at_most, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for n in 0..=100 {
        site.group(&pool, &format!("g{n:03}"), json!({})).await;
        if n < 100 {
            site.join(&pool, "jane", &format!("g{n:03}")).await;
        }
    }
    let message = "A user can be in 100 groups at most.";
    site.refused("AdminAddUserToGroup", member(&pool, "jane", "g100"), "LimitExceededException", message).await;
    // Whoever is in stays in.
    site.join(&pool, "jane", "g042").await;
    let groups = site.sign_in(&client, "jane").await.access_claims()["cognito:groups"].clone();
    assert_eq!(groups.as_array().map(Vec::len), Some(100));
    site.ok("AdminRemoveUserFromGroup", member(&pool, "jane", "g000")).await;
    site.join(&pool, "jane", "g100").await;
});

site_test!(tokens_name_groups_and_roles, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for user in ["jane", "john"] {
        site.user(&pool, user).await;
    }
    for (name, more) in [
        ("zoo", json!({ "RoleArn": role("zoo"), "Precedence": 1 })),
        ("admins", json!({ "RoleArn": role("admin"), "Precedence": 5 })),
        ("bakers", json!({ "RoleArn": role("zoo"), "Precedence": 5 })),
        ("all", json!({})),
    ] {
        site.group(&pool, name, more).await;
        site.join(&pool, "jane", name).await;
    }
    let groups = json!(["zoo", "admins", "bakers", "all"]);
    let check = |tokens: &Tokens| {
        let (id, access) = (tokens.id_claims(), tokens.access_claims());
        assert_eq!((&id["cognito:groups"], &access["cognito:groups"]), (&groups, &groups));
        assert_eq!(id["cognito:roles"], json!([role("zoo"), role("admin")]));
        assert_eq!(id["cognito:preferred_role"], json!(role("zoo")));
        assert!(!access.contains_key("cognito:roles") && !access.contains_key("cognito:preferred_role"));
    };
    let tokens = site.sign_in(&client, "jane").await;
    check(&tokens);
    check(&Tokens::of(&site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await));
    let answer = site.oauth(&pool, &client, "jane", &[("scope", "openid email")]).await;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    check(&Tokens { access: text("access_token"), id: text("id_token"), refresh: text("refresh_token") });
    let fields = [("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", &text("refresh_token"))];
    let again = site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await.expect(200).json();
    let claims = jwt::peek(again["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["cognito:groups"], groups);

    let none = site.sign_in(&client, "john").await;
    for claims in [none.id_claims(), none.access_claims()] {
        assert!(!claims.keys().any(|name| ["cognito:groups", "cognito:roles", "cognito:preferred_role"].contains(&name.as_str())));
    }
});

site_test!(a_refresh_sees_the_groups_of_its_moment, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site
        .client(
            &pool,
            json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 } }),
        )
        .await;
    site.user(&pool, "jane").await;
    for (name, role_name) in [("a", "a"), ("b", "b")] {
        site.group(&pool, name, json!({ "RoleArn": role(role_name), "Precedence": 3 })).await;
    }
    let mut tokens = site.sign_in(&client, "jane").await;
    for (operation, group, groups, preferred) in [
        ("AdminAddUserToGroup", "a", json!(["a"]), Some(role("a"))),
        // Two of equal rank that disagree: neither role is preferred.
        ("AdminAddUserToGroup", "b", json!(["a", "b"]), None),
        ("AdminRemoveUserFromGroup", "a", json!(["b"]), Some(role("b"))),
        ("AdminRemoveUserFromGroup", "b", Value::Null, None),
    ] {
        site.ok(operation, member(&pool, "jane", group)).await;
        let input = json!({ "ClientId": client, "RefreshToken": tokens.refresh });
        tokens = Tokens::of(&site.ok("GetTokensFromRefreshToken", input).await);
        let id = tokens.id_claims();
        assert_eq!(id.get("cognito:groups").cloned().unwrap_or_default(), groups, "{operation} {group}");
        assert_eq!(id.get("cognito:preferred_role").and_then(Value::as_str), preferred.as_deref(), "{operation} {group}");
    }
});
