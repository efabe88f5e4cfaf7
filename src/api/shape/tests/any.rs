//! No request makes the check panic.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::{collection, sample};
use serde_json::Map;

use super::super::model::Kind;
use super::super::*;
use super::each_shape;

fn object<Name: Into<String>>(entries: Vec<(Name, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(name, value)| (name.into(), value)).collect::<Map<_, _>>())
}

/// Any JSON, with the model's own names as keys so that it reaches the inside of the shapes.
fn any_json() -> impl Strategy<Value = Value> {
    let mut names = BTreeSet::from(["", "Unknown", "Level1"]);
    each_shape(|shape| {
        if let Kind::Structure(members) = &shape.kind {
            names.extend(members.iter().map(|member| member.name));
        }
    });
    let names: Vec<_> = names.into_iter().collect();
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,8}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 64, 12, move |inner| {
        let entry = (sample::select(names.clone()), inner.clone());
        prop_oneof![collection::vec(inner, 0..6).prop_map(Value::from), collection::vec(entry, 0..12).prop_map(object),]
    })
}

/// An operation and any JSON for each of its members: JSON drawn freely rarely names any of them.
fn any_request() -> impl Strategy<Value = (&'static str, Value)> {
    sample::select(operations().collect::<Vec<_>>()).prop_flat_map(|operation| {
        let entry = |member: &Member| (Just(member.name), any_json());
        let entries = input_members(operation).iter().map(entry).collect::<Vec<_>>();
        (Just(operation), entries.prop_map(object))
    })
}

fn answer(model: &Model, operation: &str, input: &Value) {
    if let Err(error) = model.check(operation, input) {
        let message = error.message();
        assert!(!message.is_empty() && message.len() <= 64 * 1024);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_json_for_every_operation(input in any_json()) {
        for model in [&*USER_POOLS, &*IDENTITY_POOLS] {
            model.operations().for_each(|operation| answer(model, operation, &input));
        }
    }

    #[test]
    fn any_json_for_every_member((operation, input) in any_request()) {
        answer(&USER_POOLS, operation, &input);
    }
}
