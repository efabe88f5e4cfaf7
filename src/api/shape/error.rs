//! What is wrong with a request, in the service's words.

/// The longest message. The service has no such limit, but neither should an answer be as long as the request.
pub(super) const MESSAGE: usize = 64 * 1024;

/// Why a request does not fit its operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeError {
    /// A value is of the wrong JSON type: `SerializationException`.
    Serialization(String),
    /// Constraints are broken: `InvalidParameterException`.
    Violations(Vec<Violation>),
}

/// One broken constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where: `userAttributes.1.member.name`.
    pub path: String,
    /// What was there.
    pub value: Echo,
    /// What should have been: `Member must not be null`.
    pub constraint: String,
}

/// What a message says of the value that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echo {
    /// There was none.
    Null,
    /// It is or contains something sensitive.
    Withheld,
    /// The value, cut where it would make the message too long.
    Shown(String),
}

impl ShapeError {
    /// The message of the answer.
    pub fn message(&self) -> String {
        match self {
            Self::Serialization(text) => cut(text).to_owned(),
            Self::Violations(violations) => {
                let plural = if violations.len() == 1 { "" } else { "s" };
                let each: Vec<_> = violations.iter().map(Violation::text).collect();
                let text = format!("{} validation error{plural} detected: {}", violations.len(), each.join("; "));
                cut(&text).to_owned()
            }
        }
    }
}

impl Violation {
    fn text(&self) -> String {
        let value = match &self.value {
            Echo::Null => " null".to_owned(),
            Echo::Withheld => String::new(),
            Echo::Shown(value) => format!(" '{value}'"),
        };
        format!("Value{value} at '{}' failed to satisfy constraint: {}", self.path, self.constraint)
    }
}

/// As much of a text as fits a message.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MESSAGE)]
}
