//! The one text that both sides derive from a request before they sign it.

use http::{HeaderMap, Method, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use std::borrow::Cow;

const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// A query parameter, decoded.
pub(super) type Parameter<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The canonical request. `None` if a header that is named as signed is not there.
pub(super) fn request(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    signed: &[&str],
    presigned: bool,
    body_hash: &str,
) -> Option<Vec<u8>> {
    let mut out = format!("{method}\n{}\n{}\n", path(uri.path()), query(uri, presigned)).into_bytes();
    for name in signed {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend_from_slice(&header_value(uri, headers, name)?);
        out.push(b'\n');
    }
    out.extend_from_slice(format!("\n{}\n{body_hash}", signed.join(";")).as_bytes());
    Some(out)
}

/// The parameters of the query as a form decoder sees them, so that what is signed and what is acted on cannot differ: a `+` is a space.
pub(super) fn parameters(uri: &Uri) -> impl Iterator<Item = Parameter<'_>> {
    uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

pub(super) fn encode(text: &[u8]) -> String {
    percent_encode(text, QUERY).to_string()
}

fn decode(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        Cow::Owned(percent_decode(text.replace('+', " ").as_bytes()).collect())
    } else {
        percent_decode(text.as_bytes()).into()
    }
}

/// Sorted by name and then value, as encoded.
fn query(uri: &Uri, presigned: bool) -> String {
    let kept = parameters(uri).filter(|(name, _)| !(presigned && name.as_ref() == b"X-Amz-Signature"));
    let mut pairs: Vec<_> = kept.map(|(name, value)| (encode(&name), encode(&value))).collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Without empty and dot segments, and encoded once more than it was sent, as every service but S3 has it.
fn path(raw: &str) -> String {
    let mut segments = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    let end = if raw.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    let clean = format!("/{}{end}", segments.join("/"));
    percent_encode(clean.as_bytes(), PATH).to_string()
}

/// All values of a header joined by commas, each trimmed and with runs of white space folded to one space.
fn header_value(uri: &Uri, headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| fold(value.as_bytes())).collect();
    if values.is_empty() {
        // HTTP/2 has `:authority` in the host's place.
        return uri.authority().filter(|_| name == header::HOST.as_str()).map(|authority| authority.as_str().as_bytes().to_vec());
    }
    Some(values.join(&b','))
}

fn fold(value: &[u8]) -> Vec<u8> {
    value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (raw, canonical) in [
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/example/..", "/"),
            ("/../../etc", "/etc"),
            ("/a//b/./../c/", "/a/c/"),
            ("/a%20b/%2F", "/a%2520b/%252F"),
            ("/~x(1)*", "/~x%281%29%2A"),
        ] {
            assert_eq!(path(raw), canonical);
        }
    }

    #[test]
    fn queries() {
        for (raw, canonical) in [
            ("/", ""),
            ("/?", ""),
            ("/?&&", ""),
            ("/?b=2&a=%2f&a=1&flag", "a=%2F&a=1&b=2&flag="),
            ("/?a=b+c%2B", "a=b%20c%2B"),
            ("/?a=b=c&=v", "=v&a=b%3Dc"),
            ("/?a-b=1&a=2&A=3", "A=3&a=2&a-b=1"),
            ("/?x=%zz%4", "x=%25zz%254"),
            ("/?x=%ff", "x=%FF"),
        ] {
            assert_eq!(query(&Uri::from_static(raw), false), canonical, "{raw}");
        }
        let presigned = Uri::from_static("/?X-Amz-Signature=1&a=1&X%2DAmz-Signature=2");
        assert_eq!(query(&presigned, true), "a=1");
        assert_eq!(query(&presigned, false), "X-Amz-Signature=1&X-Amz-Signature=2&a=1");
    }

    #[test]
    fn the_host_comes_from_the_authority_where_there_is_no_header() {
        let uri = Uri::from_static("http://pool.example:8080/x");
        assert_eq!(header_value(&uri, &HeaderMap::new(), "host").as_deref(), Some(&b"pool.example:8080"[..]));
        assert_eq!(header_value(&uri, &HeaderMap::new(), "x-other"), None);
        let headers = HeaderMap::from_iter([(header::HOST, http::HeaderValue::from_static("seen.example"))]);
        assert_eq!(header_value(&uri, &headers, "host").as_deref(), Some(&b"seen.example"[..]));
    }
}
