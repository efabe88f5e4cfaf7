//! Documents that are none, and why.

use super::{Kind, read};
use serde_json::{Value, json};

fn refusal(document: &str, kind: Kind) -> String {
    read(document, kind).expect_err(document).0
}

fn statement(kind: Kind, statement: Value) -> String {
    refusal(&json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string(), kind)
}

#[test]
fn documents_that_are_none() {
    let cases: &[(&str, &str)] = &[
        ("", "This policy contains invalid Json"),
        ("[]", "Syntax errors in policy."),
        ("{}", "Syntax errors in policy: a Statement is missing."),
        (r#"{"Statement":[]}"#, "Syntax errors in policy: a Statement is missing."),
        (r#"{"Statement":{},"Statement":{}}"#, "This policy contains invalid Json: Statement is given twice"),
        (r#"{"Version":"2020-01-01","Statement":{}}"#, "Policy document must be version"),
        (r#"{"Version":2012,"Statement":{}}"#, "Policy document must be version"),
        (r#"{"Id":"x","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#, "Syntax errors in policy: Id is not expected here."),
        (r#"{"Statement":["x"]}"#, "Syntax errors in policy: a statement is not an object."),
        ("{\"Statement\":{\"Sid\":\"\u{100}\"}}", "The policy holds a character"),
        (&format!("{}{}", "[".repeat(100_000), "]".repeat(1_000)), "The policy is nested too deeply."),
        (&"x".repeat(200_000), "The policy is too long."),
    ];
    for (document, start) in cases {
        assert!(refusal(document, Kind::Identity).starts_with(start), "{document:.80}: {}", refusal(document, Kind::Identity));
    }
}

#[test]
fn statements_that_are_none() {
    let sound = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" });
    let with = |over: Value| {
        let mut statement = sound.clone();
        for (name, value) in over.as_object().cloned().unwrap_or_default() {
            if value.is_null() {
                statement.as_object_mut().unwrap().remove(&name);
            } else {
                statement[&name] = value;
            }
        }
        statement
    };
    for (over, start) in [
        (json!({ "Effect": "allow" }), "Syntax errors in policy: Effect"),
        (json!({ "Effect": null }), "Syntax errors in policy: Effect"),
        (json!({ "Action": null }), "Policy statement must contain actions."),
        (json!({ "Action": [] }), "Policy statement must contain actions."),
        (json!({ "Action": "GetObject" }), "Actions/Conditions must be prefaced by a vendor"),
        (json!({ "Action": "s*:GetObject" }), "Vendor s* is not valid"),
        (json!({ "Action": "s3:Get Object" }), "The action s3:Get Object is not valid."),
        (json!({ "Action": 5 }), "Syntax errors in policy: Action must be text."),
        (json!({ "NotAction": "s3:*" }), "Syntax errors in policy: Action and NotAction"),
        (json!({ "Resource": null }), "Policy statement must contain resources."),
        (json!({ "Resource": "bucket" }), "Resource bucket must be in ARN format"),
        (json!({ "Resource": "arn:aws:s*:::b" }), "Resource arn:aws:s*:::b has a wildcard in its service."),
        (json!({ "Resource": "arn:aws:s3:${aws:x}::b" }), "Resource arn:aws:s3:${aws:x}::b has a variable outside"),
        (json!({ "Resource": "arn:aws:s3:::b/${aws:x" }), "The variable in"),
        (json!({ "Resource": "arn:aws:s3:::b/${aws:x, y}" }), "The default of"),
        (json!({ "Resource": "arn:aws:s3:::b/${}" }), "${} is not a variable"),
        (json!({ "Principal": "*" }), "Policy document should not specify a principal."),
        (json!({ "Sid": "a b" }), "Statement IDs (SID) must be alpha-numeric."),
        (json!({ "Extra": "x" }), "Syntax errors in policy: Extra"),
        (json!({ "Condition": [] }), "Syntax errors in policy: Condition"),
        (json!({ "Condition": { "StringEqual": { "a:b": "c" } } }), "Invalid condition operator: StringEqual"),
        (json!({ "Condition": { "NullIfExists": { "a:b": "true" } } }), "Invalid condition operator: NullIfExists"),
        (json!({ "Condition": { "ForSome:StringEquals": { "a:b": "c" } } }), "Invalid condition operator"),
        (json!({ "Condition": { "StringEquals": { "ab": "c" } } }), "Invalid condition key: ab"),
        (json!({ "Condition": { "StringEquals": { "a:b": {} } } }), "Invalid value for condition key a:b"),
        (json!({ "Condition": { "StringEquals": { "a:b": null } } }), "Invalid value for condition key a:b"),
        (json!({ "Condition": { "NumericEquals": { "a:b": "NaN" } } }), "Invalid value for NumericEquals"),
        (json!({ "Condition": { "DateEquals": { "a:b": "soon" } } }), "Invalid value for DateEquals"),
        (json!({ "Condition": { "IpAddress": { "a:b": "300.1.1.1" } } }), "Invalid value for IpAddress"),
        (json!({ "Condition": { "BinaryEquals": { "a:b": "%" } } }), "Invalid value for BinaryEquals"),
        (json!({ "Condition": { "ArnLike": { "a:b": "x" } } }), "Invalid ARN in a condition"),
    ] {
        let found = statement(Kind::Identity, with(over.clone()));
        assert!(found.starts_with(start), "{over}: {found}");
    }
    assert!(statement(Kind::Session, with(json!({ "Resource": "arn:aws:s3" }))).contains("is not a complete ARN"));
    let twice = json!({ "Statement": [with(json!({ "Sid": "A" })), with(json!({ "Sid": "A" }))] }).to_string();
    assert_eq!(refusal(&twice, Kind::Identity), "Statement IDs (SID) in a single policy must be unique.");
}

#[test]
fn trust_policies_name_somebody_and_no_resource() {
    let with = |over: Value| {
        let mut statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole" });
        for (name, value) in over.as_object().cloned().unwrap_or_default() {
            statement[&name] = value;
        }
        statement
    };
    for (over, start) in [
        (json!({}), "Missing required field Principal"),
        (json!({ "Principal": "*", "Resource": "*" }), "Has prohibited field Resource"),
        (json!({ "NotPrincipal": "*" }), "Has prohibited field NotPrincipal"),
        (json!({ "Principal": {} }), "Invalid principal in policy"),
        (json!({ "Principal": "jane" }), "Invalid principal in policy"),
        (json!({ "Principal": { "AWS": "jane" } }), "Invalid principal in policy: \"AWS\":\"jane\""),
        (json!({ "Principal": { "AWS": "arn:aws:iam::123456789012:user/*" } }), "Invalid principal in policy"),
        (json!({ "Principal": { "AWS": "arn:aws:s3:::b" } }), "Invalid principal in policy"),
        (json!({ "Principal": { "Somebody": "x" } }), "Invalid principal in policy"),
    ] {
        let found = statement(Kind::Trust, with(over.clone()));
        assert!(found.starts_with(start), "{over}: {found}");
    }
    let sound = json!({ "Id": "x", "Statement": with(json!({ "Principal": { "Service": ["a.amazonaws.com", "b.amazonaws.com"] } })) });
    assert!(read(&sound.to_string(), Kind::Trust).is_ok());
}

#[test]
fn what_a_policy_asks_for() {
    let document = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}",
        "Condition": { "StringLike": { "s3:prefix": "${aws:PrincipalTag/a}/*" }, "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } } } });
    let keys = read(&document.to_string(), Kind::Identity).unwrap().context_keys();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["aws:PrincipalTag/a", "aws:SourceIp", "aws:username", "s3:prefix"]);
}
