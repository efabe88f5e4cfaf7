//! Drawn pages that differ from visit to visit in a few places only: drawn once, filled in each time.

/// A drawn page, cut at its blanks.
pub struct Template {
    parts: Vec<Part>,
    length: usize,
}

enum Part {
    Text(String),
    Csrf,
    Query,
}

/// What stands in the blanks while a page is drawn. Letters only, so that no escaping changes them.
pub const CSRF: &str = "QblankforthetokenQ";
pub const QUERY: &str = "QblankforthequeryQ";

impl Template {
    pub fn new(html: &str) -> Self {
        let (mut parts, mut rest) = (Vec::new(), html);
        let next = |text: &str| [(CSRF, text.find(CSRF)), (QUERY, text.find(QUERY))].into_iter().filter_map(|(b, at)| Some((at?, b))).min();
        while let Some((at, blank)) = next(rest) {
            parts.push(Part::Text(rest[..at].to_owned()));
            parts.push(if blank == CSRF { Part::Csrf } else { Part::Query });
            rest = &rest[at + blank.len()..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Self { parts, length: html.len() }
    }

    /// The page with its blanks filled. The query is escaped here; the token is base64url.
    pub fn fill(&self, csrf: &str, query: &str) -> String {
        let query = escape_attribute(query);
        let mut out = String::with_capacity(self.length + 4 * query.len() + csrf.len());
        for part in &self.parts {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Csrf => csrf,
                Part::Query => &query,
            });
        }
        out
    }
}

fn escape_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_and_escaped() {
        let template = Template::new(&format!("<a href=\"login?{QUERY}\"><input value=\"{CSRF}\"><a href=\"{QUERY}\">"));
        assert_eq!(
            template.fill("t", "a=1&b=\"><x"),
            "<a href=\"login?a=1&amp;b=&quot;&gt;&lt;x\"><input value=\"t\"><a href=\"a=1&amp;b=&quot;&gt;&lt;x\">"
        );
    }
}
