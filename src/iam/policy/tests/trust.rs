//! Who a trust policy trusts.

use super::{Kind, ME, context, named, policy};
use crate::iam::policy::evaluate::{Request, granted};
use crate::iam::policy::principal::{Naming, Requester};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::123456789012:role/Guest";

fn trusts(principal: Value, action: &str, condition: Value, requester: Requester<'_>, values: Value) -> Option<Naming> {
    let document = policy(json!([{ "Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition }]));
    let trust = named(&document, Kind::Trust);
    let asked = if requester.federated.is_some() { "sts:AssumeRoleWithWebIdentity" } else { "sts:AssumeRole" };
    granted(&trust.policy, &Request::new(asked, ROLE, &context(&values), requester))
}

#[test]
fn callers_of_the_account() {
    let trusts = |principal: Value| trusts(principal, "sts:AssumeRole", json!({}), ME, json!({}));
    assert_eq!(trusts(json!("*")), Some(Naming::Exactly));
    assert_eq!(trusts(json!({ "AWS": "*" })), Some(Naming::Exactly));
    assert_eq!(trusts(json!({ "AWS": "123456789012" })), Some(Naming::Account));
    assert_eq!(trusts(json!({ "AWS": "arn:aws:iam::123456789012:root" })), Some(Naming::Account));
    assert_eq!(trusts(json!({ "AWS": "arn:aws:iam::999999999999:root" })), None);
    assert_eq!(trusts(json!({ "AWS": "arn:aws:iam::123456789012:role/App" })), Some(Naming::Role));
    assert_eq!(trusts(json!({ "AWS": "AROAEXAMPLE" })), Some(Naming::Role));
    assert_eq!(trusts(json!({ "AWS": ["arn:aws:iam::123456789012:user/x", ME.arn] })), Some(Naming::Exactly));
    assert_eq!(trusts(json!({ "AWS": "arn:aws:iam::123456789012:role/app" })), None);
    assert_eq!(trusts(json!({ "Federated": "cognito-identity.amazonaws.com" })), None);
    assert_eq!(trusts(json!({ "Service": "lambda.amazonaws.com" })), None);
}

#[test]
fn identities_of_a_pool() {
    let cognito = Requester { federated: Some("cognito-identity.amazonaws.com"), ..Requester::default() };
    let aud = "cognito-identity.amazonaws.com:aud";
    let amr = "cognito-identity.amazonaws.com:amr";
    let condition = json!({ "StringEquals": { aud: "us-east-1:pool" }, "ForAnyValue:StringLike": { amr: "authenticated" } });
    let ask = |requester, values: Value| {
        trusts(
            json!({ "Federated": "cognito-identity.amazonaws.com" }),
            "sts:AssumeRoleWithWebIdentity",
            condition.clone(),
            requester,
            values,
        )
    };
    assert!(ask(cognito, json!({ aud: "us-east-1:pool", amr: ["authenticated", "x"] })).is_some());
    assert!(ask(cognito, json!({ aud: "us-east-1:other", amr: ["authenticated"] })).is_none());
    assert!(ask(cognito, json!({ aud: "us-east-1:pool", amr: ["unauthenticated"] })).is_none());
    assert!(ask(cognito, json!({ aud: "us-east-1:pool" })).is_none());
    let google = Requester { federated: Some("accounts.google.com"), ..Requester::default() };
    assert!(ask(google, json!({ aud: "us-east-1:pool", amr: ["authenticated"] })).is_none());
    // Somebody whom a provider vouches for belongs to no account.
    for principal in [json!({ "AWS": "123456789012" }), json!({ "AWS": "arn:aws:iam::123456789012:root" })] {
        let whoever = Requester { account: "123456789012", ..cognito };
        assert!(trusts(principal, "sts:*", json!({}), whoever, json!({})).is_none());
    }
}

#[test]
fn a_denial_ends_trust() {
    let document = policy(json!([
        { "Effect": "Allow", "Principal": "*", "Action": "sts:*" },
        { "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": { "Null": { "sts:ExternalId": "true" } } },
    ]));
    let trust = named(&document, Kind::Trust);
    let ask = |values: Value| granted(&trust.policy, &Request::new("sts:AssumeRole", ROLE, &context(&values), ME)).is_some();
    assert!(!ask(json!({})) && ask(json!({ "sts:ExternalId": "42" })));
}
