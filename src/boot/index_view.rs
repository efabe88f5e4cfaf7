//! The page at `/` for a browser: what is running here and where to go next.

use leptos::prelude::*;

use crate::ui::{Developer, Fact, PoolhouseName};

/// What the index shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Address of the base stylesheet.
    pub base_css_url: String,
    /// The address of this server, as clients see it.
    pub public_url: String,
    /// The region it answers for.
    pub region: String,
    /// The version that is running.
    pub version: String,
    /// Whether there is a sample application at `/demo`.
    pub demo: bool,
    /// Whether unsent mail is kept at `/inbox`.
    pub inbox: bool,
    /// The OpenID configuration of the demo pool, if there is one.
    pub discovery_url: Option<String>,
}

/// Draws the index.
pub fn view(model: Index) -> impl IntoView {
    let Index { base_css_url, public_url, region, version, demo, inbox, discovery_url } = model;
    let bar = view! { <PoolhouseName /> <span class="badge">{version}</span> }.into_any();
    let command = format!("aws cognito-idp list-user-pools --max-results 10 \\\n  --region {region} --endpoint-url {public_url}");
    view! {
        <Developer title="Poolhouse".to_owned() base_css_url bar>
            <h1 class="headline">"This is a Poolhouse server"</h1>
            <p class="mt-3 max-w-2xl text-muted">
                "User pools, hosted pages and tokens at " <Fact text=public_url /> ", region "
                <Fact text=region /> "."
            </p>
            <ul class="panel mt-8">
                {demo
                    .then(|| row("/demo".into(), "Sample application", "Sign in on the hosted pages and see the tokens.".into()))}
                {inbox
                    .then(|| row("/inbox".into(), "Inbox", "Mail that was not sent: no SMTP server is configured.".into()))}
                {discovery_url.map(|url| row(url.clone(), "OpenID configuration of the demo pool", url))}
                {row("/health".into(), "Health", "Whether the server and its database work.".into())}
            </ul>
            <h2 class="mt-12 text-lg font-semibold">"Point a client at it"</h2>
            <p class="mt-2 text-muted">
                "AWS SDKs, Amplify and the AWS command line work with this address as their endpoint."
            </p>
            <pre class="panel raw mt-4">{command}</pre>
        </Developer>
    }
}

/// One destination: a link over the whole row, and what is there.
fn row(href: String, name: &'static str, about: String) -> impl IntoView {
    view! {
        <li class="row">
            <a class="block px-5 py-4" href=href>
                <span class="font-medium text-accent">{name}</span>
                <span class="block text-sm text-muted">{about}</span>
            </a>
        </li>
    }
}
