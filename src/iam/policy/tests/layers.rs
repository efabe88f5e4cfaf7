//! Policies together: identity, boundary, session and resource.

use super::{Kind, ME, named, policy};
use crate::iam::policy::Context;
use crate::iam::policy::evaluate::{Effect, Layer, Layers, Request, Verdict, decide, explain};
use serde_json::{Value, json};

const ALLOW: fn() -> Value = || policy(json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }]));
const DENY: fn() -> Value = || policy(json!([{ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }]));
const OTHER: fn() -> Value = || policy(json!([{ "Effect": "Allow", "Action": "sqs:*", "Resource": "*" }]));

fn resource(effect: &str, principal: Value) -> Value {
    policy(json!([{ "Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": "*" }]))
}

fn verdict(identity: Option<Value>, boundary: Option<Value>, session: Option<Value>, resource: Option<Value>) -> Verdict {
    let identity: Vec<_> = identity.iter().map(|p| named(p, Kind::Identity)).collect();
    let boundary = boundary.map(|p| named(&p, Kind::Identity));
    let session: Option<Vec<_>> = session.map(|p| vec![named(&p, Kind::Session)]);
    let resource = resource.map(|p| named(&p, Kind::Resource));
    let layers = Layers { identity: &identity, boundary: boundary.as_ref(), session: session.as_deref(), resource: resource.as_ref() };
    decide(&layers, &Request::new("s3:GetObject", "arn:aws:s3:::b/k", &Context::default(), ME))
}

#[test]
fn layers_limit_each_other() {
    use Effect::{Allowed, ExplicitDeny, ImplicitDeny};
    use Layer::{Boundary, Identity, Resource, Session};
    let session = json!({ "AWS": "arn:aws:sts::123456789012:assumed-role/App/session" });
    let role = json!({ "AWS": "arn:aws:iam::123456789012:role/App" });
    let account = json!({ "AWS": "123456789012" });
    let stranger = json!({ "AWS": "arn:aws:iam::123456789012:user/other" });
    let (allow, deny, other) = (|| Some(ALLOW()), || Some(DENY()), || Some(OTHER()));
    let by = |principal: &Value| Some(resource("Allow", principal.clone()));
    for (n, (found, effect, layer)) in [
        (verdict(allow(), None, None, None), Allowed, Identity),
        (verdict(None, None, None, None), ImplicitDeny, Identity),
        (verdict(other(), None, None, None), ImplicitDeny, Identity),
        (verdict(deny(), None, None, None), ExplicitDeny, Identity),
        (verdict(allow(), allow(), None, None), Allowed, Identity),
        (verdict(allow(), other(), None, None), ImplicitDeny, Boundary),
        (verdict(allow(), deny(), None, None), ExplicitDeny, Boundary),
        (verdict(None, allow(), None, None), ImplicitDeny, Identity),
        (verdict(allow(), None, allow(), None), Allowed, Identity),
        (verdict(allow(), None, other(), None), ImplicitDeny, Session),
        (verdict(allow(), None, deny(), None), ExplicitDeny, Session),
        (verdict(None, None, allow(), None), ImplicitDeny, Identity),
        (verdict(allow(), allow(), other(), None), ImplicitDeny, Session),
        (verdict(None, None, None, by(&session)), Allowed, Resource),
        (verdict(None, other(), other(), by(&session)), Allowed, Resource),
        (verdict(None, None, None, by(&role)), Allowed, Resource),
        (verdict(None, other(), None, by(&role)), ImplicitDeny, Boundary),
        (verdict(None, None, other(), by(&role)), ImplicitDeny, Session),
        (verdict(None, None, None, by(&account)), ImplicitDeny, Identity),
        (verdict(allow(), None, None, by(&account)), Allowed, Identity),
        (verdict(None, None, None, by(&json!("*"))), Allowed, Resource),
        (verdict(None, None, None, by(&stranger)), ImplicitDeny, Identity),
        (verdict(allow(), None, None, Some(resource("Deny", json!("*")))), ExplicitDeny, Resource),
        (verdict(allow(), None, None, Some(resource("Deny", role.clone()))), ExplicitDeny, Resource),
        (verdict(allow(), None, None, Some(resource("Deny", stranger.clone()))), Allowed, Identity),
        (verdict(deny(), None, None, by(&session)), ExplicitDeny, Identity),
        (verdict(None, None, deny(), by(&session)), ExplicitDeny, Session),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(found, Verdict { effect, layer }, "case {n}");
    }
}

#[test]
fn principals_that_are_excepted() {
    let all_but = |principal: Value| policy(json!([{ "Effect": "Deny", "NotPrincipal": principal, "Action": "*", "Resource": "*" }]));
    let me = json!({ "AWS": ["arn:aws:iam::123456789012:role/App", "arn:aws:iam::123456789012:user/x"] });
    assert!(verdict(Some(ALLOW()), None, None, Some(all_but(me))).is_allowed());
    let other = json!({ "AWS": "arn:aws:iam::123456789012:user/x" });
    assert_eq!(verdict(Some(ALLOW()), None, None, Some(all_but(other))).effect, Effect::ExplicitDeny);
}

#[test]
fn session_policies_are_added_up_and_a_session_without_any_may_do_nothing() {
    let identity = [named(&policy(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])), Kind::Identity)];
    let session = [named(&ALLOW(), Kind::Session), named(&OTHER(), Kind::Session)];
    let may = |session: &[super::Named], action: &str| {
        let layers = Layers { identity: &identity, session: Some(session), ..Layers::default() };
        decide(&layers, &Request::new(action, "*", &Context::default(), ME)).is_allowed()
    };
    assert!(may(&session, "s3:GetObject") && may(&session, "sqs:SendMessage") && !may(&session, "sns:Publish"));
    assert!(!may(&[], "s3:GetObject"));
}

#[test]
fn a_decision_names_its_statements() {
    let document = "{\"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"},\n  {\"Effect\":\"Deny\",\n   \"Action\":\"s3:Get*\",\"Resource\":\"*\"},\n  {\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}\n ]}";
    let policy = std::sync::Arc::new(super::read(document, Kind::Identity).unwrap());
    let identity = [super::Named { id: "inline".to_owned(), kind: "IAM Policy", policy }];
    let layers = Layers { identity: &identity, ..Layers::default() };
    let decision = explain(&layers, &Request::new("s3:GetObject", "*", &Context::default(), ME));
    assert_eq!(decision.verdict.effect, Effect::ExplicitDeny);
    let spans: Vec<_> = decision.matched.iter().map(|m| (m.is_deny, m.span.start, m.span.end)).collect();
    assert_eq!(spans, [(false, (3, 3), (3, 52)), (true, (4, 3), (5, 38))]);
}
