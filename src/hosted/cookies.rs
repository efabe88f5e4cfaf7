//! The cookies of the hosted pages.
//!
//! Over HTTPS their names begin with `__Host-`, so that no other host, and nothing that came in the clear, can have set them. Such cookies hold for
//! the whole host: where pages are reached by path, the pool's id is in the name. Over HTTP, on a developer's machine, they have their plain names
//! and hold below the pool's path.

use axum::http::{HeaderMap, HeaderValue, header};

/// Ties forms and flows to a browser.
pub const BROWSER: &str = "XSRF-TOKEN";
/// The signed-in session.
pub const SESSION: &str = "cognito";
/// The language that an address asked for.
pub const LANGUAGE: &str = "lang";

/// A cookie's value.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
}

/// What a cookie is set with.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// `/{pool}` by path, `/` by host name.
    pub path: &'a str,
    pub secure: bool,
}

/// The cookies of a pool's pages: their names, and where they hold.
#[derive(Debug, Clone)]
pub struct Own {
    pub browser: String,
    pub session: String,
    path: String,
    secure: bool,
}

impl Own {
    /// `base` is `/{pool}` by path and nothing by host name.
    pub fn of(secure: bool, pool_id: &str, base: &str) -> Self {
        let name = |plain: &str| match (secure, base.is_empty()) {
            (true, true) => format!("__Host-{plain}"),
            (true, false) => format!("__Host-{plain}.{pool_id}"),
            (false, _) => plain.to_owned(),
        };
        let path = if secure || base.is_empty() { "/" } else { base };
        Self { browser: name(BROWSER), session: name(SESSION), path: path.to_owned(), secure }
    }

    pub fn scope(&self) -> Scope<'_> {
        Scope { path: &self.path, secure: self.secure }
    }
}

/// A `Set-Cookie` value. Without an age the cookie lasts as long as the browser; an age of 0 removes it.
pub fn set(scope: Scope<'_>, name: &str, value: &str, max_age: Option<i64>) -> Option<HeaderValue> {
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if scope.secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Path={}; HttpOnly; SameSite=Lax{age}{secure}", scope.path)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; cognito=x=y".parse().unwrap());
        headers.append(header::COOKIE, "XSRF-TOKEN=z".parse().unwrap());
        assert_eq!((get(&headers, "cognito"), get(&headers, "XSRF-TOKEN"), get(&headers, "b")), (Some("x=y"), Some("z"), None));
    }

    #[test]
    fn over_https_cookies_are_bound_to_the_host() {
        let (by_path, by_host) = (Own::of(true, "us-east-1_A", "/us-east-1_A"), Own::of(true, "us-east-1_A", ""));
        assert_eq!((by_path.session.as_str(), by_path.scope().path), ("__Host-cognito.us-east-1_A", "/"));
        assert_eq!((by_host.browser.as_str(), by_host.scope().path), ("__Host-XSRF-TOKEN", "/"));
        let plain = Own::of(false, "us-east-1_A", "/us-east-1_A");
        assert_eq!((plain.session.as_str(), plain.scope().path), ("cognito", "/us-east-1_A"));
    }

    #[test]
    fn a_cookie_is_kept_from_scripts_and_other_sites() {
        let value = set(Scope { path: "/p", secure: true }, "cognito", "t", Some(3600)).unwrap();
        assert_eq!(value, "cognito=t; Path=/p; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
    }
}
