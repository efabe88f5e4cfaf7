//! Which language a person reads: what the address asks for, what the browser remembers, what it is set to.

use super::{Language, PoolLanguages, Words};

/// What a request says about languages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// `lang` of the query: Cognito's parameter.
    pub lang: Option<&'a str>,
    /// `ui_locales` of the query, separated by spaces (OpenID Connect Core, 3.1.2.1).
    pub ui_locales: Option<&'a str>,
    /// What an earlier address asked for.
    pub remembered: Option<&'a str>,
    /// `Accept-Language` (RFC 9110, 12.5.4).
    pub accepted: Option<&'a str>,
}

impl Asked<'_> {
    /// What the address asks for; it is remembered.
    pub fn for_now_on(&self) -> Option<Language> {
        let lang = self.lang.and_then(Language::of_tag);
        lang.or_else(|| self.ui_locales?.split(' ').find_map(Language::of_tag))
    }

    /// The language to answer in; nothing where every one does.
    pub fn language(&self) -> Option<Language> {
        let remembered = || self.remembered.and_then(Language::named);
        self.for_now_on().or_else(remembered).or_else(|| preferred(self.accepted?))
    }
}

/// The known language that a header likes best; of equals, the first.
fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for item in header.split(',').take(32) {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok()).unwrap_or(0.0);
        if let Some(language) = Language::of_tag(tag.trim())
            && quality > best.map_or(0.0, |(q, _)| q)
        {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The words for somebody who is written to: in the language of their own `locale`, or else of the page that they are on, or else of
/// their pool.
pub fn of_user(own: &PoolLanguages, locale: Option<&str>, page: Option<Language>) -> Words {
    Words::new(locale.and_then(Language::of_tag).or(page).unwrap_or(own.default_language()), own)
}

#[cfg(test)]
mod tests {
    use super::Language::{self, *};
    use super::*;

    #[test]
    fn the_address_is_heard_before_the_browser() {
        let all = Asked { lang: Some("fr"), ui_locales: Some("tlh de-CH"), remembered: Some("ja"), accepted: Some("ko") };
        assert_eq!(all.language(), Some(French));
        assert_eq!(Asked { lang: Some("tlh"), ..all }.language(), Some(German));
        let without = Asked { lang: None, ui_locales: None, ..all };
        assert_eq!((without.language(), without.for_now_on()), (Some(Japanese), None));
        assert_eq!(Asked { remembered: Some("<script>"), ..without }.language(), Some(Korean));
        assert_eq!(Asked::default().language(), None);
    }

    #[test]
    fn the_header_is_weighed() {
        let of = |header| Asked { accepted: Some(header), ..Asked::default() }.language();
        for (header, language) in [
            ("nl-BE,en;q=0.8", Some(Dutch)),
            ("tlh, en;q=0.5, it;q=0.9", Some(Italian)),
            ("de;q=0, es;q=0.1", Some(Spanish)),
            ("*", None),
            ("de;q=x", None),
        ] {
            assert_eq!(of(header), language, "{header}");
        }
    }

    #[test]
    fn people_are_written_to_in_their_own_language() {
        let own = PoolLanguages::default();
        let language = |locale, page| -> Language { of_user(&own, locale, page).language };
        assert_eq!(language(Some("it_IT"), Some(German)), Italian);
        assert_eq!(language(Some("?"), Some(German)), German);
        assert_eq!(language(None, None), English);
    }
}
