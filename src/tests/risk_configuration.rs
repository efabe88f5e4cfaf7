//! What a pool or a client does about risks: set, inherited, reset, and held to what can be done.

use super::harness::{Site, merged, site_test};
use crate::api::Cx;
use crate::risk::{self, Context};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:ses:us-east-1:000000000000:identity/example.com";

async fn watched(site: &Site, mode: &str) -> (String, String) {
    let pool = site.pool(json!({ "UserPoolTier": "PLUS", "UserPoolAddOns": { "AdvancedSecurityMode": mode } })).await;
    let client = site.client(&pool, json!({})).await;
    (pool, client)
}

fn blocking(ranges: &[&str]) -> Value {
    json!({ "RiskExceptionConfiguration": { "BlockedIPRangeList": ranges } })
}

fn whole() -> Value {
    let email = json!({ "Subject": "Sign-in attempt", "HtmlBody": "<b>{username}</b>", "TextBody": "{username}" });
    json!({
        "CompromisedCredentialsRiskConfiguration": { "EventFilter": ["SIGN_IN"], "Actions": { "EventAction": "BLOCK" } },
        "AccountTakeoverRiskConfiguration": {
            "NotifyConfiguration": { "From": "Us <us@example.com>", "ReplyTo": "us@example.com", "SourceArn": ARN,
                "BlockEmail": email, "NoActionEmail": email, "MfaEmail": email },
            "Actions": {
                "LowAction": { "Notify": false, "EventAction": "NO_ACTION" },
                "MediumAction": { "Notify": true, "EventAction": "MFA_IF_CONFIGURED" },
                "HighAction": { "Notify": true, "EventAction": "BLOCK" },
            },
        },
        "RiskExceptionConfiguration": { "BlockedIPRangeList": ["192.0.2.0/24", "2001:db8::/32"], "SkippedIPRangeList": ["198.51.100.7/32"] },
    })
}

site_test!(a_configuration_is_returned_as_it_was_set, |site: Site| async move {
    let (pool, client) = watched(&site, "AUDIT").await;
    let of_pool = json!({ "UserPoolId": pool });
    let unset = site.ok("DescribeRiskConfiguration", of_pool.clone()).await;
    assert_eq!(unset, json!({ "RiskConfiguration": { "UserPoolId": pool } }));
    let set = site.ok("SetRiskConfiguration", merged(of_pool.clone(), whole())).await;
    let expected = merged(merged(of_pool.clone(), whole()), json!({ "LastModifiedDate": site.now() as f64 / 1_000.0 }));
    assert_eq!(set["RiskConfiguration"], expected);
    assert_eq!(site.ok("DescribeRiskConfiguration", of_pool.clone()).await, set);
    // A client that has none of its own is under the pool's, and one that has is under nothing else.
    let of_client = json!({ "UserPoolId": pool, "ClientId": client });
    assert_eq!(site.ok("DescribeRiskConfiguration", of_client.clone()).await, set);
    let compromised = json!({ "CompromisedCredentialsRiskConfiguration": { "Actions": { "EventAction": "NO_ACTION" } } });
    site.advance(1_000);
    let own = site.ok("SetRiskConfiguration", merged(of_client.clone(), compromised)).await["RiskConfiguration"].clone();
    let every = json!(["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]);
    assert_eq!((&own["ClientId"], &own["CompromisedCredentialsRiskConfiguration"]["EventFilter"]), (&json!(client), &every));
    assert_eq!((own.get("AccountTakeoverRiskConfiguration"), own.get("RiskExceptionConfiguration")), (None, None));
    assert_eq!(site.ok("DescribeRiskConfiguration", of_pool.clone()).await, set);
    // Saying nothing goes back, for the client and then for the pool.
    assert_eq!(site.ok("SetRiskConfiguration", of_client.clone()).await, set);
    site.ok("SetRiskConfiguration", of_pool.clone()).await;
    assert_eq!(site.ok("DescribeRiskConfiguration", of_client.clone()).await, unset);
    assert_eq!(site.count("risk_configurations").await, 0);
    // A client takes its own with it.
    site.ok("SetRiskConfiguration", merged(of_client.clone(), blocking(&["192.0.2.0/24"]))).await;
    site.ok("DeleteUserPoolClient", of_client).await;
    assert_eq!(site.count("risk_configurations").await, 0);
});

site_test!(what_could_never_be_done_is_refused, |site: Site| async move {
    let (pool, _) = watched(&site, "ENFORCED").await;
    let (_, stranger) = watched(&site, "ENFORCED").await;
    let set = |settings: Value| merged(json!({ "UserPoolId": pool }), settings);
    let takeover = |notify: Value, action: Value| {
        let mut configuration = json!({ "Actions": { "LowAction": action } });
        if !notify.is_null() {
            configuration["NotifyConfiguration"] = notify;
        }
        json!({ "AccountTakeoverRiskConfiguration": configuration })
    };
    let notifies = json!({ "Notify": true, "EventAction": "BLOCK" });
    let cases = [
        (blocking(&["192.0.2.1"]), "The IP range 192.0.2.1 is not in CIDR notation."),
        (blocking(&["192.0.2.0/33"]), "The IP range 192.0.2.0/33 is not in CIDR notation."),
        (takeover(Value::Null, notifies.clone()), "NotifyConfiguration is required for an action that notifies the user."),
        (
            takeover(json!({ "SourceArn": "arn:aws:sns:us-east-1:000000000000:topic" }), notifies.clone()),
            "SourceArn is not the ARN of an Amazon SES identity.",
        ),
        (takeover(json!({ "SourceArn": ARN, "From": "nobody" }), notifies.clone()), "nobody is not an email address."),
        (
            takeover(json!({ "SourceArn": ARN, "BlockEmail": { "Subject": "s" } }), notifies.clone()),
            "BlockEmail needs an HtmlBody or a TextBody.",
        ),
    ];
    for (settings, message) in cases {
        site.refused("SetRiskConfiguration", set(settings), "InvalidParameterException", message).await;
    }
    let message = format!("User pool client {stranger} does not exist.");
    for operation in ["SetRiskConfiguration", "DescribeRiskConfiguration"] {
        site.refused(operation, set(json!({ "ClientId": stranger })), "ResourceNotFoundException", &message).await;
    }
    site.ok("SetRiskConfiguration", set(takeover(Value::Null, json!({ "Notify": false, "EventAction": "BLOCK" })))).await;
});

site_test!(a_pool_that_is_not_watched_has_no_configuration, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let message = "User pool add-ons are not enabled for this user pool.";
    for operation in ["SetRiskConfiguration", "DescribeRiskConfiguration"] {
        for input in [json!({ "UserPoolId": pool }), json!({ "UserPoolId": pool, "ClientId": client })] {
            site.refused(operation, input, "UserPoolAddOnNotEnabledException", message).await;
        }
    }
});

site_test!(a_blocked_address_is_known_at_once, |site: Site| async move {
    let mut cx = Cx::new(site.app.clone(), "203.0.113.7".parse().unwrap());
    for (mode, enforced) in [("ENFORCED", true), ("AUDIT", false)] {
        let (pool_id, client_id) = watched(&site, mode).await;
        let client = crate::clients::load(&mut cx, &client_id).await.unwrap();
        let pool = crate::pools::load(&mut cx, &pool_id).await.unwrap();
        let context = Context::of_request(&cx);
        assert!(!risk::is_blocked(&mut cx, &pool, &client, &context).await.unwrap());
        let block = merged(json!({ "UserPoolId": pool_id }), blocking(&["203.0.113.0/24"]));
        site.ok("SetRiskConfiguration", block).await;
        assert_eq!(risk::is_blocked(&mut cx, &pool, &client, &context).await.unwrap(), enforced);
        // The client's own list, which does not name the address, stands in place of the pool's.
        let own = merged(json!({ "UserPoolId": pool_id, "ClientId": client_id }), blocking(&["192.0.2.0/24"]));
        site.ok("SetRiskConfiguration", own).await;
        assert!(!risk::is_blocked(&mut cx, &pool, &client, &context).await.unwrap());
    }
});
