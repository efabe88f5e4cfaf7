//! Actions and resources.

use super::{by_identity, context, policy};
use crate::iam::policy::Effect::{Allowed, ExplicitDeny, ImplicitDeny};
use serde_json::{Value, json};

fn allows(statement: Value, action: &str, resource: &str, values: &Value) -> bool {
    by_identity(&policy(json!([statement])), action, resource, &context(values)) == Allowed
}

#[test]
fn actions() {
    for (pattern, action, expected) in [
        ("*", "s3:GetObject", true),
        ("s3:*", "s3:GetObject", true),
        ("s3:*", "s3x:GetObject", false),
        ("S3:getobject", "s3:GetObject", true),
        ("s3:Get*", "s3:GetObject", true),
        ("s3:Get*", "s3:PutObject", false),
        ("s3:*Object", "s3:GetObject", true),
        ("s3:?etObject", "s3:GetObject", true),
        ("s3:?etObject", "s3:etObject", false),
        ("s3:G*t*ct", "s3:GetObject", true),
        ("s3:GetObject", "s3:GetObjectAcl", false),
        ("cognito-idp:Admin*User", "cognito-idp:AdminGetUser", true),
        ("cognito-idp:Admin*User", "cognito-idp:AdminListGroupsForUser", true),
        ("cognito-idp:Admin*User", "cognito-idp:ListUsers", false),
    ] {
        assert_eq!(
            allows(json!({ "Effect": "Allow", "Action": pattern, "Resource": "*" }), action, "x", &json!({})),
            expected,
            "{pattern}"
        );
        let all_but = json!({ "Effect": "Allow", "NotAction": pattern, "Resource": "*" });
        assert_eq!(allows(all_but, action, "x", &json!({})), !expected, "not {pattern}");
    }
    let several = json!({ "Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*" });
    assert!(!allows(several.clone(), "sts:AssumeRole", "x", &json!({})) && allows(several, "s3:GetObject", "x", &json!({})));
}

#[test]
fn resources() {
    for (pattern, resource, expected) in [
        ("*", "anything", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/c", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
        ("arn:aws:s3:::b*", "arn:aws:s3:::bucket/x", true),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", false),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/:", true),
        ("arn:aws:s3:::b/a*z", "arn:aws:s3:::b/a:/z", true),
        ("arn:aws:sqs:*:*:q", "arn:aws:sqs:us-east-1:1:q", true),
        ("arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-1:1:q", true),
        ("arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-a:b-1:1:q", false),
        ("arn:aws:sqs:us-?ast-1:1:q", "arn:aws:sqs:us-:ast-1:1:q", false),
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:us-east-1:2:q", false),
        ("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:2:q", true),
        ("arn:aws:sqs", "arn:aws:sqs:us-east-1:2:q", true),
        ("arn:aws:sqs", "arn:aws:sns:us-east-1:2:q", false),
        ("arn:*:*:*:*:*", "arn:aws:sns:us-east-1:2:q", true),
        ("arn:aws:logs:*:*:log-group:*:log-stream:x", "arn:aws:logs:r:1:log-group:g:log-stream:x", true),
        ("arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A", "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A", true),
        ("arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A", "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_B", false),
        ("arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A", "*", false),
    ] {
        assert_eq!(
            allows(json!({ "Effect": "Allow", "Action": "*", "Resource": pattern }), "a:B", resource, &json!({})),
            expected,
            "{pattern} {resource}"
        );
        let all_but = json!({ "Effect": "Allow", "Action": "*", "NotResource": pattern });
        assert_eq!(allows(all_but, "a:B", resource, &json!({})), !expected, "not {pattern} {resource}");
    }
}

#[test]
fn variables_in_resources() {
    let sub = json!({ "cognito-identity.amazonaws.com:sub": "us-east-1:1-2" });
    for (pattern, values, resource, expected) in [
        ("arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*", &sub, "arn:aws:s3:::b/us-east-1:1-2/x", true),
        ("arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*", &sub, "arn:aws:s3:::b/us-east-1:1-3/x", false),
        ("arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*", &json!({}), "arn:aws:s3:::b//x", false),
        ("arn:aws:s3:::b/${aws:username, 'nobody'}", &json!({}), "arn:aws:s3:::b/nobody", true),
        ("arn:aws:s3:::b/${aws:PrincipalTag/Dept}/*", &json!({ "aws:PrincipalTag/dept": "it" }), "arn:aws:s3:::b/it/x", true),
        ("arn:aws:s3:::b/${aws:PrincipalTag/Dept}", &json!({ "aws:PrincipalTag/dept": "*" }), "arn:aws:s3:::b/it", false),
        ("arn:aws:s3:::b/${aws:username}", &json!({ "aws:username": "a/../b" }), "arn:aws:s3:::b/a/../b", true),
        ("arn:aws:s3:::b/${*}", &json!({}), "arn:aws:s3:::b/*", true),
        ("arn:aws:s3:::b/${*}", &json!({}), "arn:aws:s3:::b/x", false),
    ] {
        assert_eq!(
            allows(json!({ "Effect": "Allow", "Action": "*", "Resource": pattern }), "a:B", resource, values),
            expected,
            "{pattern}"
        );
    }
    // What is excepted is not known: nothing is allowed, everything denied.
    let statement = |effect: &str| json!({ "Effect": effect, "Action": "*", "NotResource": "arn:aws:s3:::b/${aws:username}" });
    assert!(!allows(statement("Allow"), "a:B", "arn:aws:s3:::c", &json!({})));
    let denied = policy(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }, statement("Deny")]));
    assert_eq!(by_identity(&denied, "a:B", "arn:aws:s3:::c", &context(&json!({}))), ExplicitDeny);
}

#[test]
fn the_old_version_knows_no_variables() {
    for version in [json!("2008-10-17"), Value::Null] {
        let mut document =
            json!({ "Version": version, "Statement": { "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}" } });
        if document["Version"].is_null() {
            document.as_object_mut().unwrap().remove("Version");
        }
        let who = context(&json!({ "aws:username": "jane" }));
        assert_eq!(by_identity(&document, "a:B", "arn:aws:s3:::b/jane", &who), ImplicitDeny);
        assert_eq!(by_identity(&document, "a:B", "arn:aws:s3:::b/${aws:username}", &who), Allowed);
    }
}

#[test]
fn stars_that_could_try_everything_end_soon() {
    let resource = format!("arn:aws:s3:::{}", "a".repeat(2_000));
    let pattern = format!("arn:aws:s3:::{}b", "a*".repeat(500));
    assert!(!allows(json!({ "Effect": "Allow", "Action": "*", "Resource": pattern }), "a:B", &resource, &json!({})));
    let fields = format!("arn:aws:*a*a*a*a*:{}*:x:y", "*a".repeat(200));
    let _ =
        super::super::read(&policy(json!([{ "Effect": "Allow", "Action": "*", "Resource": fields }])).to_string(), super::Kind::Identity);
}
