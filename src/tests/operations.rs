//! The table of operations agrees with the service's own model, and holds what a pool needs.

use crate::api::Door;
use crate::api::dispatch::{self, Entry};
use crate::api::shape::{self, Auth};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn every_operation_of_the_service_is_there() {
    let there: BTreeSet<_> = dispatch::entries().map(|e| e.name).collect();
    let missing: Vec<_> = shape::operations().filter(|name| !there.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(there.len(), 141);
}

#[test]
fn what_is_poolhouses_own_agrees_with_its_model() {
    let there: BTreeSet<_> = dispatch::own_entries().map(|e| e.name).collect();
    assert_eq!(there, shape::OPERATORS.operations().collect());
    for entry in dispatch::own_entries() {
        assert!(dispatch::find(entry.name).is_none(), "{}", entry.name);
        let signed = matches!(shape::OPERATORS.auth(entry.name), Some(Auth::Signed));
        assert_eq!(signed, entry.door == Door::Iam, "{}", entry.name);
        let unread: Vec<_> =
            shape::OPERATORS.input_members(entry.name).iter().filter(|m| !is_read(entry, m.name)).map(|m| m.name).collect();
        assert!(unread.is_empty(), "{}: {unread:?}", entry.name);
    }
}

/// Taken, and read by nobody: it means nothing outside AWS.
const UNREAD: &str = "AnalyticsMetadata";
#[test]
fn every_member_of_a_request_is_read() {
    let mut unread = Vec::new();
    for entry in dispatch::entries() {
        let members = shape::input_members(entry.name).iter().map(|m| m.name).filter(|name| *name != UNREAD);
        unread.extend(members.filter(|name| !is_read(entry, name)).map(|name| format!("{}.{name}", entry.name)));
    }
    assert!(unread.is_empty(), "{unread:#?}");
}

/// A request struct that reads a member trips over a value that no type takes. Members that are any JSON are their operations' to check.
fn is_read(entry: &Entry, member: &str) -> bool {
    if matches!(member, "Settings" | "Credential") {
        return true;
    }
    let mut input = json!({ member: [[["absurd"]]] });
    for _ in 0..30 {
        let Err(why) = (entry.parse)(input.clone()) else { return false };
        let Some(missing) = why.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')).map(|(name, _)| name.to_owned())
        else {
            return true;
        };
        if missing == member {
            return false;
        }
        input[&missing] = acceptable(entry, &missing);
    }
    panic!("{} misses ever more", entry.name)
}

/// Some value that the member takes.
fn acceptable(entry: &Entry, member: &str) -> Value {
    let texts = ["x", "LINK", "NONE", "ENABLED", "ACTIVE", "Valid", "Google", "203.0.113.7", "ACCESS_TOKEN", "terms-of-use", "email"];
    let others = [json!(1), json!(true), json!([]), json!({})];
    let takes = |value: &Value| match (entry.parse)(json!({ member: value })) {
        Ok(()) => true,
        Err(why) => why.starts_with("missing field") && !why.contains(&format!("`{member}`")),
    };
    let found = texts.into_iter().map(Value::from).chain(others).find(takes);
    found.unwrap_or_else(|| panic!("nothing is acceptable as {}.{member}", entry.name))
}

#[test]
fn every_operation_is_the_services_and_stands_once() {
    let known: BTreeSet<_> = shape::operations().collect();
    let mut seen = BTreeSet::new();
    for entry in dispatch::entries() {
        assert!(known.contains(entry.name), "{} is not an operation of the service", entry.name);
        assert!(seen.insert(entry.name), "{} stands twice in the table", entry.name);
        assert_eq!(dispatch::find(entry.name).map(|e| e.door), Some(entry.door));
    }
}

#[test]
fn an_operation_asks_for_a_signature_exactly_where_the_service_does() {
    for entry in dispatch::entries() {
        // Where the service's model says signed, its guide takes a client's secret too.
        let signed = matches!(entry.door, Door::Iam | Door::ClientOrIam);
        let expected = if signed { Auth::Signed } else { Auth::Unsigned };
        assert_eq!(shape::auth(entry.name), Some(expected), "{}", entry.name);
    }
}

#[test]
fn an_operation_behind_a_token_takes_one() {
    for entry in dispatch::entries() {
        let takes = |name: &str| shape::input_members(entry.name).iter().any(|m| m.name == name);
        // Two operations model the token as optional, without any other authority. Where a session may stand for it, the door says so.
        assert_eq!(entry.door == Door::AccessToken, takes("AccessToken") && !takes("Session"), "{}", entry.name);
    }
}
