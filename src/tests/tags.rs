//! Tags of pools: one store, two ways to it.

use super::harness::{Site, merged, site_test};
use serde_json::{Map, Value, json};

fn arn(pool: &str) -> String {
    format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}")
}

fn many(n: usize) -> Value {
    (0..n).map(|n| (format!("key{n}"), Value::from(""))).collect::<Map<_, _>>().into()
}

async fn tags(site: &Site, pool: &str) -> Value {
    site.ok("ListTagsForResource", json!({ "ResourceArn": arn(pool) })).await["Tags"].clone()
}

site_test!(tags_are_added_listed_and_taken_away, |site: Site| async move {
    let pool = site.pool(json!({ "UserPoolTags": { "team": "a" } })).await;
    assert_eq!(tags(&site, &pool).await, json!({ "team": "a" }));
    site.ok("TagResource", json!({ "ResourceArn": arn(&pool), "Tags": { "team": "b", "Kostenstelle": "4/2" } })).await;
    let both = json!({ "team": "b", "Kostenstelle": "4/2" });
    assert_eq!(tags(&site, &pool).await, both);
    assert_eq!(site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"]["UserPoolTags"], both);
    site.ok("UntagResource", json!({ "ResourceArn": arn(&pool), "TagKeys": ["team", "nothing"] })).await;
    assert_eq!(tags(&site, &pool).await, json!({ "Kostenstelle": "4/2" }));
});

site_test!(tags_that_can_not_be_are_refused, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for (tags, message) in [
        (json!({ "aws:x": "1" }), "The tag key aws:x begins with aws:, which is reserved."),
        (json!({ "a<b": "1" }), "The tag a<b has characters other than letters, digits, spaces and _ . : / = + - @."),
        (many(51), "A user pool can have at most 50 tags."),
    ] {
        site.refused("TagResource", json!({ "ResourceArn": arn(&pool), "Tags": tags }), "InvalidParameterException", message).await;
        let create = json!({ "PoolName": "p", "UserPoolTags": tags });
        site.refused("CreateUserPool", create, "UserPoolTaggingException", message).await;
        let update = json!({ "UserPoolId": pool, "UserPoolTags": tags });
        site.refused("UpdateUserPool", update, "UserPoolTaggingException", message).await;
    }
    site.ok("TagResource", json!({ "ResourceArn": arn(&pool), "Tags": many(50) })).await;
    let one_more = json!({ "ResourceArn": arn(&pool), "Tags": { "more": "" } });
    site.refused("TagResource", one_more, "InvalidParameterException", "A user pool can have at most 50 tags.").await;
});

site_test!(another_accounts_or_regions_pool_is_not_there, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    for foreign in [
        format!("arn:aws:cognito-idp:us-east-1:111111111111:userpool/{pool}"),
        format!("arn:aws:cognito-idp:eu-west-1:000000000000:userpool/{pool}"),
        format!("arn:aws:cognito-idp:us-east-1:000000000000:identitypool/{pool}"),
    ] {
        let message = format!("Resource {foreign} does not exist.");
        for (operation, more) in [
            ("TagResource", json!({ "Tags": { "a": "b" } })),
            ("UntagResource", json!({ "TagKeys": ["a"] })),
            ("ListTagsForResource", json!({})),
        ] {
            let input = merged(json!({ "ResourceArn": foreign }), more);
            site.refused(operation, input, "ResourceNotFoundException", &message).await;
        }
    }
});
