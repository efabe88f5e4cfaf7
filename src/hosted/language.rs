//! The language of a visit: asked for by the address, remembered in a cookie.

use super::cookies::{self, LANGUAGE, Scope};
use crate::kit::clock::{DAY, SECOND};
use crate::languages::{Asked, Language, Words};
use crate::oauth::authorize::Parameters;
use crate::pools::Pool;
use axum::http::{HeaderMap, HeaderValue, header};

/// What the address and the browser say about languages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// What to answer in; nothing where nothing that is said is known.
    pub language: Option<Language>,
    /// What to remember, where the address asks for another language than the cookie names.
    pub to_remember: Option<Language>,
}

impl Wish {
    pub fn of(query: &str, headers: &HeaderMap) -> Self {
        let parameters = Parameters::parse(query);
        let remembered = cookies::get(headers, LANGUAGE);
        let asked = Asked {
            lang: parameters.get("lang"),
            ui_locales: parameters.get("ui_locales"),
            remembered,
            accepted: headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()),
        };
        let to_remember = asked.for_now_on().filter(|language| remembered != Some(language.tag()));
        Self { language: asked.language(), to_remember }
    }

    /// The words for a pool's pages, or for those that are no pool's.
    pub fn words(self, pool: Option<&Pool>) -> Words {
        match pool.map(Pool::languages) {
            Some(own) => Words::new(self.language.unwrap_or(own.default_language()), own),
            None => Words::new(self.language.unwrap_or_default(), &Default::default()),
        }
    }

    /// Has the browser remember the language, for a year.
    pub fn cookie(self, scope: Scope<'_>) -> Option<HeaderValue> {
        cookies::set(scope, LANGUAGE, self.to_remember?.tag(), Some(365 * DAY / SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_asks_for_is_remembered_once() {
        let headers = |cookie: &str| HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]);
        let wish = Wish::of("lang=de-AT&x=1", &headers("a=b"));
        assert_eq!((wish.language, wish.to_remember), (Some(Language::German), Some(Language::German)));
        let cookie = wish.cookie(Scope { path: "/p", secure: false }).unwrap();
        assert_eq!(cookie, "lang=de; Path=/p; HttpOnly; SameSite=Lax; Max-Age=31536000");
        let wish = Wish::of("flow=x", &headers("lang=de"));
        assert_eq!((wish.language, wish.to_remember), (Some(Language::German), None));
        assert_eq!(Wish::of("lang=de", &headers("lang=de")).to_remember, None);
    }
}
