//! The checks, in their order.

use super::{AuthorizeRequest, Parameters, Prompt, Refusal};
use crate::clients::Client;

/// What is sent to the application.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    pub error: &'static str,
    pub description: Option<String>,
}

type Result<T> = std::result::Result<T, Failure>;

fn fail<T>(error: &'static str, description: impl Into<String>) -> Result<T> {
    Err(Failure { error, description: Some(description.into()) })
}

/// The address to answer to: exactly one of the client's, or its default where none is given.
pub fn redirect_uri(client: &Client, parameters: &Parameters) -> std::result::Result<String, Refusal> {
    let refuse = |message, detail: String| Err(Refusal::Page { title: "error.bad_link", message, detail });
    if !client.allowed_o_auth_flows_user_pool_client {
        let message = "error.not_set_up_message";
        return refuse(message, "Client is not enabled for OAuth2.0 flows.".into());
    }
    match parameters.get("redirect_uri").or(client.default_redirect_uri.as_deref()) {
        Some(given) if client.callback_urls.iter().any(|url| url == given) => Ok(given.to_owned()),
        given => {
            let message = "error.unknown_address_message";
            refuse(message, format!("redirect_mismatch: {:.256} is not a callback URL of client {}", given.unwrap_or("none"), client.id))
        }
    }
}

/// Everything that is the application's own business.
pub fn run(client: &Client, parameters: &Parameters) -> Result<AuthorizeRequest> {
    not_repeated(parameters)?;
    response_type(client, parameters)?;
    response_mode(parameters)?;
    no_request_object(parameters)?;
    Ok(AuthorizeRequest {
        client_id: client.id.clone(),
        scope: scope(client, parameters)?,
        nonce: short(parameters, "nonce")?,
        code_challenge: code_challenge(parameters)?,
        prompt: prompt(parameters)?,
        login_hint: short(parameters, "login_hint")?,
        max_age: max_age(parameters)?,
        implicit: is_implicit(parameters),
        ..AuthorizeRequest::default()
    })
}

fn not_repeated(parameters: &Parameters) -> Result<()> {
    match &parameters.repeated {
        Some(name) => fail("invalid_request", format!("{name} is given more than once")),
        None => Ok(()),
    }
}

/// Whether tokens are asked for instead of a code.
pub fn is_implicit(parameters: &Parameters) -> bool {
    parameters.get("response_type") == Some("token")
}

fn response_type(client: &Client, parameters: &Parameters) -> Result<()> {
    match parameters.get("response_type") {
        None => fail("invalid_request", "response_type is missing"),
        Some("code") if client.allowed_o_auth_flows.iter().any(|f| f == "code") => Ok(()),
        Some("code") => fail("unauthorized_client", "The client is not allowed the code flow"),
        Some("token") if client.allowed_o_auth_flows.iter().any(|f| f == "implicit") => Ok(()),
        Some("token") => fail("unauthorized_client", "The client is not allowed the implicit flow"),
        Some(_) => fail("unsupported_response_type", "Only the response types code and token are supported"),
    }
}

fn response_mode(parameters: &Parameters) -> Result<()> {
    match parameters.get("response_mode") {
        None => Ok(()),
        Some("query") if !is_implicit(parameters) => Ok(()),
        Some("fragment") if is_implicit(parameters) => Ok(()),
        Some(_) => fail("invalid_request", "Only the response mode query, and fragment for tokens, is supported"),
    }
}

/// OpenID Connect Core, 3.1.2.6
fn no_request_object(parameters: &Parameters) -> Result<()> {
    for (name, error) in
        [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported"), ("registration", "registration_not_supported")]
    {
        if parameters.get(name).is_some() {
            return Err(Failure { error, description: None });
        }
    }
    Ok(())
}

/// What is asked for, once each; all that the client has where nothing is asked for.
fn scope(client: &Client, parameters: &Parameters) -> Result<String> {
    let allowed = &client.allowed_o_auth_scopes;
    let Some(asked) = parameters.get("scope") else {
        return if allowed.is_empty() { fail("invalid_scope", "The client has no scopes") } else { Ok(allowed.join(" ")) };
    };
    let mut granted: Vec<&str> = Vec::new();
    for scope in asked.split(' ').filter(|s| !s.is_empty()) {
        if !allowed.iter().any(|a| a == scope) {
            return fail("invalid_scope", format!("The client has no scope {scope:.64}"));
        }
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    if granted.iter().any(|s| matches!(*s, "email" | "phone" | "profile")) && !granted.contains(&"openid") {
        return fail("invalid_scope", "email, phone and profile can only be asked for together with openid");
    }
    if granted.is_empty() { fail("invalid_scope", "scope is empty") } else { Ok(granted.join(" ")) }
}

/// RFC 7636; `plain` is not supported.
fn code_challenge(parameters: &Parameters) -> Result<Option<String>> {
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) => {
            let formed = challenge.len() == 43 && challenge.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
            if formed { Ok(Some(challenge.to_owned())) } else { fail("invalid_request", "code_challenge is not a SHA-256 in base64url") }
        }
        (Some(_), Some(_)) => fail("invalid_request", "Only the code_challenge_method S256 is supported"),
        (Some(_), None) => fail("invalid_request", "code_challenge_method is missing"),
        (None, Some(_)) => fail("invalid_request", "code_challenge is missing"),
    }
}

/// `consent` and `select_account` ask for nothing that these pages have; `none` stands alone (OpenID Connect Core, 3.1.2.1).
fn prompt(parameters: &Parameters) -> Result<Option<Prompt>> {
    let Some(value) = parameters.get("prompt") else { return Ok(None) };
    let words: Vec<&str> = value.split(' ').filter(|w| !w.is_empty()).collect();
    if let Some(unknown) = words.iter().find(|w| !["none", "login", "consent", "select_account"].contains(w)) {
        return fail("invalid_request", format!("prompt {unknown:.32} is not known"));
    }
    match (words.contains(&"none"), words.len()) {
        (true, 1) => Ok(Some(Prompt::None)),
        (true, _) => fail("invalid_request", "prompt none can not be combined"),
        // Choosing an account is signing in with it.
        (false, _) => Ok((words.contains(&"login") || words.contains(&"select_account")).then_some(Prompt::Login)),
    }
}

fn max_age(parameters: &Parameters) -> Result<Option<i64>> {
    match parameters.get("max_age").map(str::parse::<i64>) {
        None => Ok(None),
        Some(Ok(seconds)) if seconds >= 0 => Ok(Some(seconds)),
        Some(_) => fail("invalid_request", "max_age is not a number of seconds"),
    }
}

/// A parameter that is stored, so that it must not be long.
fn short(parameters: &Parameters, name: &str) -> Result<Option<String>> {
    match parameters.get(name) {
        Some(value) if value.len() > 1_024 => fail("invalid_request", format!("{name} is too long")),
        value => Ok(value.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::settings::Settings;

    fn client() -> Client {
        let settings = Settings {
            allowed_o_auth_flows_user_pool_client: true,
            allowed_o_auth_flows: vec!["code".into()],
            allowed_o_auth_scopes: ["openid", "email"].map(String::from).to_vec(),
            callback_urls: vec!["https://app.example/cb".into()],
            ..Settings::default()
        };
        Client::sample(settings)
    }

    fn error(query: &str) -> Option<&'static str> {
        run(&client(), &Parameters::parse(query)).err().map(|f| f.error)
    }

    #[test]
    fn each_rule_has_its_error() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for (query, expected) in [
            ("response_type=code".to_owned(), None),
            ("".into(), Some("invalid_request")),
            ("response_type=token".into(), Some("unauthorized_client")),
            ("response_type=id_token".into(), Some("unsupported_response_type")),
            ("response_type=code&response_type=code".into(), Some("invalid_request")),
            ("response_type=code&response_mode=fragment".into(), Some("invalid_request")),
            ("response_type=code&request=x".into(), Some("request_not_supported")),
            ("response_type=code&request_uri=x".into(), Some("request_uri_not_supported")),
            ("response_type=code&scope=openid+admin".into(), Some("invalid_scope")),
            ("response_type=code&scope=email".into(), Some("invalid_scope")),
            (format!("response_type=code&code_challenge={challenge}&code_challenge_method=S256"), None),
            (format!("response_type=code&code_challenge={challenge}&code_challenge_method=plain"), Some("invalid_request")),
            (format!("response_type=code&code_challenge={challenge}"), Some("invalid_request")),
            ("response_type=code&code_challenge_method=S256".into(), Some("invalid_request")),
            ("response_type=code&code_challenge=short&code_challenge_method=S256".into(), Some("invalid_request")),
            ("response_type=code&prompt=none+login".into(), Some("invalid_request")),
            ("response_type=code&prompt=dance".into(), Some("invalid_request")),
            ("response_type=code&max_age=-1".into(), Some("invalid_request")),
        ] {
            assert_eq!(error(&query), expected, "{query}");
        }
    }

    #[test]
    fn the_redirect_address_is_matched_exactly() {
        let check = |uri: &str| redirect_uri(&client(), &Parameters::parse(&format!("redirect_uri={uri}"))).is_ok();
        assert!(check("https://app.example/cb"));
        for other in
            ["https://app.example/cb/", "https://app.example/cb?x", "https://app.example/CB", "https://app.example@evil.example/cb", ""]
        {
            assert!(!check(other), "{other}");
        }
    }

    #[test]
    fn scopes_default_to_all_of_the_clients() {
        assert_eq!(run(&client(), &Parameters::parse("response_type=code")).unwrap().scope, "openid email");
        assert_eq!(run(&client(), &Parameters::parse("response_type=code&scope=openid+openid")).unwrap().scope, "openid");
    }
}
