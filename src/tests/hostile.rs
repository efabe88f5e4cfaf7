//! What careless and hostile people send: generated text and values, put into requests that were good.

use crate::api::Service;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// Text that somebody careless or hostile might send.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\0".into()),
        Just("a\0b".into()),
        Just(" ".into()),
        Just("\u{202e}\u{feff}\u{200b}".into()),
        Just("e\u{301}\u{1f468}\u{200d}\u{1f469}".into()),
        Just("'; DROP TABLE users; --".into()),
        Just("%00%ff../..".into()),
        Just("{####}{##x##}".into()),
        Just("\u{10ffff}".into()),
        Just("i\u{307}\u{130}\u{df}".into()),
        Just("a@b.example".into()),
        Just("+15555550100".into()),
        Just("2147483648".into()),
        (0_usize..6).prop_map(|n| "x".repeat([127, 128, 129, 2_048, 2_049, 131_073][n])),
        (0_usize..3).prop_map(|n| "\u{4f8b}".repeat([127, 128, 2_049][n])),
        "\\PC{0,40}",
        any::<String>(),
    ]
}

/// Values of any kind that somebody might send.
fn hostile() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(0)),
        Just(json!(-1)),
        Just(json!(61)),
        Just(json!(u64::MAX)),
        Just(json!(1.5)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(
                (prop_oneof![Just("Name".to_owned()), Just("Value".to_owned()), Just("USERNAME".to_owned()), any::<String>()], inner),
                0..4
            )
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Every place in a request, as JSON pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        out.push(format!("{at}/{name}"));
        places(child, &format!("{at}/{name}"), out);
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone)]
pub enum Wrong {
    /// Other text where there is text, below what names the pool, the client and the token.
    Text(Index, String),
    /// Anything in place of anything.
    Value(Index, Value),
    /// Anything as a member that the operation knows.
    Member(Index, Value),
}

/// What is wrong is mostly text: that comes furthest.
pub fn wrong() -> impl Strategy<Value = Wrong> {
    let at = any::<Index>;
    prop_oneof![
        5 => (at(), text()).prop_map(|(at, text)| Wrong::Text(at, text)),
        1 => (at(), hostile()).prop_map(|(at, value)| Wrong::Value(at, value)),
        1 => (at(), hostile()).prop_map(|(at, value)| Wrong::Member(at, value)),
    ]
}

/// A request with these wrongs in it.
pub fn spoil(operation: &str, input: Value, wrongs: &[Wrong]) -> Value {
    spoil_as(Service::UserPools, operation, input, wrongs)
}

/// The same, to an operation of this service.
pub fn spoil_as(service: Service, operation: &str, mut input: Value, wrongs: &[Wrong]) -> Value {
    for wrong in wrongs {
        let mut all = Vec::new();
        places(&input, "", &mut all);
        let names = service.model().input_members(operation);
        let (place, value) = match wrong {
            Wrong::Text(at, text) => {
                let kept = ["/UserPoolId", "/IdentityPoolId", "/IdentityId", "/ClientId", "/AccessToken", "/AuthFlow", "/ChallengeName"];
                all.retain(|place| !kept.contains(&place.as_str()) && input.pointer(place).is_some_and(Value::is_string));
                ((!all.is_empty()).then(|| all[at.index(all.len())].clone()), Value::from(text.as_str()))
            }
            Wrong::Value(at, value) => ((!all.is_empty()).then(|| all[at.index(all.len())].clone()), value.clone()),
            Wrong::Member(at, value) => {
                let name = (!names.is_empty()).then(|| names[at.index(names.len())].name);
                if let Some(name) = name {
                    input[name] = Value::Null;
                }
                (name.map(|name| format!("/{name}")), value.clone())
            }
        };
        if let Some(place) = place {
            *input.pointer_mut(&place).expect("a place of this request") = value;
        }
    }
    input
}
