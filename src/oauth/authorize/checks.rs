//! The checks, in their order.

use super::claims::ClaimsRequest;
use super::prompt::Prompts;
use super::response::{ResponseMode, ResponseType};
use super::{AuthorizeRequest, Parameters, Refusal};
use crate::clients::Client;

/// What is sent to the application.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    pub error: &'static str,
    pub description: Option<String>,
}

impl Failure {
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: Some(description.into()) }
    }
}

pub type Result<T> = std::result::Result<T, Failure>;

pub fn fail<T>(error: &'static str, description: impl Into<String>) -> Result<T> {
    Err(Failure::new(error, description))
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
    let response_type = response_type(client, parameters)?;
    let response_mode = response_mode(parameters, response_type)?;
    no_registration(parameters)?;
    let scope = scope(client, parameters)?;
    let claims = claims(client, parameters)?;
    Ok(AuthorizeRequest {
        client_id: client.id.clone(),
        nonce: nonce(parameters, response_type, &scope)?,
        scope,
        response_type,
        response_mode,
        code_challenge: code_challenge(client, parameters, response_type)?,
        prompts: Prompts::parse(parameters)?,
        login_hint: short(parameters, "login_hint")?,
        lang: languages(parameters)?,
        max_age: max_age(parameters)?,
        acr_values: parameters.words("acr_values").into_iter().take(10).map(|word| format!("{word:.256}")).collect(),
        subject: claims.sub.clone(),
        claims,
        resources: resources(parameters)?,
        dpop_jkt: dpop_jkt(parameters)?,
        ..AuthorizeRequest::default()
    })
}

fn not_repeated(parameters: &Parameters) -> Result<()> {
    match parameters.repeated() {
        Some(name) => fail("invalid_request", format!("{name} is given more than once")),
        None => Ok(()),
    }
}

fn response_type(client: &Client, parameters: &Parameters) -> Result<ResponseType> {
    let words = parameters.words("response_type");
    if words.is_empty() {
        return fail("invalid_request", "response_type is missing");
    }
    let Some(kind) = ResponseType::parse(&words) else {
        return fail("unsupported_response_type", "The response types are made of code, id_token and token");
    };
    let has = |flow: &str| client.allowed_o_auth_flows.iter().any(|f| f == flow);
    if kind.code && !has("code") {
        return fail("unauthorized_client", "The client is not allowed the code flow");
    }
    if !kind.code && !has("implicit") {
        return fail("unauthorized_client", "The client is not allowed the implicit flow");
    }
    if kind.code && kind.has_tokens() && !client.oauth().hybrid_flow {
        return fail("unauthorized_client", "The client is not allowed the hybrid flow");
    }
    // Nothing that comes through the browser can be bound to a key.
    if kind.token && client.oauth().require_dpop {
        return fail("unauthorized_client", "The client's access tokens are bound to a key, and come from the token endpoint only");
    }
    Ok(kind)
}

fn response_mode(parameters: &Parameters, kind: ResponseType) -> Result<ResponseMode> {
    let mode = ResponseMode::of(parameters.get("response_mode"), kind);
    mode.ok_or_else(|| Failure::new("invalid_request", "The response mode is not supported for this response type"))
}

/// OpenID Connect Core, 3.1.2.6
fn no_registration(parameters: &Parameters) -> Result<()> {
    match parameters.get("registration") {
        Some(_) => Err(Failure { error: "registration_not_supported", description: None }),
        None => Ok(()),
    }
}

/// What is asked for, once each; all that the client has where nothing is asked for.
fn scope(client: &Client, parameters: &Parameters) -> Result<String> {
    let allowed = &client.allowed_o_auth_scopes;
    if parameters.get("scope").is_none() {
        return if allowed.is_empty() { fail("invalid_scope", "The client has no scopes") } else { Ok(allowed.join(" ")) };
    }
    let asked = parameters.words("scope");
    if let Some(scope) = asked.iter().find(|scope| !allowed.iter().any(|a| a == *scope)) {
        return fail("invalid_scope", format!("The client has no scope {scope:.64}"));
    }
    if asked.iter().any(|s| matches!(*s, "email" | "phone" | "profile")) && !asked.contains(&"openid") {
        return fail("invalid_scope", "email, phone and profile can only be asked for together with openid");
    }
    if asked.is_empty() { fail("invalid_scope", "scope is empty") } else { Ok(asked.join(" ")) }
}

/// An ID token that comes through the browser is bound to the application's session (OpenID Connect Core, 3.2.2.1 and 3.3.2.11). Cognito's own
/// type, `token`, never asked for one.
fn nonce(parameters: &Parameters, kind: ResponseType, scope: &str) -> Result<Option<String>> {
    let nonce = short(parameters, "nonce")?;
    if kind.id_token && !scope.split(' ').any(|s| s == "openid") {
        return fail("invalid_scope", "An ID token takes the scope openid");
    }
    if kind.id_token && nonce.is_none() { fail("invalid_request", "nonce is missing") } else { Ok(nonce) }
}

/// RFC 7636; `plain` is not supported.
fn code_challenge(client: &Client, parameters: &Parameters, kind: ResponseType) -> Result<Option<String>> {
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (None, None) if kind.code && client.oauth().require_pkce => fail("invalid_request", "code_challenge is missing"),
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if is_sha256(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => fail("invalid_request", "code_challenge is not a SHA-256 in base64url"),
        (Some(_), Some(_)) => fail("invalid_request", "Only the code_challenge_method S256 is supported"),
        (Some(_), None) => fail("invalid_request", "code_challenge_method is missing"),
        (None, Some(_)) => fail("invalid_request", "code_challenge is missing"),
    }
}

/// The key that the code is bound to (RFC 9449, 10).
fn dpop_jkt(parameters: &Parameters) -> Result<Option<String>> {
    match parameters.get("dpop_jkt") {
        Some(thumbprint) if !is_sha256(thumbprint) => fail("invalid_request", "dpop_jkt is not a SHA-256 in base64url"),
        thumbprint => Ok(thumbprint.map(str::to_owned)),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

/// What the client may read of what it asks for.
fn claims(client: &Client, parameters: &Parameters) -> Result<ClaimsRequest> {
    let Some(text) = parameters.get("claims") else { return Ok(ClaimsRequest::default()) };
    let mut claims = ClaimsRequest::parse(text)?;
    claims.id_token.retain(|name| client.may_read(name));
    claims.user_info.retain(|name| client.may_read(name));
    Ok(claims)
}

/// The languages that are wanted, the first first: Cognito's `lang` before OpenID Connect's `ui_locales`.
fn languages(parameters: &Parameters) -> Result<Vec<String>> {
    short(parameters, "ui_locales")?;
    let words = parameters.words("lang").into_iter().chain(parameters.words("ui_locales"));
    Ok(words.filter(|tag| tag.len() <= 35).take(10).map(str::to_owned).collect())
}

fn max_age(parameters: &Parameters) -> Result<Option<i64>> {
    match parameters.get("max_age").map(str::parse::<i64>) {
        None => Ok(None),
        Some(Ok(seconds)) if seconds >= 0 => Ok(Some(seconds)),
        Some(_) => fail("invalid_request", "max_age is not a number of seconds"),
    }
}

/// RFC 8707, 2; the schemes are those that Cognito takes. What is bound to them is the access token's `aud`.
fn resources(parameters: &Parameters) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for given in parameters.resources() {
        let parsed = url::Url::parse(given).ok().filter(|url| given.len() <= 256 && url.fragment().is_none());
        let formed = parsed.is_some_and(|url| match url.scheme() {
            "https" => true,
            "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
            "javascript" | "data" | "file" | "blob" | "about" => false,
            _ => true,
        });
        if !formed || all.len() >= 10 {
            return fail("invalid_target", "A resource is an absolute URL without a fragment: https, http on localhost, or an own scheme");
        }
        if !all.iter().any(|known| known == given) {
            all.push(given.to_owned());
        }
    }
    Ok(all)
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
    use crate::clients::oauth_settings::OAuthSettings;
    use crate::clients::settings::Settings;

    fn client(oauth: OAuthSettings) -> Client {
        let settings = Settings {
            allowed_o_auth_flows_user_pool_client: true,
            allowed_o_auth_flows: vec!["code".into()],
            allowed_o_auth_scopes: ["openid", "email"].map(String::from).to_vec(),
            callback_urls: vec!["https://app.example/cb".into()],
            poolhouse_oauth: Some(Box::new(oauth)),
            ..Settings::default()
        };
        Client::sample(settings)
    }

    fn error(query: &str) -> Option<&'static str> {
        run(&client(OAuthSettings::default()), &Parameters::parse(query)).err().map(|f| f.error)
    }

    #[test]
    fn each_rule_has_its_error() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for (query, expected) in [
            ("response_type=code".to_owned(), None),
            ("".into(), Some("invalid_request")),
            ("response_type=token".into(), Some("unauthorized_client")),
            ("response_type=id_token".into(), Some("unauthorized_client")),
            ("response_type=code+id_token&nonce=n".into(), Some("unauthorized_client")),
            ("response_type=none".into(), Some("unsupported_response_type")),
            ("response_type=code&response_type=code".into(), Some("invalid_request")),
            ("response_type=code&response_mode=fragment".into(), None),
            ("response_type=code&response_mode=cookie".into(), Some("invalid_request")),
            ("response_type=code&registration=x".into(), Some("registration_not_supported")),
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
            ("response_type=code&claims=1".into(), Some("invalid_request")),
            ("response_type=code&resource=https://api.example&resource=app:x".into(), None),
            ("response_type=code&resource=http://api.example".into(), Some("invalid_target")),
            ("response_type=code&resource=https://api.example/%23x".into(), Some("invalid_target")),
            ("response_type=code&resource=api".into(), Some("invalid_target")),
            ("response_type=code&dpop_jkt=x".into(), Some("invalid_request")),
        ] {
            assert_eq!(error(&query), expected, "{query}");
        }
    }

    #[test]
    fn what_a_client_demands_or_is_allowed() {
        let settings = serde_json::json!({ "HybridFlow": true, "RequirePkce": true, "RequireDpop": true });
        let hybrid = client(serde_json::from_value(settings).unwrap());
        let error = |query: &str| run(&hybrid, &Parameters::parse(query)).err().map(|f| (f.error, f.description.unwrap_or_default()));
        let missing = |what: &str| Some(("invalid_request", format!("{what} is missing")));
        assert_eq!(error("response_type=code"), missing("code_challenge"));
        assert_eq!(error("response_type=id_token+code"), missing("nonce"));
        let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        assert_eq!(error(&format!("response_type=id_token+code&nonce=n&{challenge}")), None);
        assert_eq!(error(&format!("response_type=code+token&nonce=n&{challenge}")).map(|e| e.0), Some("unauthorized_client"));
    }

    #[test]
    fn the_redirect_address_is_matched_exactly() {
        let client = client(OAuthSettings::default());
        let check = |uri: &str| redirect_uri(&client, &Parameters::parse(&format!("redirect_uri={uri}"))).is_ok();
        assert!(check("https://app.example/cb"));
        for other in
            ["https://app.example/cb/", "https://app.example/cb?x", "https://app.example/CB", "https://app.example@evil.example/cb", ""]
        {
            assert!(!check(other), "{other}");
        }
    }

    #[test]
    fn scopes_default_to_all_of_the_clients() {
        let client = client(OAuthSettings::default());
        assert_eq!(run(&client, &Parameters::parse("response_type=code")).unwrap().scope, "openid email");
        assert_eq!(run(&client, &Parameters::parse("response_type=code&scope=openid+openid")).unwrap().scope, "openid");
    }
}
