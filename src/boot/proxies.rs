//! What a proxy says of a request: who sent it, and to which host. Only proxies that the operator names are believed.

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Puts the client's address and the host that it asked for in the place of the proxy's, where the proxy is believed.
pub fn unwrap(trusted: &[IpNet], request: &mut Request) {
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() else { return };
    if !is_trusted(trusted, peer.ip()) {
        return;
    }
    let hops = hops(request.headers());
    if let Some(client) = client(trusted, &hops) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 0)));
    }
    let host = hops.last().and_then(|hop| hop.host.clone()).or_else(|| last(request.headers(), &FORWARDED_HOST));
    if let Some(host) = host.filter(|host| is_host(host)).and_then(|host| HeaderValue::try_from(host).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// The nearest sender who is no trusted proxy or, where all are, the farthest. A step that names nobody hides what was before it.
fn client(trusted: &[IpNet], hops: &[Hop]) -> Option<IpAddr> {
    let mut nearest = None;
    for hop in hops.iter().rev() {
        let Some(from) = hop.from else { break };
        nearest = Some(from);
        if !is_trusted(trusted, from) {
            break;
        }
    }
    nearest
}

fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// One step on the way: who sent to it, and which host they asked for.
#[derive(Debug, Default, PartialEq)]
struct Hop {
    from: Option<IpAddr>,
    host: Option<String>,
}

/// The steps, the nearest proxy's last: of `X-Forwarded-For` where it is there, otherwise of `Forwarded` (RFC 7239). Most proxies write the
/// first and hand on what a client claims in the second.
fn hops(headers: &HeaderMap) -> Vec<Hop> {
    let by_proxies = list(headers, &FORWARDED_FOR);
    if !by_proxies.is_empty() {
        return by_proxies.iter().map(|from| Hop { from: node(from), host: None }).collect();
    }
    list(headers, &header::FORWARDED).iter().map(|element| hop(element)).collect()
}

fn hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for (name, value) in element.split(';').filter_map(|pair| pair.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.from = node(value),
            "host" => hop.host = Some(value.to_owned()),
            _ => {}
        }
    }
    hop
}

/// An address with or without a port; `[…]` around those of IPv6 (RFC 7239, section 6).
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Some(socket.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn list(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn last(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    list(headers, name).pop()
}

fn is_host(host: &str) -> bool {
    host.len() <= 260 && host.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn seen(peer: &str, headers: &[(&str, &str)]) -> (String, String) {
        let mut request = Request::builder().header("host", "inside");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        unwrap(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()], &mut request);
        let ConnectInfo(address) = request.extensions().get::<ConnectInfo<SocketAddr>>().unwrap();
        (address.ip().to_string(), request.headers()[header::HOST].to_str().unwrap().to_owned())
    }

    #[test]
    fn only_named_proxies_are_believed() {
        let headers = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-host", "login.example")];
        assert_eq!(seen("192.0.2.1", &headers), ("192.0.2.1".into(), "inside".into()));
        assert_eq!(seen("10.0.0.1", &headers), ("198.51.100.7".into(), "login.example".into()));
        assert_eq!(seen("::ffff:10.0.0.1", &headers).0, "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &[]), ("10.0.0.1".into(), "inside".into()));
    }

    #[test]
    fn what_a_client_claims_of_itself_is_not_believed() {
        let claimed = [("x-forwarded-for", "1.2.3.4, 198.51.100.7, 10.0.0.9")];
        assert_eq!(seen("10.0.0.1", &claimed).0, "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "198.51.100.7")]).0, "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &[("x-forwarded-for", "10.0.0.8, 10.0.0.9")]).0, "10.0.0.8");
        assert_eq!(seen("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, unknown")]).0, "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, unknown, 10.0.0.2")]).0, "10.0.0.2");
        assert_eq!(seen("10.0.0.1", &[("x-forwarded-host", "a b")]).1, "inside");
    }

    #[test]
    fn the_standard_header_counts_where_the_usual_one_is_not_there() {
        let standard = r#"for="[2001:db8::1]:4711";host=login.example, for=10.0.0.3;proto=https;host="login.example:8443""#;
        assert_eq!(seen("fd00::1", &[("forwarded", standard)]), ("2001:db8::1".into(), "login.example:8443".into()));
        assert_eq!(seen("10.0.0.1", &[("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "198.51.100.7")]).0, "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &[("forwarded", "for=unknown")]).0, "10.0.0.1");
    }
}
