//! Where a pool's logs go: kept as given, and held to what the pool's plan has.

use super::harness::{Site, site_test};
use serde_json::{Value, json};

const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:pool";
const STREAM: &str = "arn:aws:firehose:us-east-1:000000000000:deliverystream/pool";

fn notifications(destination: Value) -> Value {
    super::harness::merged(json!({ "LogLevel": "ERROR", "EventSource": "userNotification" }), destination)
}

fn events(destination: Value) -> Value {
    super::harness::merged(json!({ "LogLevel": "INFO", "EventSource": "userAuthEvents" }), destination)
}

fn group() -> Value {
    json!({ "CloudWatchLogsConfiguration": { "LogGroupArn": GROUP } })
}

site_test!(destinations_are_kept_and_replaced, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.watch(&pool).await;
    let configured = |list: Value| json!({ "LogDeliveryConfiguration": { "UserPoolId": pool, "LogConfigurations": list } });
    assert_eq!(site.ok("GetLogDeliveryConfiguration", json!({ "UserPoolId": pool })).await, configured(json!([])));
    for list in [
        json!([notifications(group()), events(json!({ "FirehoseConfiguration": { "StreamArn": STREAM } }))]),
        json!([events(json!({ "S3Configuration": { "BucketArn": "arn:aws:s3:::bucket" } }))]),
        json!([events(group())]),
        json!([]),
    ] {
        let set = site.ok("SetLogDeliveryConfiguration", json!({ "UserPoolId": pool, "LogConfigurations": list })).await;
        assert_eq!(set, configured(list));
        assert_eq!(site.ok("GetLogDeliveryConfiguration", json!({ "UserPoolId": pool })).await, set);
    }
});

site_test!(what_can_not_be_delivered_is_refused, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.watch(&pool).await;
    let stream = json!({ "FirehoseConfiguration": { "StreamArn": STREAM } });
    let mut two = group();
    two["FirehoseConfiguration"] = stream["FirehoseConfiguration"].clone();
    let mut loud = notifications(group());
    loud["LogLevel"] = "INFO".into();
    let mut quiet = events(group());
    quiet["LogLevel"] = "ERROR".into();
    for (list, message) in [
        (
            json!([notifications(group()), notifications(group())]),
            "Request validation Failed. Following event sources appear more then once in a request: [userNotification].",
        ),
        (
            json!([notifications(json!({}))]),
            "Request validation Failed. Following event sources in request have no destination: [userNotification].",
        ),
        (json!([events(two)]), "A log configuration has exactly one destination."),
        (json!([notifications(stream)]), "userNotification logs can be sent to CloudWatchLogsConfiguration only."),
        (json!([loud]), "The LogLevel of userNotification must be ERROR."),
        (json!([quiet]), "The LogLevel of userAuthEvents must be INFO."),
        (json!([events(json!({ "CloudWatchLogsConfiguration": {} }))]), "LogGroupArn is not the ARN of a destination for logs."),
        (
            json!([events(json!({ "FirehoseConfiguration": { "StreamArn": GROUP } }))]),
            "StreamArn is not the ARN of a destination for logs.",
        ),
    ] {
        let input = json!({ "UserPoolId": pool, "LogConfigurations": list });
        site.refused("SetLogDeliveryConfiguration", input, "InvalidParameterException", message).await;
    }
});

site_test!(event_logs_need_the_plan_and_the_watch, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let input = |pool: &str| json!({ "UserPoolId": pool, "LogConfigurations": [events(group())] });
    let message = "userAuthEvents logs need the feature plan Plus.";
    site.refused("SetLogDeliveryConfiguration", input(&pool), "FeatureUnavailableInTierException", message).await;
    let plus = site.pool(json!({ "UserPoolTier": "PLUS" })).await;
    let message = "userAuthEvents logs need the AdvancedSecurityMode AUDIT or ENFORCED.";
    site.refused("SetLogDeliveryConfiguration", input(&plus), "InvalidParameterException", message).await;
    site.ok("SetLogDeliveryConfiguration", json!({ "UserPoolId": pool, "LogConfigurations": [notifications(group())] })).await;
});
