//! What browsers and verifiers fetch: how often, and how much.

use super::bare::Bare;
use super::client::{Answer, Connection};
use super::load;
use super::people::page;
use super::report::{Comparison, Limit, Report};
use super::server::{Server, free_address};
use crate::boot::demo_pool::POOL_ID;
use anyhow::{Result, ensure};
use std::path::Path;

/// As browsers ask.
const BROWSER: [(&str, &str); 3] = [
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.9"),
];

/// Each beside a bare server that gives the same answer.
pub fn rates(report: &mut Report, server: &Server, folder: &Path, seconds: f64) -> Result<()> {
    let pages = [
        (Comparison { name: "log-in page", primitive: "bare handler", aim: 0.30 }, page("login", server)),
        (Comparison { name: "JWKS", primitive: "bare handler", aim: 0.75 }, format!("/{POOL_ID}/.well-known/jwks.json")),
        (Comparison { name: "discovery", primitive: "bare handler", aim: 0.75 }, format!("/{POOL_ID}/.well-known/openid-configuration")),
    ];
    for (comparison, address) in pages {
        let bare = bare_server(server, folder, &address)?;
        let requests = |of: &Server| vec![of.get(&address, &BROWSER)];
        let (own, bares) = (requests(server), requests(&bare));
        report.compare(
            comparison,
            seconds,
            |s| load::steady(&bare, load::CONNECTIONS, &bares, s),
            |s| load::steady(server, load::CONNECTIONS, &own, s),
        )?;
    }
    Ok(())
}

/// A bare server that answers as this one does.
fn bare_server(server: &Server, folder: &Path, address: &str) -> Result<Server> {
    let mut connection = server.connect()?;
    let answer = connection.exchange(&server.get(address, &BROWSER))?;
    answer.expect(200)?;
    // These two are hyper's own.
    let own = |name: &str| !["date", "content-length"].contains(&name);
    let headers = answer.headers().filter(|(name, _)| own(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (listen, path) = (free_address()?, address.split('?').next().unwrap_or_default().to_owned());
    let bare = Bare { listen: listen.to_string(), path, headers, body: String::from_utf8(answer.body.to_vec())? };
    let file = folder.join("bare.json");
    std::fs::write(&file, serde_json::to_vec(&bare)?)?;
    let started = Server::bare(folder, &file, listen, address)?;
    same(&answer, &started, address)?;
    Ok(started)
}

/// Checks that the bare server answers as it was told: a comparison with anything else would be worth nothing.
fn same(answer: &Answer<'_>, bare: &Server, address: &str) -> Result<()> {
    let mut connection = bare.connect()?;
    let copy = connection.exchange(&bare.get(address, &BROWSER))?;
    ensure!(copy.body == answer.body && copy.length() == answer.length(), "the bare server does not answer the same");
    Ok(())
}

/// The log-in page and all that a browser fetches to show it.
pub fn weight(report: &mut Report, server: &Server) -> Result<()> {
    let mut connection = server.connect()?;
    let html = fetch(&mut connection, server, &page("login", server))?;
    let mut files = vec![html.clone()];
    for address in linked(&html.text) {
        files.push(fetch(&mut connection, server, &address)?);
    }
    let parts: Vec<String> = files.iter().map(|file| file.length.to_string()).collect();
    let bytes = files.iter().map(|file| file.length).sum::<usize>() as f64;
    let wasm = files.iter().filter(|file| file.text.contains("wasm")).count() as f64;
    report.limit(
        Limit::at_most("log-in page, on the wire", bytes / 1e3, "kB", 14.0).note(format!("{} bytes, heads included", parts.join(" + "))),
    );
    report.limit(Limit::at_most("log-in page, requests", files.len() as f64, "", 2.0));
    report.limit(Limit::at_most("log-in page, files that name wasm", wasm, "", 0.0));
    Ok(())
}

#[derive(Clone)]
struct File {
    length: usize,
    /// As far as it is text: a compressed file is not, and names nothing that a browser would load.
    text: String,
}

fn fetch(connection: &mut Connection, server: &Server, address: &str) -> Result<File> {
    let answer = connection.exchange(&server.get(address, &BROWSER))?;
    answer.expect(200)?;
    Ok(File { length: answer.length(), text: String::from_utf8_lossy(answer.body).into_owned() })
}

/// What a page links to that a browser fetches at once. Data addresses need no request.
fn linked(html: &str) -> Vec<String> {
    let tags = html.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag);
    let loading = tags.filter(|tag| ["link ", "script ", "img "].iter().any(|name| tag.starts_with(name)));
    let addresses = loading.filter_map(|tag| {
        let (_, rest) = tag.split_once("href=\"").or_else(|| tag.split_once("src=\""))?;
        Some(rest.split('"').next()?.replace("&amp;", "&"))
    });
    addresses.filter(|address| !address.starts_with("data:")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_what_a_browser_would_load() {
        let html = r#"<link rel="icon" href="data:,"><link rel="stylesheet" href="/a.css?v=1&amp;w"><a href="/b"><img alt="" src="/c"><script src="/d.js">"#;
        assert_eq!(super::linked(html), ["/a.css?v=1&w", "/c", "/d.js"]);
    }
}
