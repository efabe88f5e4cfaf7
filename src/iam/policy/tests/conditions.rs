//! Operators, and what a key means that is missing or has several values.

use super::{by_identity, context, under};
use crate::iam::policy::Effect;
use serde_json::json;

/// Condition, context, whether it holds.
macro_rules! holds {
    ($($condition:tt, $context:tt => $expected:literal;)*) => {
        [$((json!($condition), json!($context), $expected)),*]
    };
}

fn check(cases: impl IntoIterator<Item = (serde_json::Value, serde_json::Value, bool)>) {
    for (condition, values, expected) in cases {
        let effect = by_identity(&under("Allow", &condition), "s3:GetObject", "arn:aws:s3:::b/k", &context(&values));
        assert_eq!(effect == Effect::Allowed, expected, "{condition} with {values}");
        // The same condition on a denial decides the same.
        let effect = by_identity(&under("Deny", &condition), "s3:GetObject", "arn:aws:s3:::b/k", &context(&values));
        assert_eq!(effect == Effect::ExplicitDeny, expected, "denied by {condition} with {values}");
    }
}

#[test]
fn texts() {
    check(holds! {
        {"StringEquals": {"k:a": "x"}}, {"k:a": "x"} => true;
        {"StringEquals": {"k:a": "x"}}, {"k:a": "X"} => false;
        {"StringEquals": {"k:a": ["x", "y"]}}, {"k:a": "y"} => true;
        {"StringEquals": {"k:a": ["x", "y"]}}, {"k:a": "z"} => false;
        {"StringEquals": {"k:a": "x*"}}, {"k:a": "xy"} => false;
        {"StringEquals": {"k:a": "x*"}}, {"k:a": "x*"} => true;
        {"StringEquals": {"K:A": "x"}}, {"k:a": "x"} => true;
        {"StringEquals": {"aws:PrincipalTag/Dept": "x"}}, {"aws:principaltag/dept": "x"} => true;
        {"StringEquals": {"k:a": ""}}, {"k:a": ""} => true;
        {"StringEquals": {"k:a": "x"}}, {} => false;
        {"StringNotEquals": {"k:a": "x"}}, {"k:a": "y"} => true;
        {"StringNotEquals": {"k:a": "x"}}, {"k:a": "x"} => false;
        {"StringNotEquals": {"k:a": ["x", "y"]}}, {"k:a": "y"} => false;
        {"StringNotEquals": {"k:a": ["x", "y"]}}, {"k:a": "z"} => true;
        {"StringNotEquals": {"k:a": "x"}}, {} => true;
        {"StringEqualsIgnoreCase": {"k:a": "Straße"}}, {"k:a": "STRAßE"} => true;
        {"StringEqualsIgnoreCase": {"k:a": "x"}}, {"k:a": "y"} => false;
        {"StringEqualsIgnoreCase": {"k:a": "X*"}}, {"k:a": "xy"} => false;
        {"StringNotEqualsIgnoreCase": {"k:a": "X"}}, {"k:a": "x"} => false;
        {"StringNotEqualsIgnoreCase": {"k:a": "X"}}, {"k:a": "y"} => true;
        {"StringLike": {"k:a": "a*z"}}, {"k:a": "abcz"} => true;
        {"StringLike": {"k:a": "a*z"}}, {"k:a": "az"} => true;
        {"StringLike": {"k:a": "a?z"}}, {"k:a": "az"} => false;
        {"StringLike": {"k:a": "a?z"}}, {"k:a": "aüz"} => true;
        {"StringLike": {"k:a": "a*"}}, {"k:a": "Ab"} => false;
        {"StringLike": {"k:a": "*"}}, {"k:a": ""} => true;
        {"StringLike": {"k:a": "?*"}}, {"k:a": ""} => false;
        {"StringLike": {"k:a": "a*b*c"}}, {"k:a": "a:b/bxc"} => true;
        {"StringLike": {"k:a": "a*b*c"}}, {"k:a": "acb"} => false;
        {"StringNotLike": {"k:a": "a*"}}, {"k:a": "abc"} => false;
        {"StringNotLike": {"k:a": "a*"}}, {"k:a": "b"} => true;
        {"StringNotLike": {"k:a": "a*"}}, {} => true;
    });
}

#[test]
fn numbers_and_dates() {
    check(holds! {
        {"NumericEquals": {"k:n": "10"}}, {"k:n": "10.0"} => true;
        {"NumericEquals": {"k:n": 10}}, {"k:n": "10"} => true;
        {"NumericEquals": {"k:n": "10"}}, {"k:n": "ten"} => false;
        {"NumericNotEquals": {"k:n": "10"}}, {"k:n": "11"} => true;
        {"NumericNotEquals": {"k:n": ["10", "11"]}}, {"k:n": "11"} => false;
        {"NumericNotEquals": {"k:n": "10"}}, {} => true;
        {"NumericLessThan": {"k:n": "10"}}, {"k:n": "9.5"} => true;
        {"NumericLessThan": {"k:n": "10"}}, {"k:n": "10"} => false;
        {"NumericLessThan": {"k:n": "10"}}, {} => false;
        {"NumericLessThanEquals": {"k:n": "10"}}, {"k:n": "10"} => true;
        {"NumericGreaterThan": {"k:n": "-1"}}, {"k:n": "0"} => true;
        {"NumericGreaterThan": {"k:n": "0"}}, {"k:n": "0"} => false;
        {"NumericGreaterThanEquals": {"k:n": "0"}}, {"k:n": "0"} => true;
        {"NumericLessThanEqualsIfExists": {"k:n": "10"}}, {} => true;
        {"DateEquals": {"k:d": "2026-01-01T00:00:00Z"}}, {"k:d": "1767225600"} => true;
        {"DateEquals": {"k:d": "2026-01-01"}}, {"k:d": "2026-01-01T01:00:00+01:00"} => true;
        {"DateNotEquals": {"k:d": "2026-01-01"}}, {"k:d": "2026-01-02"} => true;
        {"DateLessThan": {"k:d": "2026-01-01T00:00:01Z"}}, {"k:d": "2026-01-01T00:00:00Z"} => true;
        {"DateLessThan": {"k:d": "2026"}}, {"k:d": "2025-12-31T23:59:59Z"} => true;
        {"DateLessThan": {"k:d": "2026-01"}}, {"k:d": "2026-01-01T00:00:00Z"} => false;
        {"DateLessThanEquals": {"k:d": "1767225600"}}, {"k:d": "2026-01-01T00:00Z"} => true;
        {"DateGreaterThan": {"k:d": 1767225600}}, {"k:d": "2026-01-01T00:00:00.5Z"} => true;
        {"DateGreaterThanEquals": {"k:d": "2026-01-01"}}, {"k:d": "yesterday"} => false;
        {"DateGreaterThan": {"k:d": "2026-01-01"}}, {} => false;
    });
}

#[test]
fn other_types() {
    check(holds! {
        {"Bool": {"k:b": "true"}}, {"k:b": "true"} => true;
        {"Bool": {"k:b": true}}, {"k:b": "true"} => true;
        {"Bool": {"k:b": "TRUE"}}, {"k:b": "true"} => true;
        {"Bool": {"k:b": "false"}}, {"k:b": "true"} => false;
        {"Bool": {"k:b": "false"}}, {} => false;
        {"BoolIfExists": {"k:b": "true"}}, {} => true;
        {"BinaryEquals": {"k:x": "QmluYXJ5"}}, {"k:x": "QmluYXJ5"} => true;
        {"BinaryEquals": {"k:x": "QmluYXJ5"}}, {"k:x": "qmluYXJ5"} => false;
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.113.7"} => true;
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.114.7"} => false;
        {"IpAddress": {"aws:SourceIp": "203.0.113.7"}}, {"aws:SourceIp": "203.0.113.7"} => true;
        {"IpAddress": {"aws:SourceIp": "203.0.113.7"}}, {"aws:SourceIp": "::ffff:203.0.113.7"} => true;
        {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, {"aws:SourceIp": "2001:db8::1"} => true;
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}, {"aws:SourceIp": "10.1.1.1"} => true;
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "nowhere"} => false;
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {} => false;
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "10.1.1.1"} => false;
        {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "11.0.0.0/8"]}}, {"aws:SourceIp": "12.1.1.1"} => true;
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {} => true;
        {"ArnEquals": {"k:r": "arn:aws:sns:*:123:t-*"}}, {"k:r": "arn:aws:sns:eu-west-1:123:t-1"} => true;
        {"ArnLike": {"k:r": "arn:aws:sns:*:123:t"}}, {"k:r": "arn:aws:sns:a:b:123:t"} => false;
        {"ArnLike": {"k:r": "arn:aws:s3:::b/*"}}, {"k:r": "arn:aws:s3:::b/k:1"} => true;
        {"ArnLike": {"k:r": "*"}}, {"k:r": "arn:aws:s3:::b"} => true;
        {"ArnLike": {"k:r": "arn:aws:s3:::b"}}, {"k:r": "no arn"} => false;
        {"ArnNotEquals": {"k:r": "arn:aws:s3:::b"}}, {"k:r": "arn:aws:s3:::c"} => true;
        {"ArnNotLike": {"k:r": "arn:aws:s3:::*"}}, {"k:r": "arn:aws:s3:::c"} => false;
        {"ArnNotLike": {"k:r": "arn:aws:s3:::*"}}, {} => true;
        {"Null": {"k:a": "true"}}, {} => true;
        {"Null": {"k:a": true}}, {"k:a": "x"} => false;
        {"Null": {"k:a": "false"}}, {"k:a": "x"} => true;
        {"Null": {"k:a": "false"}}, {} => false;
        {"Null": {"k:a": "true"}}, {"k:a": []} => true;
    });
}

#[test]
fn sets_and_missing_keys() {
    check(holds! {
        {"StringEqualsIfExists": {"k:a": "x"}}, {} => true;
        {"StringEqualsIfExists": {"k:a": "x"}}, {"k:a": "y"} => false;
        {"StringNotEqualsIfExists": {"k:a": "x"}}, {} => true;
        {"ForAllValues:StringEquals": {"k:m": ["a", "b"]}}, {"k:m": ["a"]} => true;
        {"ForAllValues:StringEquals": {"k:m": ["a", "b"]}}, {"k:m": ["a", "c"]} => false;
        {"ForAllValues:StringEquals": {"k:m": ["a", "b"]}}, {} => true;
        {"ForAllValues:StringEquals": {"k:m": ["a", "b"]}}, {"k:m": []} => true;
        {"ForAllValues:StringEquals": {"k:m": "a"}}, {"k:m": "a"} => true;
        {"ForAllValues:StringLike": {"k:m": "a*"}}, {"k:m": ["a1", "a2"]} => true;
        {"ForAllValues:StringNotEquals": {"k:m": ["a"]}}, {"k:m": ["b", "c"]} => true;
        {"ForAllValues:StringNotEquals": {"k:m": ["a"]}}, {"k:m": ["a", "c"]} => false;
        {"ForAllValues:StringNotLike": {"k:m": ["a*"]}}, {} => true;
        {"ForAllValues:StringEquals": {"k:m": "a"}, "Null": {"k:m": "false"}}, {} => false;
        {"ForAnyValue:StringEquals": {"k:m": ["a", "b"]}}, {"k:m": ["x", "b"]} => true;
        {"ForAnyValue:StringEquals": {"k:m": ["a", "b"]}}, {"k:m": ["x", "y"]} => false;
        {"ForAnyValue:StringEquals": {"k:m": ["a", "b"]}}, {} => false;
        {"ForAnyValue:StringEqualsIfExists": {"k:m": ["a"]}}, {} => true;
        {"ForAnyValue:StringNotEquals": {"k:m": ["a"]}}, {"k:m": ["a", "b"]} => true;
        {"ForAnyValue:StringNotEquals": {"k:m": ["a"]}}, {"k:m": ["a"]} => false;
        {"ForAnyValue:StringNotEquals": {"k:m": ["a"]}}, {} => false;
        {"ForAnyValue:StringLike": {"c:amr": "authenticated"}}, {"c:amr": ["authenticated", "x"]} => true;
        {"forallvalues:StringEquals": {"k:m": "a"}}, {"k:m": ["a"]} => true;
        {"StringEquals": {"k:m": "a"}}, {"k:m": ["a", "b"]} => true;
        {"StringNotEquals": {"k:m": "a"}}, {"k:m": ["a", "b"]} => false;
        {"StringEquals": {"k:a": "x", "k:b": "y"}}, {"k:a": "x", "k:b": "y"} => true;
        {"StringEquals": {"k:a": "x", "k:b": "y"}}, {"k:a": "x", "k:b": "z"} => false;
        {"StringEquals": {"k:a": "x"}, "Bool": {"k:b": "true"}}, {"k:a": "x", "k:b": "false"} => false;
        {"StringEquals": {"k:a": []}}, {"k:a": "x"} => false;
    });
}

#[test]
fn variables() {
    check(holds! {
        {"StringEquals": {"k:a": "${k:b}"}}, {"k:a": "x", "k:b": "x"} => true;
        {"StringEquals": {"k:a": "${K:B}"}}, {"k:a": "x", "k:b": "x"} => true;
        {"StringEquals": {"k:a": "${k:b}"}}, {"k:a": "x"} => false;
        {"StringEquals": {"k:a": "${k:b, 'x'}"}}, {"k:a": "x"} => true;
        {"StringEquals": {"k:a": "${k:b, 'x'}"}}, {"k:a": "x", "k:b": "y"} => false;
        {"StringNotEquals": {"k:a": "${k:b}"}}, {"k:a": "x"} => true;
        {"StringLike": {"k:a": "${k:b}/*"}}, {"k:a": "*/1", "k:b": "*"} => true;
        {"StringLike": {"k:a": "${k:b}/*"}}, {"k:a": "x/1", "k:b": "*"} => false;
        {"StringLike": {"k:a": "a${*}"}}, {"k:a": "a*"} => true;
        {"StringLike": {"k:a": "a${*}"}}, {"k:a": "ab"} => false;
        {"StringLike": {"k:a": "${?}${$}"}}, {"k:a": "?$"} => true;
        {"StringEqualsIgnoreCase": {"k:a": "${k:b}"}}, {"k:a": "X", "k:b": "x"} => true;
        {"StringEquals": {"k:a": "${k:m}"}}, {"k:a": "x", "k:m": ["x"]} => false;
        {"ArnLike": {"k:r": "arn:aws:s3:::b/${k:b}/*"}}, {"k:r": "arn:aws:s3:::b/u:1/x", "k:b": "u:1"} => true;
        {"StringLike": {"s3:prefix": ["u/${cognito-identity.amazonaws.com:sub}/*"]}},
            {"s3:prefix": "u/us-east-1:1/x", "cognito-identity.amazonaws.com:sub": "us-east-1:1"} => true;
    });
}
