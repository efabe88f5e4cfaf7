//! The definitions of attributes that CreateUserPool and AddCustomAttributes take.

use super::attributes::{DataType, MAX_VALUE, NumberConstraints, STANDARD, SchemaAttribute, StringConstraints, yes};
use crate::api::{ApiError, Result};
use serde::Deserialize;

/// Custom attributes that a pool may have.
const MAX_CUSTOM: usize = 50;

/// `SchemaAttributeType` as a request has it: a standard attribute keeps the type that is left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Definition {
    pub name: String,
    #[serde(default)]
    pub attribute_data_type: Option<DataType>,
    #[serde(default)]
    pub developer_only_attribute: bool,
    #[serde(default = "yes")]
    pub mutable: bool,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub string_attribute_constraints: Option<StringConstraints>,
    #[serde(default)]
    pub number_attribute_constraints: Option<NumberConstraints>,
}

/// Adds attributes that a caller defines: a standard one is adjusted, any other becomes `custom:…` (or `dev:custom:…`).
pub fn define(schema: &mut Vec<SchemaAttribute>, defined: Vec<Definition>, creating: bool) -> Result<()> {
    for definition in defined {
        if let Some(standard) = schema.iter_mut().find(|a| a.name == definition.name && is_standard(&a.name)) {
            if !creating {
                return Err(ApiError::invalid_parameter(format!("{}: Attribute already exists in the schema.", definition.name)));
            }
            adjust(standard, definition)?;
            continue;
        }
        let attribute = custom(definition)?;
        if schema.iter().any(|a| a.name == attribute.name) {
            return Err(ApiError::invalid_parameter(format!("{0}: Existing attribute already has name {0}.", attribute.name)));
        }
        schema.push(attribute);
    }
    if schema.iter().filter(|a| a.name.contains(':')).count() > MAX_CUSTOM {
        return Err(ApiError::limit_exceeded(format!("A user pool can have at most {MAX_CUSTOM} custom attributes.")));
    }
    Ok(())
}

/// Whether a definition of this name is about the standard attribute. Cognito takes the two that it keeps itself for custom ones.
fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) && !matches!(name, "email_verified" | "phone_number_verified")
}

fn custom(given: Definition) -> Result<SchemaAttribute> {
    if given.required {
        return Err(ApiError::invalid_parameter("Required custom attributes are not supported currently."));
    }
    if given.name.chars().count() > 20 {
        return Err(ApiError::invalid_parameter(format!("Custom attribute name {} is longer than 20 characters.", given.name)));
    }
    let Some(kind) = given.attribute_data_type else {
        let message = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.";
        return Err(ApiError::invalid_parameter(message));
    };
    // Strings show their constraints, empty ones too, as in Cognito: Terraform compares.
    let attribute = SchemaAttribute {
        name: format!("{}custom:{}", if given.developer_only_attribute { "dev:" } else { "" }, given.name),
        attribute_data_type: kind,
        developer_only_attribute: given.developer_only_attribute,
        mutable: given.mutable,
        required: false,
        string_attribute_constraints: (kind == DataType::String).then(|| given.string_attribute_constraints.unwrap_or_default()),
        number_attribute_constraints: given.number_attribute_constraints.filter(|_| kind == DataType::Number),
    };
    limits(&attribute)?;
    Ok(attribute)
}

fn adjust(standard: &mut SchemaAttribute, given: Definition) -> Result<()> {
    if given.developer_only_attribute || given.attribute_data_type.is_some_and(|kind| kind != standard.attribute_data_type) {
        let name = &given.name;
        return Err(ApiError::invalid_parameter(format!(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        )));
    }
    if given.name == "sub" {
        return Err(ApiError::invalid_parameter("The attribute sub cannot be changed."));
    }
    standard.mutable = given.mutable;
    standard.required = given.required;
    match standard.attribute_data_type {
        DataType::Number if given.number_attribute_constraints.is_some() => {
            standard.number_attribute_constraints = given.number_attribute_constraints;
        }
        DataType::String if given.string_attribute_constraints.is_some() => {
            standard.string_attribute_constraints = given.string_attribute_constraints;
        }
        _ => {}
    }
    limits(standard)
}

/// Refuses constraints that are no numbers or contradict each other: they could never be applied.
fn limits(attribute: &SchemaAttribute) -> Result<()> {
    let name = &attribute.name;
    let refuse = |message: String| Err(ApiError::invalid_parameter(message));
    if let Some(StringConstraints { min_length, max_length }) = &attribute.string_attribute_constraints {
        let lengths = [min_length, max_length].map(|v| v.as_deref().map(str::parse::<usize>).transpose());
        let [Ok(min), Ok(max)] = lengths else { return refuse(format!("Invalid StringAttributeConstraints for schema attribute {name}")) };
        if min.max(max) > Some(MAX_VALUE) {
            return refuse(format!("user.{name}: String attributes cannot have a length of more than {MAX_VALUE}"));
        }
        if max.is_some_and(|max| min > Some(max)) {
            return refuse(format!("user.{name}: Max length cannot be less than min length."));
        }
    }
    if let Some(NumberConstraints { min_value, max_value }) = &attribute.number_attribute_constraints {
        let values = [min_value, max_value].map(|v| v.as_deref().map(str::parse::<i64>).transpose());
        let [Ok(min), Ok(max)] = values else { return refuse(format!("Invalid NumberAttributeConstraints for schema attribute {name}")) };
        if max.is_some_and(|max| min > Some(max)) {
            return refuse(format!("user.{name}: Max value cannot be less than min value."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::attributes::standard;
    use super::*;
    use serde_json::{Value, json};

    fn defined(definition: Value, creating: bool) -> Result<SchemaAttribute> {
        let definition: Definition = serde_json::from_value(definition).unwrap();
        let (mut schema, name) = (standard(), definition.name.clone());
        define(&mut schema, vec![definition], creating)?;
        Ok(schema.into_iter().rfind(|a| a.name.ends_with(&name)).unwrap())
    }

    #[test]
    fn custom_attributes_get_their_prefix_once() {
        let tier = || Definition { name: "tier".into(), attribute_data_type: Some(DataType::String), ..Definition::default() };
        let mut schema = standard();
        define(&mut schema, vec![tier()], true).unwrap();
        assert_eq!(schema.last().unwrap().name, "custom:tier");
        assert!(define(&mut schema, vec![tier()], false).is_err());
        assert!(define(&mut schema, vec![Definition { required: true, name: "x".into(), ..tier() }], false).is_err());
    }

    #[test]
    fn a_standard_attribute_keeps_what_is_left_out() {
        let updated = defined(json!({ "Name": "updated_at", "Required": true }), true).unwrap();
        assert!(updated.required && updated.attribute_data_type == DataType::Number && updated.number_attribute_constraints.is_some());
        let verified = defined(json!({ "Name": "email_verified", "AttributeDataType": "Boolean" }), true).unwrap();
        assert_eq!((verified.name.as_str(), verified.attribute_data_type), ("custom:email_verified", DataType::Boolean));
    }

    #[test]
    fn constraints_are_told_where_the_type_has_them() {
        let told = |kind: &str| {
            let a = defined(json!({ "Name": "x", "AttributeDataType": kind }), false).unwrap();
            (a.string_attribute_constraints.is_some(), a.number_attribute_constraints.is_some())
        };
        assert_eq!(
            [told("String"), told("Number"), told("Boolean"), told("DateTime")].map(|(s, n)| u8::from(s) * 2 + u8::from(n)),
            [2, 0, 0, 0]
        );
    }
}
