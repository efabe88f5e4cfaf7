//! Headers that every answer carries.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// A year of HTTPS only, where the server is reached by it.
pub const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What any answer says, of whatever kind.
pub fn common(headers: &mut HeaderMap) {
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(NOSNIFF);
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
}

/// What a page says: nobody may frame it, keep it, or run a script in it.
pub fn page(headers: &mut HeaderMap, policy: &str) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
}

/// The policy of a page with islands: its own script and WebAssembly, still nothing inline.
pub fn policy_with_islands() -> String {
    format!("{}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'", policy(""))
}

/// The policy of the one page whose own script sends its form.
pub fn policy_with_script(form_action: &str) -> String {
    format!("{}; script-src 'self'", policy(form_action))
}

/// The policy of a page without script. `form_action` are further origins that a form's answer may lead to: browsers hold every redirect
/// after a form to this list.
pub fn policy(form_action: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'{form_action}; frame-ancestors 'none'; base-uri 'none'"
    )
}
