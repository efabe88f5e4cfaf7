//! The schema: which attributes users have, and which values they take.

use crate::api::{ApiError, Result};
use crate::kit::text;
use serde::{Deserialize, Serialize};

/// One attribute of a pool's schema, as DescribeUserPool shows it. Constraint values are strings, as in Cognito.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SchemaAttribute {
    pub name: String,
    #[serde(default)]
    pub attribute_data_type: DataType,
    #[serde(default)]
    pub developer_only_attribute: bool,
    #[serde(default = "yes")]
    pub mutable: bool,
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_attribute_constraints: Option<StringConstraints>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_attribute_constraints: Option<NumberConstraints>,
}

pub(super) fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataType {
    #[default]
    String,
    Number,
    DateTime,
    Boolean,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StringConstraints {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NumberConstraints {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_value: Option<String>,
}

/// A value's limit, whatever the schema says.
pub const MAX_VALUE: usize = 2048;

/// What clients may read and write where nothing is said: every standard attribute.
pub const STANDARD: [&str; 20] = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "sub",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The schema that every pool begins with.
pub fn standard() -> Vec<SchemaAttribute> {
    let string = |name: &str, min: &str, max: &str| SchemaAttribute {
        name: name.into(),
        attribute_data_type: DataType::String,
        developer_only_attribute: false,
        mutable: true,
        required: false,
        string_attribute_constraints: Some(StringConstraints { min_length: Some(min.into()), max_length: Some(max.into()) }),
        number_attribute_constraints: None,
    };
    let of = |name: &str, kind: DataType| SchemaAttribute {
        attribute_data_type: kind,
        string_attribute_constraints: None,
        ..string(name, "0", "0")
    };
    let mut schema = vec![SchemaAttribute { mutable: false, required: true, ..string("sub", "1", "2048") }];
    for name in STANDARD {
        schema.push(match name {
            "sub" => continue,
            "email_verified" | "phone_number_verified" => of(name, DataType::Boolean),
            "updated_at" => SchemaAttribute {
                number_attribute_constraints: Some(NumberConstraints { min_value: Some("0".into()), max_value: None }),
                ..of(name, DataType::Number)
            },
            "birthdate" => string(name, "10", "10"),
            _ => string(name, "0", "2048"),
        });
    }
    let identities =
        SchemaAttribute { string_attribute_constraints: Some(StringConstraints::default()), ..of("identities", DataType::String) };
    schema.push(identities);
    schema
}

impl SchemaAttribute {
    /// Refuses a value that the attribute does not take. Booleans, numbers and times are written as strings, as Cognito has them.
    pub fn check(&self, value: &str) -> Result<()> {
        let refuse = |what: &str| {
            let name = &self.name;
            Err(ApiError::invalid_parameter(format!("Attributes did not conform to the schema: {name}: Attribute value for {name} {what}")))
        };
        if value.len() > MAX_VALUE {
            return refuse(&format!("must not be longer than {MAX_VALUE} bytes"));
        }
        if value.contains('\0') {
            return refuse("must not contain a NUL character");
        }
        match self.name.as_str() {
            "email" if !text::is_email(value) => return Err(ApiError::invalid_parameter("Invalid email address format.")),
            "phone_number" if !text::is_phone(value) => return Err(ApiError::invalid_parameter("Invalid phone number format.")),
            _ => {}
        }
        match self.attribute_data_type {
            DataType::Boolean if !["true", "false"].iter().any(|b| value.eq_ignore_ascii_case(b)) => refuse("must be true or false"),
            DataType::Number => match value.parse::<i64>() {
                Ok(n) if !self.number_within(n) => refuse("is out of range"),
                Ok(_) => Ok(()),
                Err(_) => refuse("must be a number"),
            },
            DataType::DateTime if !is_date_time(value) => refuse("must be a date and time"),
            DataType::String if !self.length_within(value) => refuse("does not have the permitted length"),
            _ => Ok(()),
        }
    }

    /// A value as it is stored: much code writes booleans as `True`.
    pub fn stored(&self, value: &str) -> String {
        if self.attribute_data_type == DataType::Boolean { value.to_ascii_lowercase() } else { value.to_owned() }
    }

    fn number_within(&self, n: i64) -> bool {
        let limit = |v: Option<&String>| v.and_then(|t| t.parse::<i64>().ok());
        let constraints = self.number_attribute_constraints.as_ref();
        limit(constraints.and_then(|c| c.min_value.as_ref())).is_none_or(|min| n >= min)
            && limit(constraints.and_then(|c| c.max_value.as_ref())).is_none_or(|max| n <= max)
    }

    fn length_within(&self, value: &str) -> bool {
        let limit = |v: Option<&String>| v.and_then(|t| t.parse::<usize>().ok());
        let (constraints, length) = (self.string_attribute_constraints.as_ref(), value.chars().count());
        limit(constraints.and_then(|c| c.min_length.as_ref())).is_none_or(|min| length >= min)
            && limit(constraints.and_then(|c| c.max_length.as_ref())).is_none_or(|max| length <= max)
    }
}

fn is_date_time(value: &str) -> bool {
    use time::format_description::well_known::Rfc3339;
    value.parse::<i64>().is_ok() || time::OffsetDateTime::parse(value, &Rfc3339).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'a>(schema: &'a [SchemaAttribute], name: &str) -> &'a SchemaAttribute {
        schema.iter().find(|a| a.name == name).unwrap()
    }

    #[test]
    fn values_are_held_to_the_schema() {
        let schema = standard();
        assert!(named(&schema, "birthdate").check("2000-01-01").is_ok());
        assert!(named(&schema, "birthdate").check("2000").is_err());
        assert!(named(&schema, "updated_at").check("-1").is_err());
        assert!(named(&schema, "email").check("nobody").unwrap_err().message().contains("Invalid email address format."));
        assert!(named(&schema, "name").check("a\0b").is_err());
        assert!(named(&schema, "name").check(&"x".repeat(2049)).is_err());
        assert!(named(&schema, "email_verified").check("yes").is_err());
        assert!(named(&schema, "email_verified").check("True").is_ok());
    }
}
