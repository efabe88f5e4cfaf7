//! The parameters of a request.

use std::collections::HashMap;

/// Parameters as they were sent. One that is given twice is remembered as such; only `resource` may be (RFC 8707, 2).
#[derive(Debug, Default)]
pub struct Parameters {
    values: HashMap<String, String>,
    resources: Vec<String>,
    repeated: Option<String>,
}

impl Parameters {
    /// Of a query, or of a form.
    pub fn parse(query: &str) -> Self {
        Self::of(form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())))
    }

    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        let mut all = Self::default();
        for (name, value) in pairs {
            // PostgreSQL stores no such character.
            let value = value.replace('\0', "\u{fffd}");
            if name == "resource" {
                all.resources.push(value);
            } else if all.values.insert(name.clone(), value).is_some() {
                all.repeated = Some(name);
            }
        }
        all
    }

    /// Puts a value in the place of what was sent.
    pub fn set(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }

    /// A parameter's value; an empty one counts as absent (RFC 6749, 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// The resources that the access token is for.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str).filter(|v| !v.is_empty())
    }

    /// A parameter that was given more than once.
    pub fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }

    /// The words of a parameter, each once.
    pub fn words(&self, name: &str) -> Vec<&str> {
        let mut words = Vec::new();
        for word in self.get(name).unwrap_or_default().split(' ').filter(|w| !w.is_empty()) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parameters_are_absent_and_repeated_ones_noticed() {
        let parameters = Parameters::parse("a=&b=1&b=2&resource=x&resource=y");
        assert_eq!(parameters.get("a"), None);
        assert_eq!(parameters.repeated(), Some("b"));
        assert_eq!(parameters.resources().collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(Parameters::parse("resource=x&resource=y").repeated(), None);
    }

    #[test]
    fn words_stand_once() {
        assert_eq!(Parameters::parse("scope=a++b+a").words("scope"), ["a", "b"]);
    }
}
