//! The walk over a request beside its shape.

use serde_json::{Map, Value};

use super::constraint::{NOT_NULL, Typed, all, blob_length, broken};
use super::error::{Echo, MESSAGE, ShapeError, Violation, cut};
use super::model::{Kind, Member, Model, Shape};

/// The service reports no more than this many.
const VIOLATIONS: usize = 10;

/// A value is printed down to this depth: what a client sends where only the outside was checked may go deeper.
const DEPTH: usize = 8;

impl Model {
    /// Checks a request to an operation of this service.
    pub fn check(&self, operation: &str, input: &Value) -> Result<(), ShapeError> {
        // Dispatch asks for the operation first; a name that the model does not know must not pass unchecked.
        let unknown = || ShapeError::Serialization("Unknown operation".to_owned());
        let shape = self.input(operation).ok_or_else(unknown)?;
        let mut violations = Vec::new();
        Spot { shape, value: input, above: None, step: Step::Request }.check(&mut violations).map_err(ShapeError::Serialization)?;
        if violations.is_empty() { Ok(()) } else { Err(ShapeError::Violations(violations)) }
    }
}

/// Where the walk is. It allocates only for a message.
struct Spot<'a> {
    shape: &'a Shape,
    value: &'a Value,
    above: Option<&'a Spot<'a>>,
    step: Step<'a>,
}

/// How the walk came here.
enum Step<'a> {
    Request,
    Member(&'static str),
    Item(usize),
    Entry(&'a str),
}

impl Spot<'_> {
    fn below<'b>(&'b self, shape: &'b Shape, value: &'b Value, step: Step<'b>) -> Spot<'b> {
        Spot { shape, value, above: Some(self), step }
    }

    fn check(&self, violations: &mut Vec<Violation>) -> Typed {
        for constraint in broken(&self.shape.kind, self.value)? {
            self.report(constraint, violations);
        }
        match (&self.shape.kind, self.value) {
            (Kind::Structure(members), Value::Object(object)) => self.check_members(members, object, violations),
            (Kind::List { item, .. }, Value::Array(items)) => self.check_items(item, items, violations),
            (Kind::Map { key, value, .. }, Value::Object(entries)) => {
                self.check_keys(key, entries.keys(), violations);
                self.check_entries(value, entries, violations)
            }
            _ => Ok(()),
        }
    }

    fn check_members(&self, members: &[Member], object: &Map<String, Value>, violations: &mut Vec<Violation>) -> Typed {
        for member in members {
            let value = object.get(member.name).unwrap_or(&Value::Null);
            if member.required || !value.is_null() {
                self.below(&member.shape, value, Step::Member(member.name)).check_present(violations)?;
            }
        }
        Ok(())
    }

    fn check_items(&self, item: &Shape, items: &[Value], violations: &mut Vec<Violation>) -> Typed {
        if item.kind.is_scalar() {
            let phrase = "Member must satisfy constraint";
            return self.check_scalars(item, items.iter(), phrase, violations);
        }
        for (index, value) in items.iter().enumerate() {
            self.below(item, value, Step::Item(index + 1)).check_present(violations)?;
        }
        Ok(())
    }

    fn check_entries(&self, shape: &Shape, entries: &Map<String, Value>, violations: &mut Vec<Violation>) -> Typed {
        if shape.kind.is_scalar() {
            let phrase = "Map value must satisfy constraint";
            return self.check_scalars(shape, entries.values(), phrase, violations);
        }
        for (name, value) in entries {
            self.below(shape, value, Step::Entry(name)).check_present(violations)?;
        }
        Ok(())
    }

    fn check_present(&self, violations: &mut Vec<Violation>) -> Typed {
        if self.value.is_null() {
            self.report(NOT_NULL.to_owned(), violations);
            return Ok(());
        }
        self.check(violations)
    }

    /// The service answers one violation for a whole list or map of scalars, at the list or map.
    fn check_scalars<'v>(
        &self,
        shape: &Shape,
        values: impl Iterator<Item = &'v Value>,
        phrase: &str,
        violations: &mut Vec<Violation>,
    ) -> Typed {
        let (mut bad, mut null) = (false, false);
        for value in values {
            null |= value.is_null();
            bad |= !value.is_null() && !broken(&shape.kind, value)?.is_empty();
        }
        if bad || null {
            let mut constraints = all(&shape.kind);
            constraints.extend(null.then(|| NOT_NULL.to_owned()));
            self.report(format!("{phrase}: [{}]", constraints.join(", ")), violations);
        }
        Ok(())
    }

    fn check_keys<'v>(&self, shape: &Shape, mut keys: impl Iterator<Item = &'v String>, violations: &mut Vec<Violation>) {
        let Kind::String(text) = &shape.kind else {
            return;
        };
        if keys.any(|key| !text.broken(key).is_empty()) {
            self.report(format!("Map keys must satisfy constraint: [{}]", all(&shape.kind).join(", ")), violations);
        }
    }

    fn report(&self, constraint: String, violations: &mut Vec<Violation>) {
        if violations.len() < VIOLATIONS {
            violations.push(Violation { path: self.path(), value: self.echo(), constraint });
        }
    }

    fn path(&self) -> String {
        let step = match self.step {
            Step::Request => return String::new(),
            Step::Member(name) => lower_first(name),
            Step::Item(number) => format!("{number}.member"),
            Step::Entry(name) => format!("{}.member", cut(name)),
        };
        match self.above.map(Spot::path) {
            Some(above) if !above.is_empty() => format!("{above}.{step}"),
            _ => step,
        }
    }

    fn echo(&self) -> Echo {
        match (&self.shape.kind, self.value) {
            (_, Value::Null) => Echo::Null,
            _ if self.shape.withheld || self.is_hidden() => Echo::Withheld,
            (Kind::Blob { .. }, value) => {
                let length = blob_length(value).unwrap_or_default();
                Echo::Shown(format!("java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"))
            }
            (_, value) => {
                let mut text = String::new();
                print(value, DEPTH, &mut text);
                Echo::Shown(text)
            }
        }
    }

    /// Something above is sensitive as a whole.
    fn is_hidden(&self) -> bool {
        self.above.is_some_and(|above| above.shape.sensitive || above.is_hidden())
    }
}

/// Members are named as in the service's own code: `userPoolId`.
fn lower_first(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

/// Prints a value as Java does: `[a, b]`, `{k=v}`.
fn print(value: &Value, depth: usize, text: &mut String) {
    match value {
        _ if depth == 0 => text.push_str("..."),
        Value::String(value) => text.push_str(cut(value)),
        Value::Array(items) => {
            let entries = items.iter().map(|item| (None, item));
            print_entries('[', entries, ']', depth, text);
        }
        Value::Object(entries) => {
            let entries = entries.iter().map(|(name, entry)| (Some(name.as_str()), entry));
            print_entries('{', entries, '}', depth, text);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

fn print_entries<'v>(
    open: char,
    entries: impl Iterator<Item = (Option<&'v str>, &'v Value)>,
    close: char,
    depth: usize,
    text: &mut String,
) {
    text.push(open);
    for (index, (name, entry)) in entries.enumerate() {
        if text.len() > MESSAGE {
            return;
        }
        if index > 0 {
            text.push_str(", ");
        }
        if let Some(name) = name {
            text.push_str(cut(name));
            text.push('=');
        }
        print(entry, depth - 1, text);
    }
    text.push(close);
}
