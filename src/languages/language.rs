//! The languages that there are words in: those of Cognito's managed login, and two that are written from right to left.

/// A language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    Arabic,
    German,
    #[default]
    English,
    Spanish,
    French,
    Hebrew,
    Indonesian,
    Italian,
    Japanese,
    Korean,
    Dutch,
    Portuguese,
    ChineseSimplified,
    ChineseTraditional,
}

impl Language {
    pub const ALL: [Self; 14] = [
        Self::Arabic,
        Self::German,
        Self::English,
        Self::Spanish,
        Self::French,
        Self::Hebrew,
        Self::Indonesian,
        Self::Italian,
        Self::Japanese,
        Self::Korean,
        Self::Dutch,
        Self::Portuguese,
        Self::ChineseSimplified,
        Self::ChineseTraditional,
    ];

    /// BCP 47; Cognito's name of the language.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::German => "de",
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Hebrew => "he",
            Self::Indonesian => "id",
            Self::Italian => "it",
            Self::Japanese => "ja",
            Self::Korean => "ko",
            Self::Dutch => "nl",
            Self::Portuguese => "pt-BR",
            Self::ChineseSimplified => "zh-CN",
            Self::ChineseTraditional => "zh-TW",
        }
    }

    /// `LanguageIdType` of a client's terms, where Cognito has one.
    pub fn terms_id(self) -> Option<&'static str> {
        Some(match self {
            Self::Arabic | Self::Hebrew => return None,
            Self::German => "cognito:german",
            Self::English => "cognito:english",
            Self::Spanish => "cognito:spanish",
            Self::French => "cognito:french",
            Self::Indonesian => "cognito:bahasa-indonesia",
            Self::Italian => "cognito:italian",
            Self::Japanese => "cognito:japanese",
            Self::Korean => "cognito:korean",
            Self::Dutch => "cognito:dutch",
            Self::Portuguese => "cognito:portuguese-brazil",
            Self::ChineseSimplified => "cognito:chinese-simplified",
            Self::ChineseTraditional => "cognito:chinese-traditional",
        })
    }

    /// Which way it is written: the `dir` of a document.
    pub fn direction(self) -> &'static str {
        if matches!(self, Self::Arabic | Self::Hebrew) { "rtl" } else { "ltr" }
    }

    /// The language that serves readers of a tag best: `de-AT` is German, `zh-Hant-HK` traditional Chinese.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let mut subtags = tag.split(['-', '_']);
        let primary = subtags.next()?.trim();
        let is = |known: &str| primary.eq_ignore_ascii_case(known);
        if is("zh") {
            let traditional = ["hant", "tw", "hk", "mo"];
            let wants = subtags.any(|tag| traditional.iter().any(|known| tag.eq_ignore_ascii_case(known)));
            return Some(if wants { Self::ChineseTraditional } else { Self::ChineseSimplified });
        }
        // The codes that Hebrew and Indonesian had before 1989, and still have in Java.
        let known = |language: &Self| match language {
            Self::Portuguese => is("pt"),
            Self::Hebrew => is("he") || is("iw"),
            Self::Indonesian => is("id") || is("in"),
            other => is(other.tag()),
        };
        Self::ALL.into_iter().find(known)
    }

    /// The language of exactly this tag, as this product writes it.
    pub fn named(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, *};

    #[test]
    fn a_tag_finds_the_nearest_language() {
        for (tag, language) in [
            ("de", Some(German)),
            ("DE-at", Some(German)),
            ("en_GB", Some(English)),
            ("pt-PT", Some(Portuguese)),
            ("zh", Some(ChineseSimplified)),
            ("zh-Hans-SG", Some(ChineseSimplified)),
            ("zh-Hant", Some(ChineseTraditional)),
            ("zh-HK", Some(ChineseTraditional)),
            ("iw-IL", Some(Hebrew)),
            ("tlh", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
        for language in Language::ALL {
            assert_eq!((Language::of_tag(language.tag()), Language::named(language.tag())), (Some(language), Some(language)));
        }
        assert_eq!((Arabic.direction(), English.direction()), ("rtl", "ltr"));
    }
}
