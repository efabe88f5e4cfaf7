//! What the sample application looks like. It is not part of any pool and does not look like one.

use leptos::prelude::*;

use crate::islands::CopyButton;
use crate::ui::{Developer, Form};

/// What `/demo` shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demo {
    /// Address of the base stylesheet.
    pub base_css_url: String,
    /// Address of the script that brings the islands to life.
    pub script_url: String,
    /// The app client it signs in with.
    pub client_id: String,
    /// Where in the flow it is.
    pub state: State,
}

/// Where in the flow the application is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody is signed in.
    #[default]
    SignedOut,
    /// Somebody is.
    SignedIn(Box<SignedIn>),
    /// Signing in or refreshing failed; why, in a sentence.
    Failed(String),
}

/// A session of the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedIn {
    /// The form token, the same as in the `XSRF-TOKEN` cookie.
    pub csrf: String,
    /// Who signed in.
    pub user: String,
    /// When the tokens expire, readable.
    pub expires: String,
    /// Whether there is a refresh token.
    pub can_refresh: bool,
    /// Who signed in.
    pub id_token: Token,
    /// What the application may do.
    pub access_token: Token,
}

/// A token whose signature has been verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token {
    /// Header fields and claims, in their order.
    pub claims: Vec<Claim>,
    /// The token as it came.
    pub raw: String,
}

/// One header field or claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Its value; JSON if it is not a string.
    pub value: String,
    /// What the value means, such as the date that a number of seconds stands for.
    pub note: Option<String>,
}

/// Draws the application.
pub fn view(model: Demo) -> impl IntoView {
    let Demo { base_css_url, script_url, client_id, state } = model;
    let title = format!("{client_id} (sample application)");
    let bar = view! {
        <p class="font-mono font-semibold">{client_id}</p>
        <p class="text-sm">"Sample application"</p>
    }
    .into_any();
    let content = match state {
        State::SignedOut => view! { <SignedOutView /> }.into_any(),
        State::SignedIn(session) => view! { <SignedInView session=*session /> }.into_any(),
        State::Failed(why) => view! { <FailedView why /> }.into_any(),
    };
    view! {
        <Developer title base_css_url bar sample=true>
            {content} <script type="module" src=script_url></script>
        </Developer>
    }
}

#[component]
fn SignedOutView() -> impl IntoView {
    view! {
        <h1 class="headline">"You are not signed in"</h1>
        <p class="mt-3 max-w-2xl text-muted">
            "A small OpenID Connect client. Like any application it knows an issuer and a client id, and leaves the
            password to the pool's hosted pages."
        </p>
        <p class="mt-6">
            <a class="button" href="/demo/sign-in">"Sign in"</a>
        </p>
        <section class="panel mt-12 p-6">
            <h2 class="font-semibold">"What happens then"</h2>
            <ol class="mt-5 grid gap-5 sm:grid-cols-2">
                {step("1", "Redirect", "To the pool's authorize endpoint, with state, nonce and a PKCE challenge.")}
                {step("2", "Sign in", "On the pool's own pages, which this application never sees.")}
                {step("3", "Exchange", "The code that comes back, together with the PKCE verifier, for tokens.")}
                {step("4", "Verify", "The signatures against the pool's keys; then issuer, audience, nonce and expiry.")}
            </ol>
        </section>
    }
}

fn step(number: &'static str, name: &'static str, about: &'static str) -> impl IntoView {
    view! {
        <li class="flex gap-4">
            <span class="step" aria-hidden="true">{number}</span>
            <p class="text-muted">
                <strong class="block font-medium text-ink">{name}</strong>
                {about}
            </p>
        </li>
    }
}

#[component]
fn FailedView(why: String) -> impl IntoView {
    view! {
        <h1 class="headline">"That did not work"</h1>
        <p class="notice notice-error mt-6" role="alert">{why}</p>
        <p class="mt-6">
            <a class="button" href="/demo/sign-in">"Sign in"</a>
        </p>
    }
}

#[component]
fn SignedInView(session: SignedIn) -> impl IntoView {
    let SignedIn { csrf, user, expires, can_refresh, id_token, access_token } = session;
    let refresh = can_refresh.then(|| {
        view! {
            <Form csrf action="/demo/refresh" class="contents">
                <button class="button" type="submit">"Refresh"</button>
            </Form>
        }
    });
    view! {
        <div class="flex flex-wrap items-end justify-between gap-6">
            <div>
                <h1 class="headline">"Signed in"</h1>
                <p class="mt-2 text-muted">
                    "as " <bdi class="font-medium text-ink">{user}</bdi> {format!(". The tokens expire {expires}.")}
                </p>
            </div>
            <div class="flex gap-3">
                {refresh}
                <a class="button button-quiet" href="/demo/sign-out">"Sign out"</a>
            </div>
        </div>
        <div class="mt-8 grid items-start gap-6 lg:grid-cols-2">
            <TokenView name="ID token" about="Who signed in, for this application." token=id_token />
            <TokenView name="Access token" about="What it may do, for an API." token=access_token />
        </div>
    }
}

#[component]
fn TokenView(name: &'static str, about: &'static str, token: Token) -> impl IntoView {
    let rows: Vec<_> = token.claims.into_iter().map(claim).collect();
    view! {
        <section class="panel">
            <header class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4">
                <div>
                    <h2 class="font-semibold">{name}</h2>
                    <p class="text-sm text-muted">{about}</p>
                </div>
                <p class="badge badge-success">
                    <svg viewBox="0 0 14 14" aria-hidden="true">
                        <path d="m2.5 7.5 3 3 6-7"></path>
                    </svg>
                    "Signature verified"
                </p>
            </header>
            <table class="claims" aria-label=format!("Header and claims of the {name}")>
                <tbody>{rows}</tbody>
            </table>
            <details class="row">
                <summary class="cursor-pointer px-5 py-3 text-sm text-muted">"Raw token"</summary>
                <div class="px-5 pt-2">
                    <CopyButton text=token.raw.clone() what=name.to_owned() />
                </div>
                <p class="raw">{token.raw}</p>
            </details>
        </section>
    }
}

fn claim(claim: Claim) -> impl IntoView {
    let Claim { name, value, note } = claim;
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>
                {value}
                {note.map(|note| view! { <span class="block font-sans text-muted">{note}</span> })}
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::render;

    const EVIL: &str = r#"'"><script>alert(1)</script>"#;

    fn draw(state: State) -> String {
        let client_id = "demo-web".to_owned();
        render(view(Demo { base_css_url: "/app.css".into(), script_url: "/a.js".into(), client_id, state }))
    }

    fn session(can_refresh: bool) -> State {
        let claim = Claim { name: EVIL.into(), value: EVIL.into(), note: Some(EVIL.into()) };
        let token = Token { claims: vec![claim], raw: EVIL.into() };
        State::SignedIn(Box::new(SignedIn {
            csrf: EVIL.into(),
            user: EVIL.into(),
            expires: "soon".into(),
            can_refresh,
            id_token: token.clone(),
            access_token: token,
        }))
    }

    #[test]
    fn claims_are_text() {
        for html in [draw(session(true)), draw(State::Failed(EVIL.into()))] {
            assert_eq!(html.matches("<script").count(), 1, "the page's own: {html}");
        }
    }

    #[test]
    fn each_state_offers_the_next_step() {
        assert!(draw(State::SignedOut).contains(r#"href="/demo/sign-in""#));
        let html = draw(State::Failed("No.".into()));
        assert!(html.contains(r#"role="alert""#) && html.contains(">No.</p>"), "{html}");
        let html = draw(session(true));
        assert!(html.contains(r#"action="/demo/refresh""#) && html.contains(r#"href="/demo/sign-out""#), "{html}");
        assert!(!draw(session(false)).contains("/demo/refresh"));
    }
}
