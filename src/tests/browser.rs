//! A browser without script: it keeps cookies, fills in forms and follows nothing by itself.

use super::harness::{Answer, Sent, Site};
use axum::http::Method;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

pub struct Browser<'a> {
    pub site: &'a Site,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Site {
    pub fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: Mutex::default() }
    }
}

impl Browser<'_> {
    /// A cookie's value; empty where there is none.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned().unwrap_or_default()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value.to_owned());
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()) {
            let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a cookie with a value");
            let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Vec::new(), Vec::new()).await
    }

    /// Sends a form of a page as the page would: with its token and from its origin.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.cookie("XSRF-TOKEN");
        let mut all = vec![("_csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_as(path, &all, &[("origin", "http://localhost:8080")]).await
    }

    /// Sends exactly these fields with exactly these headers.
    pub async fn post_as(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        all.extend(headers.iter().map(|(n, v)| (*n, (*v).to_owned())));
        self.send(Method::POST, path, all, body).await
    }

    async fn send<'b>(&self, method: Method, path: &'b str, mut headers: Vec<(&'b str, String)>, body: Vec<u8>) -> Answer {
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            headers.push(("cookie", cookies));
        }
        let answer = self.site.send(Sent { method, path, headers, body }).await;
        self.keep(&answer);
        answer
    }

    /// Opens the sign-in page of an authorization request, and signs in. Where the browser is led is returned.
    pub async fn sign_in(&self, pool: &str, query: &str, name: &str, password: &str) -> String {
        let page = format!("/{pool}/login?{query}");
        self.get(&page).await.expect(200);
        self.post(&page, &[("username", name), ("password", password)]).await.location().to_owned()
    }
}

/// A parameter of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1;
    form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// The query of an authorization request for the usual client.
pub fn authorize(client: &str, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![("response_type", "code"), ("client_id", client), ("redirect_uri", super::fixtures::CALLBACK)];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend_from_slice(more);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
