//! The cookies of the hosted pages.

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
    fn a_cookie_is_kept_from_scripts_and_other_sites() {
        let value = set(Scope { path: "/p", secure: true }, "cognito", "t", Some(3600)).unwrap();
        assert_eq!(value, "cognito=t; Path=/p; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
    }
}
