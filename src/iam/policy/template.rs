//! Texts with wildcards and variables, and what they match.

use super::context::{Context, fold};

/// A text as it stands in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// Any run of characters; within the header of an ARN, any run without a colon.
    Star {
        crosses: bool,
    },
    /// One character; within the header of an ARN, one that is no colon.
    One {
        crosses: bool,
    },
    /// The value of a key, in which nothing is a wildcard.
    Variable {
        key: String,
        shown: String,
        default: Option<String>,
    },
}

/// What a text may hold besides characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Syntax {
    pub wildcards: bool,
    pub variables: bool,
}

/// How far a search may go back to.
#[derive(Clone, Copy)]
struct Retry {
    part: usize,
    at: usize,
}

impl Template {
    /// Reads a text. `Err` says what is wrong with a variable.
    pub fn read(text: &str, syntax: Syntax) -> Result<Self, String> {
        let mut parts = Parts::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("${").filter(|_| syntax.variables) {
                let (inside, tail) = after.split_once('}').ok_or_else(|| format!("The variable in {text} does not end"))?;
                parts.variable(inside)?;
                rest = tail;
                continue;
            }
            match c {
                '*' if syntax.wildcards => parts.push(Part::Star { crosses: true }),
                '?' if syntax.wildcards => parts.push(Part::One { crosses: true }),
                other => parts.literal(other),
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        Ok(Self { parts: parts.0 })
    }

    /// Reads an ARN of six fields: in all but the last a wildcard stops at a colon, unless it is a star that ends its field.
    pub fn read_arn(fields: &[&str], syntax: Syntax) -> Result<Self, String> {
        let mut parts = Parts::default();
        for (n, field) in fields.iter().enumerate() {
            let is_last = n + 1 == fields.len();
            let mut read = Self::read(field, syntax)?.parts;
            let length = read.len();
            for (i, part) in read.iter_mut().enumerate() {
                match part {
                    Part::Star { crosses } => *crosses = is_last || i + 1 == length,
                    Part::One { crosses } => *crosses = is_last,
                    Part::Literal(_) | Part::Variable { .. } => {}
                }
            }
            read.into_iter().for_each(|part| parts.push(part));
            if !is_last {
                parts.literal(':');
            }
        }
        Ok(Self { parts: parts.0 })
    }

    /// Whether each variable has a value.
    pub fn resolves(&self, context: &Context) -> bool {
        self.parts.iter().all(|part| part.text(context).is_some() || !matches!(part, Part::Variable { .. }))
    }

    /// Whether the whole text matches. A variable without a value matches nothing.
    pub fn matches(&self, text: &str, context: &Context) -> bool {
        if !self.resolves(context) {
            return false;
        }
        let bytes = text.as_bytes();
        let (mut part, mut at) = (0, 0);
        // Only the last star that may cross a colon, and the last one after it that may not, can help where the rest does not match.
        let (mut far, mut near): (Option<Retry>, Option<Retry>) = (None, None);
        loop {
            let step = match self.parts.get(part) {
                None => (at == bytes.len()).then_some(0),
                Some(Part::Star { crosses: true }) => {
                    (far, near) = (Some(Retry { part, at }), None);
                    Some(0)
                }
                Some(Part::Star { crosses: false }) => {
                    near = Some(Retry { part, at });
                    Some(0)
                }
                Some(Part::One { crosses }) => one(text, at).filter(|c| *crosses || *c != ':').map(char::len_utf8),
                Some(other) => {
                    other.text(context).filter(|t| bytes.get(at..).is_some_and(|rest| rest.starts_with(t.as_bytes()))).map(str::len)
                }
            };
            match step {
                Some(_) if part == self.parts.len() => return true,
                Some(length) => (part, at) = (part + 1, at + length),
                None => {
                    let again = longer(&mut near, text, false).or_else(|| {
                        near = None;
                        longer(&mut far, text, true)
                    });
                    let Some(retry) = again else { return false };
                    (part, at) = (retry.part + 1, retry.at);
                }
            }
        }
    }

    /// The text with its variables replaced; `None` where one has no value.
    pub fn resolved(&self, context: &Context) -> Option<String> {
        self.parts.iter().map(|part| part.text(context)).collect()
    }

    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { shown, .. } => Some(shown.as_str()),
            _ => None,
        })
    }
}

/// The star takes one character more, if it may.
fn longer(retry: &mut Option<Retry>, text: &str, crosses: bool) -> Option<Retry> {
    let retry = retry.as_mut()?;
    let taken = one(text, retry.at).filter(|c| crosses || *c != ':')?;
    retry.at += taken.len_utf8();
    Some(*retry)
}

fn one(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

impl Part {
    /// What stands here, if it is no wildcard.
    fn text<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Variable { key, default, .. } => context.one(key).or(default.as_deref()),
            Self::Star { .. } | Self::One { .. } => None,
        }
    }
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn literal(&mut self, c: char) {
        if let Some(Part::Literal(text)) = self.0.last_mut() {
            text.push(c);
        } else {
            self.0.push(Part::Literal(c.to_string()));
        }
    }

    fn push(&mut self, part: Part) {
        match part {
            Part::Literal(text) => text.chars().for_each(|c| self.literal(c)),
            // Two stars in a row are one.
            Part::Star { crosses } if matches!(self.0.last(), Some(Part::Star { crosses: before }) if *before == crosses) => {}
            other => self.0.push(other),
        }
    }

    /// `*`, `?`, `$`, `key` or `key, 'default'`.
    fn variable(&mut self, inside: &str) -> Result<(), String> {
        if let "*" | "?" | "$" = inside {
            inside.chars().for_each(|c| self.literal(c));
            return Ok(());
        }
        let (name, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((name, default)) => {
                let quoted = default.trim().strip_prefix('\'').and_then(|d| d.strip_suffix('\''));
                (name, Some(quoted.ok_or_else(|| format!("The default of ${{{inside}}} is not in single quotes"))?.to_owned()))
            }
        };
        let shown = name.trim();
        if shown.is_empty() || shown.contains(|c: char| c.is_whitespace() || "${'".contains(c)) {
            return Err(format!("${{{inside}}} is not a variable"));
        }
        self.0.push(Part::Variable { key: fold(shown), shown: shown.to_owned(), default });
        Ok(())
    }
}
