//! Lists: whole, in pages, filtered; and page tokens that serve their own list only.

use super::harness::{Site, attributes, merged, site_test};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Every page of a list, as the `key` of each item.
async fn pages(site: &Site, operation: &'static str, input: Value, names: (&str, &str, &str)) -> Vec<Vec<String>> {
    let (items, token, key) = names;
    let (mut pages, mut next) = (Vec::new(), Value::Null);
    loop {
        let answer = site.ok(operation, merged(input.clone(), json!({ token: next }))).await;
        pages.push(answer[items].as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()).collect());
        next = answer.get(token).cloned().unwrap_or_default();
        if next.is_null() {
            return pages;
        }
        assert!(pages.len() < 50, "the pages have no end");
    }
}

#[track_caller]
fn are_all(pages: &[Vec<String>], sizes: &[usize], all: &BTreeSet<String>) {
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
    let seen: Vec<_> = pages.iter().flatten().cloned().collect();
    assert_eq!((&seen.iter().cloned().collect::<BTreeSet<_>>(), seen.len()), (all, all.len()));
}

site_test!(pools_and_clients_come_in_pages, |site: Site| async move {
    let mut pools = BTreeSet::new();
    for _ in 0..5 {
        pools.insert(site.pool(json!({})).await);
    }
    let pool = pools.first().unwrap().clone();
    let mut clients = BTreeSet::new();
    for _ in 0..4 {
        clients.insert(site.client(&pool, json!({})).await);
    }
    let names = ("UserPools", "NextToken", "Id");
    are_all(&pages(&site, "ListUserPools", json!({ "MaxResults": 2 }), names).await, &[2, 2, 1], &pools);
    are_all(&pages(&site, "ListUserPools", json!({ "MaxResults": 5 }), names).await, &[5], &pools);
    let names = ("UserPoolClients", "NextToken", "ClientId");
    let of = json!({ "UserPoolId": pool });
    are_all(&pages(&site, "ListUserPoolClients", of.clone(), names).await, &[4], &clients);
    are_all(&pages(&site, "ListUserPoolClients", merged(of, json!({ "MaxResults": 3 })), names).await, &[3, 1], &clients);
    let answer = site.ok("ListUserPools", json!({ "MaxResults": 1 })).await;
    assert_eq!(answer["UserPools"][0]["LambdaConfig"], json!({}));
});

site_test!(users_come_in_pages_and_by_filter, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let mut all = BTreeSet::new();
    for (n, name) in ["Anna", "anne", "Bert", "carl", "dora_x", "dora%x"].iter().enumerate() {
        site.advance(i64::try_from(n % 2).unwrap());
        site.user_with(
            &pool,
            name,
            attributes(&[("email", &format!("{name}@Example.com").replace('%', "")), ("name", name), ("family_name", "O\"Neil")]),
        )
        .await;
        all.insert((*name).to_owned());
    }
    site.sign_up(&client, "new", "new@other.example").await;
    all.insert("new".into());
    site.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "carl" })).await;
    let of = |more: Value| merged(json!({ "UserPoolId": pool }), more);
    let names = ("Users", "PaginationToken", "Username");
    are_all(&pages(&site, "ListUsers", of(json!({})), names).await, &[7], &all);
    are_all(&pages(&site, "ListUsers", of(json!({ "Limit": 3 })), names).await, &[3, 3, 1], &all);
    for (filter, expected) in [
        ("", vec!["Anna", "Bert", "anne", "carl", "dora%x", "dora_x", "new"]),
        ("username = \"Anna\"", vec!["Anna"]),
        ("username = \"anna\"", vec![]),
        ("username ^= \"dora_\"", vec!["dora_x"]),
        ("username ^= \"dora%\"", vec!["dora%x"]),
        ("username^=\"\"", vec!["Anna", "Bert", "anne", "carl", "dora%x", "dora_x", "new"]),
        ("email = \"ANNA@example.COM\"", vec!["Anna"]),
        ("email ^= \"ann\"", vec!["Anna", "anne"]),
        ("name ^= \"AN\"", vec!["Anna", "anne"]),
        ("family_name = \"O\\\"Neil\"", vec!["Anna", "Bert", "anne", "carl", "dora%x", "dora_x"]),
        ("cognito:user_status = \"unconfirmed\"", vec!["new"]),
        ("status = \"Disabled\"", vec!["carl"]),
        ("status = \"Enabled\"", vec!["Anna", "Bert", "anne", "dora%x", "dora_x", "new"]),
        ("status = \"disabled\"", vec![]),
        ("phone_number ^= \"+1\"", vec![]),
    ] {
        for limit in [60, 1] {
            let found = pages(&site, "ListUsers", of(json!({ "Filter": filter, "Limit": limit })), names).await;
            let mut found: Vec<_> = found.into_iter().flatten().collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{filter} by {limit}");
        }
    }
    for (filter, message) in [
        ("email", "Error while parsing filter."),
        ("email = x", "Error while parsing filter."),
        ("email > \"x\"", "Error while parsing filter."),
        ("custom:tier = \"x\"", "Filtering by custom:tier is not supported."),
        ("birthdate = \"x\"", "Filtering by birthdate is not supported."),
        ("sub ^= \"x\"", "sub can only be filtered by =."),
    ] {
        site.refused("ListUsers", of(json!({ "Filter": filter })), "InvalidParameterException", message).await;
    }
});

site_test!(a_list_shows_what_is_asked_for, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let sub = site.user(&pool, "jane").await;
    let answer = site.ok("ListUsers", json!({ "UserPoolId": pool, "AttributesToGet": ["email"] })).await;
    let jane = &answer["Users"][0];
    assert_eq!(jane["Attributes"], json!([{ "Name": "email", "Value": "jane@example.com" }]));
    assert_eq!((&jane["UserStatus"], &jane["Enabled"]), (&json!("CONFIRMED"), &json!(true)));
    let by_sub = site.ok("ListUsers", json!({ "UserPoolId": pool, "Filter": format!("sub = \"{sub}\"") })).await;
    assert_eq!(by_sub["Users"].as_array().map(Vec::len), Some(1));
    let unknown = json!({ "UserPoolId": pool, "AttributesToGet": ["shoe_size"] });
    site.refused("ListUsers", unknown, "InvalidParameterException", "shoe_size is not a valid attribute of the user pool.").await;
});

site_test!(a_page_token_belongs_to_its_list, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    site.client(&pool, json!({})).await;
    for name in ["anna", "anne", "bert"] {
        site.user(&pool, name).await;
    }
    let invalid = ("InvalidParameterException", "Invalid pagination token given.");
    let pools = site.ok("ListUserPools", json!({ "MaxResults": 1 })).await["NextToken"].clone();
    let clients = site.ok("ListUserPoolClients", json!({ "UserPoolId": pool, "MaxResults": 1 })).await["NextToken"].clone();
    let filtered = json!({ "UserPoolId": pool, "Limit": 1, "Filter": "username ^= \"ann\"" });
    let users = site.ok("ListUsers", filtered.clone()).await["PaginationToken"].clone();
    for token in [&clients, &users, &json!("garbage")] {
        site.refused("ListUserPools", json!({ "MaxResults": 1, "NextToken": token }), invalid.0, invalid.1).await;
    }
    for (in_pool, token) in [(&pool, &pools), (&other, &clients), (&pool, &users)] {
        let input = json!({ "UserPoolId": in_pool, "MaxResults": 1, "NextToken": token });
        site.refused("ListUserPoolClients", input, invalid.0, invalid.1).await;
    }
    for (in_pool, filter) in [(&pool, "username ^= \"an\""), (&pool, ""), (&other, "username ^= \"ann\"")] {
        let input = json!({ "UserPoolId": in_pool, "Limit": 1, "Filter": filter, "PaginationToken": users });
        site.refused("ListUsers", input, invalid.0, invalid.1).await;
    }
    let next = site.ok("ListUsers", merged(filtered, json!({ "PaginationToken": users }))).await;
    assert_eq!((next["Users"][0]["Username"].as_str(), next.get("PaginationToken")), (Some("anne"), None));
});
