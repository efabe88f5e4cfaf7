//! Reads the tables under `src/api/model`. `end2end/model.py` writes them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;

use super::model::{Auth, Bounds, Kind, Member, Model, Operation, Shape, Text};
use super::pattern::Pattern;

impl Model {
    pub(super) fn parse(table: &'static str) -> Self {
        let table: Table = serde_json::from_str(table).expect("the tables are written by end2end/model.py and tested");
        let mut shapes = Shapes { table: table.shapes, built: HashMap::new(), patterns: HashMap::new() };
        let operations = table.operations.into_iter().map(|(name, entry)| {
            let auth = if entry.unsigned { Auth::Unsigned } else { Auth::Signed };
            (name, Operation { input: shapes.shape(entry.input), output: entry.output, auth })
        });
        Self { target: table.target, operations: operations.collect() }
    }
}

#[derive(Deserialize)]
struct Table {
    target: &'static str,
    #[serde(borrow)]
    operations: BTreeMap<&'static str, OperationEntry>,
    #[serde(borrow)]
    shapes: HashMap<&'static str, ShapeEntry>,
}

#[derive(Deserialize)]
struct OperationEntry {
    input: &'static str,
    #[serde(borrow)]
    output: Vec<&'static str>,
    #[serde(default)]
    unsigned: bool,
}

#[derive(Deserialize)]
struct ShapeEntry {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(default, borrow)]
    members: Vec<(&'static str, &'static str, bool)>,
    member: Option<&'static str>,
    key: Option<&'static str>,
    value: Option<&'static str>,
    min: Option<i64>,
    max: Option<i64>,
    #[serde(borrow)]
    pattern: Option<Cow<'static, str>>,
    #[serde(default, borrow, rename = "enum")]
    values: Vec<&'static str>,
    #[serde(default)]
    sensitive: bool,
}

/// Turns the table's entries, which name each other, into shapes that hold each other.
struct Shapes {
    table: HashMap<&'static str, ShapeEntry>,
    built: HashMap<&'static str, Arc<Shape>>,
    /// Many shapes share a pattern; each is compiled once.
    patterns: HashMap<Cow<'static, str>, Arc<Pattern>>,
}

impl Shapes {
    /// The shape of that name. The table has no cycles: model.py refuses to write one.
    fn shape(&mut self, name: &'static str) -> Arc<Shape> {
        if let Some(shape) = self.built.get(name) {
            return Arc::clone(shape);
        }
        let entry = self.table.remove(name).unwrap_or_else(|| panic!("the model has no shape {name}"));
        let sensitive = entry.sensitive;
        let kind = self.kind(name, entry);
        let withheld = sensitive || kind.parts().any(|part| part.withheld);
        let shape = Arc::new(Shape { kind, sensitive, withheld });
        self.built.insert(name, Arc::clone(&shape));
        shape
    }

    fn kind(&mut self, name: &str, entry: ShapeEntry) -> Kind {
        let bounds = Bounds { min: entry.min, max: entry.max };
        match (entry.kind, entry.member, entry.key, entry.value) {
            ("structure", ..) => Kind::Structure(self.members(entry.members)),
            ("list", Some(item), ..) => Kind::List { item: self.shape(item), length: bounds },
            ("map", _, Some(key), Some(value)) => Kind::Map { key: self.shape(key), value: self.shape(value), length: bounds },
            ("string", ..) => {
                let pattern = entry.pattern.map(|source| self.pattern(source));
                Kind::String(Text { length: bounds, pattern, values: entry.values })
            }
            ("integer", ..) => Kind::Integer { value: bounds },
            ("long", ..) => Kind::Long { value: bounds },
            ("boolean", ..) => Kind::Boolean,
            ("blob", ..) => Kind::Blob { length: bounds },
            ("document", ..) => Kind::Document,
            (kind, ..) => panic!("the model's shape {name} is a {kind}, which nothing checks"),
        }
    }

    fn members(&mut self, entries: Vec<(&'static str, &'static str, bool)>) -> Vec<Member> {
        let member = |(name, shape, required)| Member { name, required, shape: self.shape(shape) };
        entries.into_iter().map(member).collect()
    }

    fn pattern(&mut self, source: Cow<'static, str>) -> Arc<Pattern> {
        let made = self.patterns.entry(source).or_insert_with_key(|source| Arc::new(Pattern::new(source.to_string())));
        Arc::clone(made)
    }
}
