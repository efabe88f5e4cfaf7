//! How a function is named: `name`, `account:function:name` or its ARN, each with a qualifier or without.

use super::error::{LambdaError, Result};

/// The version that changes.
pub const LATEST: &str = "$LATEST";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    /// A version or an alias.
    pub qualifier: Option<String>,
}

/// The parts of a whole ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn<'a> {
    pub region: &'a str,
    pub account: &'a str,
    pub name: &'a str,
    pub qualifier: Option<&'a str>,
}

impl<'a> Arn<'a> {
    /// `arn:{partition}:lambda:{region}:{account}:function:{name}[:{qualifier}]`
    pub fn parse(text: &'a str) -> Option<Self> {
        let parts: Vec<_> = text.split(':').collect();
        match parts.as_slice() {
            ["arn", _, "lambda", region, account, "function", name, rest @ ..] if rest.len() <= 1 && is_name(name) => {
                let region_ok = !region.is_empty() && region.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
                region_ok.then_some(Self { region, account, name, qualifier: rest.first().copied() })
            }
            _ => None,
        }
    }
}

impl Named {
    /// Reads a name as requests give it. One of another account or region is nothing of this server's.
    pub fn parse(text: &str, qualifier: Option<&str>, region: &str, account: &str) -> Result<Self> {
        let (name, in_name) = match text.split(':').collect::<Vec<_>>().as_slice() {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            [given, "function", name] if *given == account => (*name, None),
            [given, "function", name, qualifier] if *given == account => (*name, Some(*qualifier)),
            _ => match Arn::parse(text) {
                Some(arn) if arn.region == region && arn.account == account => (arn.name, arn.qualifier),
                Some(_) => return Err(LambdaError::no_function(text)),
                None => return Err(invalid(text)),
            },
        };
        let qualifier = match (in_name, qualifier.filter(|q| !q.is_empty())) {
            (Some(a), Some(b)) if a != b => {
                return Err(LambdaError::invalid("The derived qualifier from the function name does not match the specified qualifier."));
            }
            (a, b) => b.or(a),
        };
        if !is_name(name) {
            return Err(invalid(text));
        }
        if let Some(qualifier) = qualifier.filter(|q| *q != LATEST && !is_qualifier(q)) {
            return Err(LambdaError::validation(format!(
                "1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)"
            )));
        }
        Ok(Self { name: name.to_owned(), qualifier: qualifier.map(str::to_owned) })
    }
}

fn invalid(text: &str) -> LambdaError {
    LambdaError::validation(format!(
        "1 validation error detected: Value '{text:.200}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{{2}}(-gov)?-[a-z]+-\\d{{1}}:)?(\\d{{12}}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?"
    ))
}

pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && is_qualifier(name)
}

pub fn is_qualifier(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
}

pub fn arn(region: &str, account: &str, name: &str, qualifier: Option<&str>) -> String {
    let end = qualifier.map(|q| format!(":{q}")).unwrap_or_default();
    format!("arn:aws:lambda:{region}:{account}:function:{name}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_four_forms() {
        let parse = |text: &str, q: Option<&str>| Named::parse(text, q, "us-east-1", "000000000000");
        for text in ["f", "000000000000:function:f", "arn:aws:lambda:us-east-1:000000000000:function:f"] {
            assert_eq!(parse(text, None).unwrap(), Named { name: "f".into(), qualifier: None }, "{text}");
            assert_eq!(parse(&format!("{text}:live"), Some("live")).unwrap().qualifier.as_deref(), Some("live"), "{text}");
        }
        assert_eq!(parse("f:a", Some("b")).unwrap_err().name(), "InvalidParameterValueException");
        assert_eq!(parse("arn:aws:lambda:eu-west-1:000000000000:function:f", None).unwrap_err().name(), "ResourceNotFoundException");
        for bad in ["", "a b", "../x", "a/b", "arn:aws:s3:::x", "f:$x", "1:function:f"] {
            assert_eq!(parse(bad, None).unwrap_err().name(), "ValidationException", "{bad}");
        }
    }
}
