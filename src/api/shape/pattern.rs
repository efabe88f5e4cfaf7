//! The model's patterns. They are Java's, and a value must match from end to end.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// `\w`, `\d` and `\s` are ASCII in Java. A class inside a class is a union in both languages.
const ASCII: [(char, &str); 6] =
    [('w', "[0-9A-Za-z_]"), ('W', "[^0-9A-Za-z_]"), ('d', "[0-9]"), ('D', "[^0-9]"), ('s', r"[ \t\n\x0B\f\r]"), ('S', r"[^ \t\n\x0B\f\r]")];

/// What Java's `.` matches: it stops at every line end that Unicode knows, not only at `\n`.
const ANY: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";

/// One pattern, compiled when a value first meets it.
pub(super) struct Pattern {
    source: String,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub fn new(source: String) -> Self {
        Self { source, regex: OnceLock::new() }
    }

    /// The pattern as the model prints it, which is how messages print it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        let compile = || self.compile().expect("every pattern of the model compiles: tested");
        self.regex.get_or_init(compile).is_match(value)
    }

    /// The limits are several times what the largest pattern needs. The second one bounds the automaton that
    /// grows as it meets characters, for each pattern and thread.
    pub fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&translate(&self.source)).size_limit(1 << 20).dfa_size_limit(1 << 18).build()
    }
}

/// The same language in this crate's syntax, anchored at both ends.
fn translate(java: &str) -> String {
    let every_character = java.starts_with("(?s)");
    let mut rust = String::from(r"\A(?:");
    let mut class_depth = 0usize;
    let mut characters = java.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => rust.push_str(&escape(characters.next().unwrap_or('\\'))),
            '.' if class_depth == 0 && !every_character => rust.push_str(ANY),
            _ => {
                class_depth = match character {
                    '[' => class_depth + 1,
                    ']' => class_depth.saturating_sub(1),
                    _ => class_depth,
                };
                rust.push(character);
            }
        }
    }
    rust + r")\z"
}

fn escape(character: char) -> String {
    match ASCII.iter().find(|(letter, _)| *letter == character) {
        Some((_, class)) => (*class).to_owned(),
        None => format!(r"\{character}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_matches_as_it_does_in_java() {
        let table = [
            (r"[\w-]+_[0-9a-zA-Z]+", "us-east-1_DemoPool0", true),
            (r"[\w-]+_[0-9a-zA-Z]+", "us-east-1_DemoPool0\n", false),
            (r"[\w-]+_[0-9a-zA-Z]+", "x us-east-1_DemoPool0", false),
            (r"[\w+]+", "é", false),
            (r"\d+", "٣", false),
            (r"[\S]+", "пароль", true),
            (r"[\S]+", "two words", false),
            // Java's \s is ASCII, so a no-break space is no space.
            (r"[\S]+", "a\u{a0}b", true),
            (r"[\w\s+=,.@-]+", "a b\t@x.y-z", true),
            (r"[\w\s+=,.@-]+", "a\u{a0}b", false),
            (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "jürgen+1@例え.jp", true),
            (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "a b", false),
            (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "a\0b", false),
            (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "", false),
            (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", "code {####}.", true),
            (r".*\{####\}.*", "a {####} b", true),
            (r".*\{####\}.*", "a\n{####}", false),
            (r".*\{####\}.*", "a\u{2028}{####}", false),
            (r"(?s).*", "a\nb\u{2028}", true),
            (r"[A-Za-z0-9-_=.]+", "eyJ-_.=", true),
            (r"[A-Za-z0-9-_=.]+", "a:b", false),
            (r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+", "Login", true),
            (r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+", "_x y", false),
            (r"^(tkn|sso)[a-z0-9]{25}$", "tkn0123456789abcdefghijklmno", true),
            (r"^(tkn|sso)[a-z0-9]{25}$", "tkn0123456789abcdefghijklmno\n", false),
            (r"(un)?authenticated", "unauthenticated", true),
            (r"(un)?authenticated", "authenticatedx", false),
        ];
        for (source, value, expected) in table {
            assert_eq!(Pattern::new(source.into()).matches(value), expected, "{source} on {value:?}");
        }
    }
}
