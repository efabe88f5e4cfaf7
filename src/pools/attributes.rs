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

fn yes() -> bool {
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
/// Custom attributes that a pool may have.
const MAX_CUSTOM: usize = 50;

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

/// Adds attributes that a caller defines: a standard one is adjusted, any other becomes `custom:…` (or `dev:custom:…`).
pub fn define(schema: &mut Vec<SchemaAttribute>, defined: Vec<SchemaAttribute>, creating: bool) -> Result<()> {
    for mut attribute in defined {
        if let Some(standard) = schema.iter_mut().find(|a| a.name == attribute.name && STANDARD.contains(&a.name.as_str())) {
            if !creating {
                return Err(ApiError::invalid_parameter(format!("{}: Attribute already exists in the schema.", attribute.name)));
            }
            adjust(standard, &attribute)?;
            continue;
        }
        if attribute.required {
            return Err(ApiError::invalid_parameter("Required custom attributes are not supported currently."));
        }
        if attribute.name.chars().count() > 20 {
            return Err(ApiError::invalid_parameter(format!("Custom attribute name {} is longer than 20 characters.", attribute.name)));
        }
        limits(&attribute)?;
        attribute.name = format!("{}custom:{}", if attribute.developer_only_attribute { "dev:" } else { "" }, attribute.name);
        if schema.iter().any(|a| a.name == attribute.name) {
            return Err(ApiError::invalid_parameter(format!("{}: Existing attribute already has name.", attribute.name)));
        }
        schema.push(attribute);
    }
    if schema.iter().filter(|a| a.name.contains(':')).count() > MAX_CUSTOM {
        return Err(ApiError::limit_exceeded(format!("A user pool can have at most {MAX_CUSTOM} custom attributes.")));
    }
    Ok(())
}

fn adjust(standard: &mut SchemaAttribute, given: &SchemaAttribute) -> Result<()> {
    if given.attribute_data_type != standard.attribute_data_type {
        return Err(ApiError::invalid_parameter(format!("Invalid data type for standard attribute {}.", given.name)));
    }
    if matches!(given.name.as_str(), "sub" | "email_verified" | "phone_number_verified") {
        return Err(ApiError::invalid_parameter(format!("The attribute {} cannot be changed.", given.name)));
    }
    limits(given)?;
    standard.mutable = given.mutable;
    standard.required = given.required;
    if given.string_attribute_constraints.is_some() {
        standard.string_attribute_constraints = given.string_attribute_constraints.clone();
    }
    if given.number_attribute_constraints.is_some() {
        standard.number_attribute_constraints = given.number_attribute_constraints.clone();
    }
    Ok(())
}

/// Refuses constraints that are no numbers or contradict each other: they could never be applied.
fn limits(attribute: &SchemaAttribute) -> Result<()> {
    let bad = || ApiError::invalid_parameter(format!("Invalid constraints for attribute {}.", attribute.name));
    let parse = |v: &Option<String>| v.as_deref().map(|t| t.parse::<i64>().map_err(|_| bad())).transpose();
    let pairs = [
        attribute.string_attribute_constraints.as_ref().map(|c| (&c.min_length, &c.max_length)),
        attribute.number_attribute_constraints.as_ref().map(|c| (&c.min_value, &c.max_value)),
    ];
    for (min, max) in pairs.into_iter().flatten() {
        if let (Some(min), Some(max)) = (parse(min)?, parse(max)?)
            && min > max
        {
            return Err(bad());
        }
    }
    Ok(())
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
            DataType::Boolean if !matches!(value, "true" | "false") => refuse("must be true or false"),
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
    }

    #[test]
    fn custom_attributes_get_their_prefix_once() {
        let mut schema = standard();
        let tier = SchemaAttribute { name: "tier".into(), required: false, ..named(&schema, "name").clone() };
        define(&mut schema, vec![tier.clone()], true).unwrap();
        assert_eq!(schema.last().unwrap().name, "custom:tier");
        assert!(define(&mut schema, vec![tier.clone()], false).is_err());
        assert!(define(&mut schema, vec![SchemaAttribute { required: true, name: "x".into(), ..tier }], false).is_err());
    }
}
