//! The parameters of a Query request.

use super::fault::{Fault, Result};
use crate::iam::entity::Tags;
use std::collections::BTreeMap;

/// Names and values, as a form carries them.
#[derive(Debug, Default)]
pub struct Params(BTreeMap<String, String>);

/// The most parameters that a request has: lists of fifty tags and hundreds of actions to simulate.
const MOST: usize = 4_000;

impl Params {
    /// Reads a form or a query string. A name that is given twice is refused: nothing says which one is meant.
    pub fn read(form: &[u8]) -> Result<Self> {
        let mut all = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(form) {
            if value.contains('\0') || name.contains('\0') {
                return Err(Fault::validation("Text must not contain a NUL character."));
            }
            if all.len() >= MOST || all.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Fault::validation("The request has too many parameters, or one of them twice."));
            }
        }
        Ok(Self(all))
    }

    /// A parameter that may be left out; empty counts as left out.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that may be given and empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn require(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| {
            let shown = lower_camel(name);
            Fault::validation(format!(
                "1 validation error detected: Value null at '{shown}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// A parameter of so many characters at most.
    pub fn text(&self, name: &str, longest: usize) -> Result<&str> {
        let value = self.require(name)?;
        within(name, value, longest)?;
        Ok(value)
    }

    pub fn optional(&self, name: &str, longest: usize) -> Result<Option<&str>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        within(name, value, longest)?;
        Ok(Some(value))
    }

    /// A name: letters, digits and `_+=,.@-`.
    pub fn name(&self, name: &str, longest: usize) -> Result<&str> {
        let value = self.text(name, longest)?;
        if value.bytes().all(|c| c.is_ascii_alphanumeric() || b"_+=,.@-".contains(&c)) {
            return Ok(value);
        }
        Err(constraint(name, value, "Member must satisfy regular expression pattern: [\\w+=,.@-]+"))
    }

    /// A whole number within bounds.
    pub fn number(&self, name: &str, bounds: std::ops::RangeInclusive<i64>, otherwise: i64) -> Result<i64> {
        let Some(value) = self.get(name) else { return Ok(otherwise) };
        let number: i64 = value.parse().map_err(|_| Fault::validation(format!("{name} is not a number")))?;
        if number < *bounds.start() {
            return Err(constraint(name, value, &format!("Member must have value greater than or equal to {}", bounds.start())));
        }
        if number > *bounds.end() {
            return Err(constraint(name, value, &format!("Member must have value less than or equal to {}", bounds.end())));
        }
        Ok(number)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// `Name.member.1`, `Name.member.2`, …
    pub fn list(&self, name: &str) -> Vec<&str> {
        (1..).map_while(|n| self.given(&format!("{name}.member.{n}"))).collect()
    }

    /// `Tags.member.1.Key` and `.Value`, …
    pub fn tags(&self, name: &str) -> Result<Tags> {
        let mut tags = Tags::new();
        for n in 1.. {
            let Some(key) = self.given(&format!("{name}.member.{n}.Key")) else { break };
            let value = self.given(&format!("{name}.member.{n}.Value")).unwrap_or_default();
            if tags.keys().any(|known| known.eq_ignore_ascii_case(key)) {
                return Err(Fault::invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
            }
            tags.insert(key.to_owned(), value.to_owned());
        }
        check_tags(&tags)?;
        Ok(tags)
    }
}

/// What tags are held to.
pub fn check_tags(tags: &Tags) -> Result<()> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if tags.len() > 50 {
        return Err(Fault::limit("The number of tags has reached the maximum limit."));
    }
    for (key, value) in tags {
        let reserved = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        if reserved || key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(Fault::validation("A tag key has 1 to 128 characters and does not begin with aws:, a value has 256 at most."));
        }
        if !key.chars().chain(value.chars()).all(allowed) {
            return Err(Fault::validation("Tags hold letters, digits, spaces and _.:/=+-@ only."));
        }
    }
    Ok(())
}

fn within(name: &str, value: &str, longest: usize) -> Result<()> {
    if value.chars().count() <= longest {
        return Ok(());
    }
    Err(constraint(name, value, &format!("Member must have length less than or equal to {longest}")))
}

/// A violation in AWS' words. Long values are cut.
pub fn constraint(name: &str, value: &str, what: &str) -> Fault {
    let shown = lower_camel(name);
    Fault::validation(format!("1 validation error detected: Value '{value:.256}' at '{shown}' failed to satisfy constraint: {what}"))
}

fn lower_camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(chars).collect()
}
