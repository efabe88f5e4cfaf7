//! A sentence with something of its own look in it: a name, a link.

use leptos::prelude::*;

use crate::languages::{Part, Words};

/// The words of the page that is being drawn, for what stands on it: below [`super::Page`].
pub fn words() -> Words {
    use_context::<Words>().unwrap_or_default()
}

/// The text of a key with views in place of its placeholders, wherever the language puts them.
pub fn phrase<const N: usize>(words: &Words, key: &str, blanks: [(&str, AnyView); N]) -> AnyView {
    let text = words.get(key);
    let mut blanks: Vec<_> = blanks.into_iter().collect();
    let draw = |part: Part<'_>| match part {
        Part::Text(text) => Some(text.to_owned().into_any()),
        Part::Blank(name) => {
            let at = blanks.iter().position(|(known, _)| *known == name)?;
            Some(blanks.swap_remove(at).1)
        }
    };
    crate::languages::parts(&text).filter_map(draw).collect::<Vec<_>>().into_any()
}

/// What stands out in a sentence, such as an address: isolated, for it may be written the other way round.
pub fn strong(text: String) -> AnyView {
    view! { <bdi class="font-medium text-ink">{text}</bdi> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::render;

    #[test]
    fn values_stand_where_the_language_puts_them_and_are_escaped() {
        let words = Words::default();
        let html = render(phrase(&words, "page.code_destination", [("destination", strong("<i>".to_owned()))]));
        assert_eq!(html, r#"Enter the code we sent to <bdi class="font-medium text-ink">&lt;i&gt;</bdi>"#);
    }
}
