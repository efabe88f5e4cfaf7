//! Records of a pool in other regions.

use super::harness::{Site, merged, site_test};
use serde_json::{Value, json};

fn of(pool: &str, region: &str) -> Value {
    json!({ "UserPoolId": pool, "RegionName": region })
}

fn shown(pool: &str, region: &str, status: &str, role: &str) -> Value {
    let arn = format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{pool}");
    json!({ "RegionName": region, "Status": status, "Role": role, "UserPoolArn": arn })
}

site_test!(a_replica_is_made_activated_and_deleted, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let status = |status: &str| shown(&pool, "eu-west-1", status, "SECONDARY");
    let set = |status: &str| merged(of(&pool, "eu-west-1"), json!({ "Status": status }));
    let made = site.ok("CreateUserPoolReplica", merged(of(&pool, "eu-west-1"), json!({ "UserPoolTags": { "a": "b" } }))).await;
    assert_eq!(made["UserPoolReplica"], status("INACTIVE"));
    assert_eq!(site.ok("UpdateUserPoolReplica", set("ACTIVE")).await["UserPoolReplica"], status("ACTIVE"));
    let listed = site.ok("ListUserPoolReplicas", json!({ "UserPoolId": pool })).await;
    assert_eq!(listed, json!({ "UserPoolReplicas": [shown(&pool, "us-east-1", "ACTIVE", "PRIMARY"), status("ACTIVE")] }));
    let message = "The replica can not be deleted while it is ACTIVE. Make it INACTIVE first.";
    site.refused("DeleteUserPoolReplica", of(&pool, "eu-west-1"), "InvalidParameterException", message).await;
    site.ok("UpdateUserPoolReplica", set("INACTIVE")).await;
    assert_eq!(site.ok("DeleteUserPoolReplica", of(&pool, "eu-west-1")).await["UserPoolReplica"], status("DELETING"));
    let message = "The user pool has no replica in eu-west-1.";
    site.refused("DeleteUserPoolReplica", of(&pool, "eu-west-1"), "ResourceNotFoundException", message).await;
    site.refused("UpdateUserPoolReplica", set("ACTIVE"), "ResourceNotFoundException", message).await;
});

site_test!(regions_that_can_hold_no_replica_are_refused, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.ok("CreateUserPoolReplica", of(&pool, "eu-west-1")).await;
    for (region, message) in [
        ("us-east-1", "us-east-1 is the primary region of this user pool."),
        ("Frankfurt", "Frankfurt is not the name of a region."),
        ("eu-west-1", "The user pool has a replica in eu-west-1 already."),
    ] {
        site.refused("CreateUserPoolReplica", of(&pool, region), "InvalidParameterException", message).await;
    }
    let message = "us-east-1 is the primary region of this user pool.";
    site.refused("DeleteUserPoolReplica", of(&pool, "us-east-1"), "InvalidParameterException", message).await;
    let tagged = merged(of(&pool, "eu-west-2"), json!({ "UserPoolTags": { "aws:x": "" } }));
    let message = "The tag key aws:x begins with aws:, which is reserved.";
    site.refused("CreateUserPoolReplica", tagged, "UserPoolTaggingException", message).await;
    let lite = site.pool(json!({ "UserPoolTier": "LITE" })).await;
    let message = "The user pool tier LITE does not include replicas.";
    site.refused("CreateUserPoolReplica", of(&lite, "eu-west-1"), "FeatureUnavailableInTierException", message).await;
    site.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!(site.count("pool_replicas").await, 0);
});

site_test!(replicas_come_in_pages, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    let regions: Vec<String> = ["ap-east", "eu-west"].iter().flat_map(|p| (0..10).map(move |n| format!("{p}-{n}"))).collect();
    for region in regions.iter().rev() {
        site.ok("CreateUserPoolReplica", of(&pool, region)).await;
    }
    let message = "A user pool can have at most 20 replicas.";
    site.refused("CreateUserPoolReplica", of(&pool, "sa-east-1"), "LimitExceededException", message).await;
    let mut seen = Vec::new();
    let mut input = json!({ "UserPoolId": pool });
    loop {
        let page = site.ok("ListUserPoolReplicas", input.clone()).await;
        seen.extend(page["UserPoolReplicas"].as_array().unwrap().iter().map(|r| r["RegionName"].as_str().unwrap().to_owned()));
        let Some(token) = page.get("NextToken") else { break };
        input["NextToken"] = token.clone();
    }
    assert_eq!((seen[0].as_str(), &seen[1..]), ("us-east-1", regions.as_slice()));
    let elsewhere = json!({ "UserPoolId": other, "NextToken": input["NextToken"] });
    site.refused("ListUserPoolReplicas", elsewhere, "InvalidParameterException", "Invalid pagination token given.").await;
});
