//! Conditions: operators, their values, and whether they hold.

use super::context::{Context, fold};
use super::node::Node;
use super::template::{Syntax, Template};
use super::values;
use ipnet::IpNet;
use std::cmp::Ordering;

/// One operator on one key.
#[derive(Debug)]
pub struct Condition {
    /// In lower case.
    key: String,
    /// As it is written.
    shown: String,
    set: Option<Set>,
    if_exists: bool,
    /// Whether the operator is one of the `Not…` kind.
    is_negated: bool,
    test: Test,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

/// What one value of a request is compared with.
#[derive(Debug)]
enum Test {
    Text(Vec<Template>),
    TextIgnoringCase(Vec<Template>),
    Number(Order, Vec<f64>),
    Date(Order, Vec<i64>),
    Bool(Vec<Template>),
    Binary(Vec<Vec<u8>>),
    Network(Vec<IpNet>),
    Arn(Vec<[Template; 6]>),
    Null(Vec<bool>),
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds(self, ordering: Option<Ordering>) -> bool {
        let Some(ordering) = ordering else { return false };
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// An operator's name, taken apart.
struct Operator<'a> {
    set: Option<Set>,
    base: &'a str,
    if_exists: bool,
}

/// The name of an operator: `ForAnyValue:StringLikeIfExists`.
fn operator(name: &str) -> Operator<'_> {
    let (set, rest) = match name.split_once(':') {
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => (Some(Set::All), rest),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => (Some(Set::Any), rest),
        _ => (None, name),
    };
    let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
    Operator { set, base, if_exists }
}

/// Reads the operator `name` on `key`. `Err` says what is wrong.
pub(super) fn read(name: &str, key: &str, values: &[Node], variables: bool) -> Result<Condition, String> {
    let Operator { set, base, if_exists } = operator(name);
    if !key.contains(':') || key.len() > 512 {
        return Err(format!("Invalid condition key: {key}"));
    }
    if base.eq_ignore_ascii_case("Null") && (if_exists || set.is_some()) {
        return Err(format!("Invalid condition operator: {name}"));
    }
    let texts =
        values.iter().map(|v| text(v).ok_or_else(|| format!("Invalid value for condition key {key}"))).collect::<Result<Vec<_>, _>>()?;
    let (test, is_negated) = test(name, &base.to_ascii_lowercase(), &texts, variables)?;
    Ok(Condition { key: fold(key), shown: key.to_owned(), set, if_exists, is_negated, test })
}

fn text(value: &Node) -> Option<String> {
    match value {
        Node::Text(text) | Node::Number(text) => Some(text.clone()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Null | Node::List(_) | Node::Object(_) => None,
    }
}

fn test(name: &str, base: &str, texts: &[String], variables: bool) -> Result<(Test, bool), String> {
    use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let exact = Syntax { wildcards: false, variables };
    let like = Syntax { wildcards: true, variables };
    let numbers = |order| all(name, texts, values::number).map(|all| Test::Number(order, all));
    let dates = |order| all(name, texts, values::date).map(|all| Test::Date(order, all));
    let test = match base {
        "stringequals" | "stringnotequals" => Test::Text(templates(texts, exact)?),
        "stringequalsignorecase" | "stringnotequalsignorecase" => Test::TextIgnoringCase(templates(texts, exact)?),
        "stringlike" | "stringnotlike" => Test::Text(templates(texts, like)?),
        "numericequals" | "numericnotequals" => numbers(Equal)?,
        "numericlessthan" => numbers(Less)?,
        "numericlessthanequals" => numbers(LessOrEqual)?,
        "numericgreaterthan" => numbers(Greater)?,
        "numericgreaterthanequals" => numbers(GreaterOrEqual)?,
        "dateequals" | "datenotequals" => dates(Equal)?,
        "datelessthan" => dates(Less)?,
        "datelessthanequals" => dates(LessOrEqual)?,
        "dategreaterthan" => dates(Greater)?,
        "dategreaterthanequals" => dates(GreaterOrEqual)?,
        "bool" => Test::Bool(templates(texts, exact)?),
        "binaryequals" => Test::Binary(all(name, texts, crate::kit::text::from_base64)?),
        "ipaddress" | "notipaddress" => Test::Network(all(name, texts, values::network)?),
        "arnequals" | "arnlike" | "arnnotequals" | "arnnotlike" => Test::Arn(arns(texts, like)?),
        "null" => Test::Null(all(name, texts, |text| text.parse().ok())?),
        _ => return Err(format!("Invalid condition operator: {name}")),
    };
    Ok((test, base.contains("not")))
}

fn all<T>(name: &str, texts: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    texts.iter().map(|text| read(text).ok_or_else(|| format!("Invalid value for {name}: {text}"))).collect()
}

fn templates(texts: &[String], syntax: Syntax) -> Result<Vec<Template>, String> {
    texts.iter().map(|text| Template::read(text, syntax)).collect()
}

/// The six fields of each ARN, which are compared one by one. A lone `*` is every ARN.
fn arns(texts: &[String], syntax: Syntax) -> Result<Vec<[Template; 6]>, String> {
    let read = |text: &String| {
        let whole = if text == "*" { "*:*:*:*:*:*" } else { text };
        let fields = fields(whole).ok_or_else(|| format!("Invalid ARN in a condition: {text}"))?;
        let read = fields.iter().map(|field| Template::read(field, syntax)).collect::<Result<Vec<_>, _>>()?;
        read.try_into().map_err(|_| format!("Invalid ARN in a condition: {text}"))
    };
    texts.iter().map(read).collect()
}

/// The fields of an ARN, split at colons that are not inside a variable.
pub(super) fn fields(text: &str) -> Option<[&str; 6]> {
    let fields = super::read::arn_fields(text);
    fields.try_into().ok()
}

impl Condition {
    /// Whether the condition holds for what is known of a request.
    pub(super) fn holds(&self, context: &Context) -> bool {
        let present = context.get(&self.key);
        if let Test::Null(expected) = &self.test {
            return expected.contains(&present.is_empty());
        }
        // Values of one key are alternatives; a negated operator holds where none of them matches.
        let satisfies = |value: &String| self.test.matches(value, context) != self.is_negated;
        match self.set {
            Some(Set::All) => present.iter().all(satisfies),
            Some(Set::Any) if present.is_empty() => self.if_exists,
            Some(Set::Any) => present.iter().any(satisfies),
            None if present.is_empty() => self.if_exists || self.is_negated,
            None if self.is_negated => present.iter().all(satisfies),
            None => present.iter().any(satisfies),
        }
    }

    /// The keys that the condition asks for, as they are written.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let variables: Box<dyn Iterator<Item = &str>> = match &self.test {
            Test::Text(templates) | Test::TextIgnoringCase(templates) | Test::Bool(templates) => {
                Box::new(templates.iter().flat_map(Template::variables))
            }
            Test::Arn(arns) => Box::new(arns.iter().flatten().flat_map(Template::variables)),
            _ => Box::new(std::iter::empty()),
        };
        std::iter::once(self.shown.as_str()).chain(variables)
    }
}

impl Test {
    /// Whether a value of the request matches any of the policy's.
    fn matches(&self, value: &str, context: &Context) -> bool {
        match self {
            Self::Text(templates) => templates.iter().any(|t| t.matches(value, context)),
            Self::TextIgnoringCase(templates) => {
                let value = value.to_lowercase();
                templates.iter().filter_map(|t| t.resolved(context)).any(|text| text.to_lowercase() == value)
            }
            Self::Bool(templates) => templates.iter().filter_map(|t| t.resolved(context)).any(|text| text.eq_ignore_ascii_case(value)),
            Self::Number(order, numbers) => {
                values::number(value).is_some_and(|value| numbers.iter().any(|n| order.holds(value.partial_cmp(n))))
            }
            Self::Date(order, dates) => values::date(value).is_some_and(|value| dates.iter().any(|d| order.holds(Some(value.cmp(d))))),
            Self::Binary(all) => crate::kit::text::from_base64(value).is_some_and(|value| all.contains(&value)),
            Self::Network(networks) => values::address(value).is_some_and(|value| networks.iter().any(|n| n.contains(&value))),
            Self::Arn(arns) => {
                let fields: Vec<_> = value.splitn(6, ':').collect();
                fields.len() == 6 && arns.iter().any(|arn| arn.iter().zip(&fields).all(|(t, field)| t.matches(field, context)))
            }
            // Decided by presence alone.
            Self::Null(_) => false,
        }
    }
}
