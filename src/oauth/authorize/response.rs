//! What is answered, and how the answer travels: in the query, in the fragment or as a form (OAuth 2.0 Multiple Response Types; Form Post
//! Response Mode), plain or as a signed JWT (JARM).

use super::Parameters;
use crate::api::{Cx, Result};
use crate::kit::clock::SECOND;
use crate::tokens::jwt::Claims;
use crate::tokens::keys::{self, Use};
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseType {
    pub code: bool,
    pub id_token: bool,
    pub token: bool,
}

impl Default for ResponseType {
    fn default() -> Self {
        Self { code: true, id_token: false, token: false }
    }
}

impl ResponseType {
    /// The order of the words is of no account (RFC 6749, 3.1.1).
    pub fn parse(words: &[&str]) -> Option<Self> {
        let mut all = Self { code: false, id_token: false, token: false };
        for word in words {
            match *word {
                "code" => all.code = true,
                "id_token" => all.id_token = true,
                "token" => all.token = true,
                _ => return None,
            }
        }
        (!words.is_empty()).then_some(all)
    }

    /// Whether tokens come at once, through the browser.
    pub fn has_tokens(self) -> bool {
        self.id_token || self.token
    }

    /// The name by which clients are allowed it.
    pub fn name(self) -> &'static str {
        match (self.code, self.id_token, self.token) {
            (true, false, false) => "code",
            (true, true, false) => "code id_token",
            (true, false, true) => "code token",
            (true, true, true) => "code id_token token",
            (false, true, true) => "id_token token",
            (false, true, false) => "id_token",
            (false, false, _) => "token",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    #[default]
    Query,
    Fragment,
    FormPost,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseMode {
    pub delivery: Delivery,
    /// Whether the answer is one signed parameter, `response`.
    pub signed: bool,
}

impl ResponseMode {
    /// The mode of this name, or the one that goes with the type. Tokens never travel in a query, where servers would log them.
    pub fn of(name: Option<&str>, kind: ResponseType) -> Option<Self> {
        let usual = if kind.has_tokens() { Delivery::Fragment } else { Delivery::Query };
        let (delivery, signed) = match name {
            None => (usual, false),
            Some("query") => (Delivery::Query, false),
            Some("fragment") => (Delivery::Fragment, false),
            Some("form_post") => (Delivery::FormPost, false),
            Some("jwt") => (usual, true),
            Some("query.jwt") => (Delivery::Query, true),
            Some("fragment.jwt") => (Delivery::Fragment, true),
            Some("form_post.jwt") => (Delivery::FormPost, true),
            Some(_) => return None,
        };
        (delivery != Delivery::Query || !kind.has_tokens()).then_some(Self { delivery, signed })
    }

    /// How to tell an error of a request that may be wrong in this as well.
    pub fn for_errors(parameters: &Parameters) -> Self {
        let kind = ResponseType::parse(&parameters.words("response_type")).unwrap_or_default();
        Self::of(parameters.get("response_mode"), kind).or_else(|| Self::of(None, kind)).unwrap_or_default()
    }
}

/// Where an answer goes.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub state: Option<&'a str>,
    pub mode: ResponseMode,
}

/// An answer to the application, by way of the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Redirect(String),
    /// A form that the browser posts.
    Post {
        address: String,
        fields: Vec<(String, String)>,
    },
}

/// How long a signed answer holds.
const SIGNED_SECONDS: i64 = 600;

impl Destination<'_> {
    /// The answer with the state and, against mix-up, the issuer (RFC 9207).
    pub async fn answer(&self, cx: &mut Cx, pool_id: &str, mut answer: Vec<(&str, String)>) -> Result<Reply> {
        if let Some(state) = self.state {
            answer.push(("state", state.to_owned()));
        }
        let issuer = cx.app.config.issuer(pool_id);
        if self.mode.signed {
            answer = vec![("response", self.sign(cx, pool_id, issuer, answer).await?)];
        } else {
            answer.push(("iss", issuer));
        }
        Ok(self.carry(&answer))
    }

    pub async fn error(&self, cx: &mut Cx, pool_id: &str, error: &str, description: Option<&str>) -> Result<Reply> {
        let mut answer = vec![("error", error.to_owned())];
        answer.extend(description.map(|text| ("error_description", text.to_owned())));
        self.answer(cx, pool_id, answer).await
    }

    async fn sign(&self, cx: &mut Cx, pool_id: &str, issuer: String, answer: Vec<(&str, String)>) -> Result<String> {
        let (keys, now) = (keys::load(cx, pool_id).await?, cx.now());
        let mut claims: Claims = answer.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        claims.insert("iss".into(), issuer.into());
        claims.insert("aud".into(), self.client_id.into());
        claims.insert("exp".into(), (now.div_euclid(SECOND) + SIGNED_SECONDS).into());
        Ok(keys.signer(Use::Id, now)?.sign(&claims)?)
    }

    fn carry(&self, answer: &[(&str, String)]) -> Reply {
        let separator = match (self.mode.delivery, self.redirect_uri.contains('?')) {
            (Delivery::FormPost, _) => {
                let fields = answer.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
                return Reply::Post { address: self.redirect_uri.to_owned(), fields };
            }
            (Delivery::Fragment, _) => '#',
            (Delivery::Query, true) => '&',
            (Delivery::Query, false) => '?',
        };
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
        Reply::Redirect(format!("{}{separator}{query}", self.redirect_uri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(words: &[&str]) -> ResponseType {
        ResponseType::parse(words).unwrap()
    }

    #[test]
    fn types_are_sets_of_words() {
        assert_eq!(kind(&["token", "code", "id_token"]).name(), "code id_token token");
        assert_eq!((kind(&["token"]).name(), kind(&["id_token", "token"]).name()), ("token", "id_token token"));
        assert_eq!((ResponseType::parse(&["none"]), ResponseType::parse(&[])), (None, None));
    }

    #[test]
    fn tokens_never_travel_in_a_query() {
        for (words, name, expected) in [
            (&["code"][..], None, Some((Delivery::Query, false))),
            (&["code"], Some("fragment"), Some((Delivery::Fragment, false))),
            (&["code"], Some("jwt"), Some((Delivery::Query, true))),
            (&["code"], Some("cookie"), None),
            (&["token"], None, Some((Delivery::Fragment, false))),
            (&["token"], Some("query"), None),
            (&["code", "id_token"], Some("query.jwt"), None),
            (&["code", "id_token"], Some("jwt"), Some((Delivery::Fragment, true))),
            (&["id_token"], Some("form_post.jwt"), Some((Delivery::FormPost, true))),
        ] {
            let mode = ResponseMode::of(name, kind(words)).map(|m| (m.delivery, m.signed));
            assert_eq!(mode, expected, "{words:?} {name:?}");
        }
    }

    #[test]
    fn an_answer_keeps_the_address_and_the_state() {
        let at = |redirect_uri: &'static str, delivery| Destination {
            client_id: "c",
            redirect_uri,
            state: None,
            mode: ResponseMode { delivery, signed: false },
        };
        let answer = [("code", "k".to_owned()), ("state", "a b&c".to_owned())];
        let redirect = |text: &str| Reply::Redirect(text.to_owned());
        assert_eq!(
            at("https://a.example/cb?x=1", Delivery::Query).carry(&answer),
            redirect("https://a.example/cb?x=1&code=k&state=a+b%26c")
        );
        assert_eq!(
            at("https://a.example/cb?x=1", Delivery::Fragment).carry(&answer),
            redirect("https://a.example/cb?x=1#code=k&state=a+b%26c")
        );
        assert_eq!(at("myapp://cb", Delivery::Query).carry(&answer), redirect("myapp://cb?code=k&state=a+b%26c"));
        let fields = answer.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        let posted = Reply::Post { address: "https://a.example/cb".into(), fields };
        assert_eq!(at("https://a.example/cb", Delivery::FormPost).carry(&answer), posted);
    }
}
