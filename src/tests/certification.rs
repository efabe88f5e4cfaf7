//! What the tests that are named after the certification suite's modules share: an application and the browser in front of it.

use super::browser::{Browser, authorize, parameter};
use super::fixtures::{CALLBACK, PASSWORD};
use super::harness::{Answer, Site, merged};
use crate::tokens::jwt::{self, Claims};
use serde_json::{Value, json};

/// A relying party with one user, `jane`.
pub struct Rp<'a> {
    pub site: &'a Site,
    pub pool: String,
    pub client: String,
    pub browser: Browser<'a>,
    pub sub: String,
}

impl<'a> Rp<'a> {
    pub async fn new(site: &'a Site, settings: Value) -> Self {
        let pool = site.pool(json!({})).await;
        let client = site.client(&pool, merged(json!({ "AllowedOAuthFlows": ["code", "implicit"] }), settings)).await;
        let profile = super::harness::attributes(&[
            ("email", "jane@example.com"),
            ("email_verified", "true"),
            ("name", "Jane Doe"),
            ("phone_number", "+15555550100"),
            ("phone_number_verified", "true"),
        ]);
        let sub = site.user_with(&pool, "jane", profile).await;
        Self { browser: site.browser(), site, pool, client, sub }
    }

    pub fn query(&self, more: &[(&str, &str)]) -> String {
        let mut all = vec![("scope", "openid"), ("state", "st/ate")];
        all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        all.extend_from_slice(more);
        authorize(&self.client, &all)
    }

    pub fn address(&self, more: &[(&str, &str)]) -> String {
        format!("/{}/oauth2/authorize?{}", self.pool, self.query(more))
    }

    /// Opens the authorization endpoint; whoever is led to the sign-in page signs in. What the application gets is returned.
    pub async fn run(&self, more: &[(&str, &str)]) -> Callback {
        let answer = self.browser.get(&self.address(more)).await;
        if answer.status == 302 && answer.header("location").starts_with(&format!("/{}/login?", self.pool)) {
            let page = answer.location().to_owned();
            self.browser.get(&page).await.expect(200);
            return Callback::of(&self.browser.post(&page, &[("username", "jane"), ("password", PASSWORD)]).await);
        }
        Callback::of(&answer)
    }

    /// The error that the application is told without a page being shown.
    pub async fn error(&self, more: &[(&str, &str)]) -> Option<String> {
        Callback::of(&self.browser.get(&self.address(more)).await).get("error")
    }

    /// Exchanges a callback's code.
    pub async fn tokens(&self, callback: &Callback) -> Value {
        let code = callback.get("code").unwrap_or_else(|| panic!("no code in {callback:?}"));
        self.site.exchange(&self.pool, &self.client, &code, &[]).await.expect(200).json()
    }

    /// Signs in by the code flow; the claims of the ID token.
    pub async fn id(&self, more: &[(&str, &str)]) -> Claims {
        let callback = self.run(more).await;
        id_claims(&self.tokens(&callback).await)
    }

    /// What userInfo says for tokens.
    pub async fn user_info(&self, tokens: &Value) -> Value {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("an access token"));
        self.site.get(&format!("/{}/oauth2/userInfo", self.pool), &[("authorization", &bearer)]).await.expect(200).json()
    }

    pub fn issuer(&self) -> String {
        self.site.app.config.issuer(&self.pool)
    }
}

pub fn id_claims(tokens: &Value) -> Claims {
    jwt::peek(tokens["id_token"].as_str().expect("an ID token")).expect("a JWT")
}

/// What came to the redirect address, and how.
#[derive(Debug, Clone)]
pub struct Callback {
    pub delivery: &'static str,
    pub address: String,
    parameters: String,
}

impl Callback {
    /// Of a redirect to the application, or of the page that posts to it.
    pub fn of(answer: &Answer) -> Self {
        if answer.status == 200 {
            let form = answer.body.split_once("<form").expect("a form").1;
            let attribute = |tag: &str, name: &str| {
                let rest = tag.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {tag}")).1;
                rest.split('"').next().unwrap_or_default().replace("&amp;", "&")
            };
            let inputs = form.split("<input ").skip(1).map(|tag| (attribute(tag, "name"), attribute(tag, "value")));
            let parameters = form_urlencoded::Serializer::new(String::new()).extend_pairs(inputs).finish();
            return Self { delivery: "form_post", address: attribute(form, "action"), parameters };
        }
        let location = answer.location();
        let (delivery, at) = match (location.find('#'), location.find('?')) {
            (Some(at), _) => ("fragment", at),
            (None, Some(at)) => ("query", at),
            (None, None) => panic!("{location}"),
        };
        Self { delivery, address: location[..at].to_owned(), parameters: location[at + 1..].to_owned() }
    }

    pub fn get(&self, name: &str) -> Option<String> {
        parameter(&format!("?{}", self.parameters), name)
    }

    #[track_caller]
    pub fn reached_the_application(&self) -> &Self {
        assert_eq!(self.address, CALLBACK, "{self:?}");
        self
    }
}
