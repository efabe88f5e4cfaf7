//! The constraints on one value, and the service's wording of them.

use std::ops::RangeInclusive;

use base64::DecodeError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::model::{Bounds, Kind, Text};

/// `Err` is a `SerializationException`'s text.
pub(super) type Typed<T = ()> = Result<T, String>;

pub(super) const NOT_NULL: &str = "Member must not be null";

const INTEGER: RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;
const LONG: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// The constraints that a value breaks. Whatever is inside a structure, a list or a map is not looked at.
pub(super) fn broken(kind: &Kind, value: &Value) -> Typed<Vec<String>> {
    match kind {
        Kind::String(text) => match value {
            Value::String(value) => Ok(text.broken(value)),
            _ => Err(mismatch(value, "a String")),
        },
        Kind::Integer { value: bounds } => Ok(bounds.broken("value", number(value, INTEGER, "an Integer")?)),
        Kind::Long { value: bounds } => Ok(bounds.broken("value", number(value, LONG, "a Long")?)),
        Kind::Boolean if value.is_boolean() => Ok(Vec::new()),
        Kind::Boolean => Err(mismatch(value, "a Boolean")),
        Kind::Blob { length } => Ok(length.broken("length", size(blob_length(value)?))),
        Kind::List { length, .. } => match value {
            Value::Array(items) => Ok(length.broken("length", size(items.len()))),
            _ => Err(not_expected(value)),
        },
        Kind::Map { length, .. } => match value {
            Value::Object(entries) => Ok(length.broken("length", size(entries.len()))),
            _ => Err(not_expected(value)),
        },
        Kind::Structure(_) if value.is_object() => Ok(Vec::new()),
        Kind::Structure(_) => Err(not_expected(value)),
        Kind::Document => Ok(Vec::new()),
    }
}

/// All constraints of a kind. A list or map of strings that holds a bad one is answered with all of them.
pub(super) fn all(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::String(text) if !text.values.is_empty() => vec![text.enumeration()],
        Kind::String(text) => text.length.all("length").chain(text.pattern()).collect(),
        Kind::Integer { value } | Kind::Long { value } => value.all("value").collect(),
        Kind::Blob { length } | Kind::List { length, .. } | Kind::Map { length, .. } => length.all("length").collect(),
        Kind::Boolean | Kind::Structure(_) | Kind::Document => Vec::new(),
    }
}

impl Text {
    /// The pattern stands before the length, as the service was seen to answer.
    pub fn broken(&self, value: &str) -> Vec<String> {
        if !self.values.is_empty() {
            return if self.values.contains(&value) { Vec::new() } else { vec![self.enumeration()] };
        }
        let matches = self.pattern.as_ref().is_none_or(|pattern| pattern.matches(value));
        let mut broken: Vec<_> = if matches { None } else { self.pattern() }.into_iter().collect();
        // The service is written in Java, where a string is as long as it has UTF-16 units.
        broken.extend(self.length.broken("length", size(value.encode_utf16().count())));
        broken
    }

    fn pattern(&self) -> Option<String> {
        let pattern = self.pattern.as_ref()?;
        Some(format!("Member must satisfy regular expression pattern: {}", pattern.source()))
    }

    fn enumeration(&self) -> String {
        format!("Member must satisfy enum value set: [{}]", self.values.join(", "))
    }
}

impl Bounds {
    fn broken(&self, what: &str, number: i64) -> Vec<String> {
        let low = self.min.filter(|min| number < *min).map(|min| at_least(what, min));
        let high = self.max.filter(|max| number > *max).map(|max| at_most(what, max));
        low.into_iter().chain(high).collect()
    }

    fn all(&self, what: &'static str) -> impl Iterator<Item = String> + use<> {
        let high = self.max.map(|max| at_most(what, max));
        high.into_iter().chain(self.min.map(|min| at_least(what, min)))
    }
}

fn at_least(what: &str, min: i64) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

fn at_most(what: &str, max: i64) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn number(value: &Value, range: RangeInclusive<i64>, target: &str) -> Typed<i64> {
    value.as_i64().filter(|number| range.contains(number)).ok_or_else(|| mismatch(value, target))
}

/// How many bytes a blob's base64 stands for.
pub(super) fn blob_length(value: &Value) -> Typed<usize> {
    let Value::String(text) = value else {
        return Err(mismatch(value, "a Blob"));
    };
    STANDARD.decode(text).map(|bytes| bytes.len()).map_err(|error| match error {
        DecodeError::InvalidByte(_, byte) | DecodeError::InvalidLastSymbol(_, byte) => {
            format!("Invalid Base64 character: '{}'", byte.escape_ascii())
        }
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => {
            format!("Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.len())
        }
    })
}

/// What the service says of a value of the wrong JSON type.
fn mismatch(value: &Value, target: &str) -> String {
    let found = match value {
        Value::Array(_) | Value::Object(_) => return not_expected(value),
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    format!("{found} can not be converted to {target}")
}

/// The same where a structure, a list or a map belongs.
fn not_expected(value: &Value) -> String {
    let text = match value {
        Value::Array(_) => "Start of list found where not expected",
        Value::Object(_) => "Start of structure or map found where not expected.",
        _ => "Unexpected field type",
    };
    text.to_owned()
}
