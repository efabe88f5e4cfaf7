//! What holds of all policies.

use super::{Kind, ME, context, named, policy};
use crate::iam::policy::evaluate::{Effect, Layers, Request, decide};
use proptest::prelude::*;
use serde_json::{Value, json};

fn action() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:Put?bject", "sqs:*", "iam:PassRole"]).prop_map(str::to_owned)
}

fn resource() -> impl Strategy<Value = String> {
    let all = vec!["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/${k:user}/*", "arn:aws:s3:::b", "arn:aws:sqs:*:*:q*", "arn:aws:s3:::*"];
    prop::sample::select(all).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = Value> {
    let operators = vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "StringEqualsIgnoreCase",
        "ForAnyValue:StringNotEquals",
    ];
    let one = (prop::sample::select(operators), prop::sample::select(vec!["k:user", "k:groups"]), "[ab*]{1,2}");
    prop_oneof![2 => Just(json!({})), 1 => one.prop_map(|(operator, key, value)| json!({ operator: { key: value } }))]
}

fn statement() -> impl Strategy<Value = Value> {
    (any::<bool>(), any::<bool>(), action(), any::<bool>(), resource(), condition()).prop_map(
        |(deny, not_action, action, not_resource, resource, condition)| {
            json!({
                "Effect": if deny { "Deny" } else { "Allow" },
                (if not_action { "NotAction" } else { "Action" }): action,
                (if not_resource { "NotResource" } else { "Resource" }): resource,
                "Condition": condition,
            })
        },
    )
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..5).prop_map(|statements| policy(statements.into()))
}

fn request() -> impl Strategy<Value = (String, String, Value)> {
    let actions = prop::sample::select(vec!["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:PassRole"]);
    let resources = prop::sample::select(vec!["arn:aws:s3:::a/a/x", "arn:aws:s3:::b", "arn:aws:sqs:r:1:q1", "*"]);
    let values = (prop::option::of("[ab]"), prop::option::of(prop::collection::vec("[ab]", 0..3))).prop_map(|(user, groups)| {
        let mut values = json!({});
        if let Some(user) = user {
            values["k:user"] = user.into();
        }
        if let Some(groups) = groups {
            values["k:groups"] = groups.into();
        }
        values
    });
    (actions, resources, values).prop_map(|(action, resource, values)| (action.to_owned(), resource.to_owned(), values))
}

/// The effect of identity policies, with a boundary and a session policy where there are any.
fn effect(
    identity: &[&Value],
    boundary: Option<&Value>,
    session: Option<&[&Value]>,
    (action, resource, values): &(String, String, Value),
) -> Effect {
    let identity: Vec<_> = identity.iter().map(|p| named(p, Kind::Identity)).collect();
    let boundary = boundary.map(|p| named(p, Kind::Identity));
    let session = session.map(|all| all.iter().map(|p| named(p, Kind::Session)).collect::<Vec<_>>());
    let layers = Layers { identity: &identity, boundary: boundary.as_ref(), session: session.as_deref(), resource: None };
    decide(&layers, &Request::new(action, resource, &context(values), ME)).effect
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_denial_anywhere_wins(a in document(), b in document(), request in request()) {
        if effect(&[&a], None, None, &request) == Effect::ExplicitDeny {
            prop_assert_eq!(effect(&[&b, &a], None, None, &request), Effect::ExplicitDeny);
            prop_assert_eq!(effect(&[&b], Some(&a), None, &request), Effect::ExplicitDeny);
            prop_assert_eq!(effect(&[&b], None, Some(&[&a]), &request), Effect::ExplicitDeny);
        }
    }

    #[test]
    fn limits_never_widen(identity in document(), limit in document(), request in request()) {
        let without = effect(&[&identity], None, None, &request);
        for with in [effect(&[&identity], Some(&limit), None, &request), effect(&[&identity], None, Some(&[&limit]), &request)] {
            if without != Effect::Allowed {
                prop_assert_ne!(with, Effect::Allowed);
            }
        }
        // And what they do allow is what both allow.
        let both = without == Effect::Allowed && effect(&[&limit], None, None, &request) == Effect::Allowed;
        prop_assert_eq!(effect(&[&identity], None, Some(&[&limit]), &request) == Effect::Allowed, both);
    }

    #[test]
    fn order_does_not_matter(a in document(), b in document(), request in request()) {
        prop_assert_eq!(effect(&[&a, &b], None, None, &request), effect(&[&b, &a], None, None, &request));
    }

    #[test]
    fn nothing_is_allowed_that_no_statement_allows(mut document in document(), request in request()) {
        for statement in document["Statement"].as_array_mut().into_iter().flatten() {
            statement["Effect"] = "Deny".into();
        }
        prop_assert_ne!(effect(&[&document], None, None, &request), Effect::Allowed);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}", kind in prop::sample::select(vec![Kind::Identity, Kind::Session, Kind::Trust, Kind::Resource])) {
        let _ = crate::iam::policy::read(&text, kind);
        let resource = policy(json!([{ "Effect": "Allow", "Action": "*", "Resource": format!("arn:aws:s3:::{text}"), "Principal": "*" }]));
        let _ = crate::iam::policy::read(&resource.to_string(), kind);
    }

    #[test]
    fn globs_match_as_the_plain_definition_says(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        fn plain(pattern: &[u8], text: &[u8]) -> bool {
            match (pattern.split_first(), text.split_first()) {
                (None, None) => true,
                (Some((b'*', rest)), _) => plain(rest, text) || (!text.is_empty() && plain(pattern, &text[1..])),
                (Some((b'?', rest)), Some((_, tail))) => plain(rest, tail),
                (Some((p, rest)), Some((t, tail))) if p == t => plain(rest, tail),
                _ => false,
            }
        }
        let condition = json!({ "StringLike": { "k:user": pattern } });
        let document = policy(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }]));
        let found = effect(&[&document], None, None, &("s3:X".into(), "*".into(), json!({ "k:user": text })));
        prop_assert_eq!(found == Effect::Allowed, plain(pattern.as_bytes(), text.as_bytes()));
    }
}
