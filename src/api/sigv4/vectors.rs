//! Requests that others signed at 2015-08-30 12:36:00 UTC with the key of AWS' published examples.

use super::*;
use http::{HeaderName, HeaderValue};

pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(super) const NOW: i64 = 1_440_938_160;

/// Method, address, service, headers beside host and date, body, signed headers, signature. Presigned requests have both in the address.
pub(super) type Vector =
    (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)], &'static [u8], &'static str, &'static str);

/// From AWS' published test suite for Signature Version 4, and the worked example of its documentation (the last one).
pub(super) const PUBLISHED: &[Vector] = &[
    (
        "GET",
        "https://example.amazonaws.com/",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?Param2=value2&Param1=value1",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    (
        "POST",
        "https://example.amazonaws.com/",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    (
        "POST",
        "https://example.amazonaws.com/",
        "service",
        &[("content-type", "application/x-www-form-urlencoded")],
        b"Param1=value1",
        "content-type;host;x-amz-date",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
    (
        "GET",
        "https://example.amazonaws.com/",
        "service",
        &[("my-header1", "value2"), ("my-header1", "value2"), ("my-header1", "value1")],
        b"",
        "host;my-header1;x-amz-date",
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    ),
    (
        "GET",
        "https://example.amazonaws.com/",
        "service",
        &[("my-header1", "  value1  "), ("my-header2", " \"a   b   c\" ")],
        b"",
        "host;my-header1;my-header2;x-amz-date",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    (
        "GET",
        "https://example.amazonaws.com/ሴ",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?ሴ=bar",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    (
        "GET",
        "https://example.amazonaws.com/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    (
        "GET",
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        "iam",
        &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        b"",
        "content-type;host;x-amz-date",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ),
];

/// Made with botocore.
pub(super) const BOTOCORE: &[Vector] = &[
    (
        "POST",
        "http://localhost:8080/",
        "cognito-idp",
        &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AWSCognitoIdentityProviderService.AdminGetUser")],
        b"{\"UserPoolId\":\"us-east-1_DemoPool0\",\"Username\":\"j\xc3\xb6rg\"}",
        "content-type;host;x-amz-date;x-amz-target",
        "507b497f5427be4b05c6025ce684ec7219a390d1e0a9901e5ba74ec97aff69c5",
    ),
    (
        "POST",
        "http://localhost:8080/",
        "cognito-idp",
        &[
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "AWSCognitoIdentityProviderService.AdminGetUser"),
            ("x-amz-security-token", "FwoGZXIvYXdzEBYaD//+Zm9v=="),
        ],
        b"{}",
        "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        "9a84c209ba069852b86dc7dd1100e9f179117bb561d36277ca7b47952ab4fc0f",
    ),
    (
        "GET",
        "https://example.amazonaws.com/a%20b/%C3%A9/c%2Fd/e+f/~x(1)*",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "2c7556a2d12cd855b735a981c0abb359e7507f08f38100eefd6651b7a704ddad",
    ),
    (
        "GET",
        "https://example.amazonaws.com//a///b/./../c/",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "03815191a982245f233767bed9d5022ca4cf6dc96e4c7598525bfdbc1932b50c",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?space=a+b&empty=&dup=2&dup=1&Upper=x&uml=%C3%A4%E2%82%AC&sym=%2F%3F%3A%40%21%24%27%28%29%2A%2C%3B%3D%26%2B~-._&a-b=1&a=2",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "ef5293ae21c55dbf0140338e25ccf2d33da7b7e649d6d80e1427a3f46c617f46",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?flag&b=&a=%2F",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "43ff630c5231df6b4920b922e3daa9390834cfb098b4ddb8c88d7eab1887bd6c",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?b=2&a=%2F&a=1&flag=",
        "service",
        &[],
        b"",
        "host;x-amz-date",
        "9a9470a8939e8cb3d5ff15f86a1144038d7f9287959ca984d4d4926b824315ed",
    ),
    (
        "POST",
        "https://example.amazonaws.com/x",
        "service",
        &[("x-tab", "a\tb\t  c"), ("x-many", "one,  two"), ("x-many", "three"), ("x-empty", ""), ("range", "bytes=0-9")],
        b"\x00\x01\xff",
        "host;range;x-amz-date;x-empty;x-many;x-tab",
        "4aeb7a75b39e85e25c947296f4ae6b4325a413c33ec605a713436ca164b84196",
    ),
    (
        "GET",
        "https://example.amazonaws.com/",
        "service",
        &[("date", "Sun, 30 Aug 2015 12:36:00 -0000")],
        b"",
        "date;host",
        "7680771e48fa28c7db272da980f990fa8ee39dee61905c4203f5da9d3d48ac86",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=66ad5abfc8108ce3c950addffb2d53b06a07daabed08f67240acabffe03a50cd",
        "sts",
        &[],
        b"",
        "",
        "",
    ),
    (
        "GET",
        "https://example.amazonaws.com/p/?x=a%20b&y=&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Security-Token=to%2Fken%2B%3D&X-Amz-Signature=f5bce25fec56d56e61fd2c57e1f00d5073caeec9e1c669c3bac8a2ac5b3353d4",
        "sts",
        &[],
        b"",
        "",
        "",
    ),
    (
        "GET",
        "https://example.amazonaws.com/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=dae0d8bce41d4527a59f27ddea47294620428ab45225fceb2c731dc6f47873fa",
        "sts",
        &[("x-k8s-aws-id", "cluster one")],
        b"",
        "",
        "",
    ),
];

/// A request, as a test may change it.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn of((method, uri, service, extra, body, names, signature): Vector) -> Self {
        let uri: Uri = uri.parse().expect("an address");
        let mut headers = HeaderMap::new();
        let mut add = |name: &str, value: &str| {
            headers.append(name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"));
        };
        add("host", uri.authority().expect("a host").as_str());
        extra.iter().for_each(|(name, value)| add(name, value));
        if !signature.is_empty() {
            if !names.starts_with("date;") {
                add(DATE, "20150830T123600Z");
            }
            let credential = format!("AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request");
            add("authorization", &format!("{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"));
        }
        Self { method: method.parse().expect("a method"), uri, headers, body: body.to_vec() }
    }

    pub(super) fn verify_at(&self, now: i64) -> Result<(), SigError> {
        let signed = parse(&self.uri, &self.headers)?.ok_or(SigError::Missing)?;
        assert_eq!(signed.credential().access_key_id, "AKIDEXAMPLE");
        signed.verify(&self.method, &self.uri, &self.headers, &self.body, SECRET, now)
    }

    pub(super) fn verify(&self) -> Result<(), SigError> {
        self.verify_at(NOW)
    }

    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a value"));
    }

    pub(super) fn with_authorization(&self, from: &str, to: &str) -> Self {
        let value = self.headers["authorization"].to_str().expect("text").replace(from, to);
        let mut other = Self { method: self.method.clone(), uri: self.uri.clone(), headers: self.headers.clone(), body: self.body.clone() };
        other.set("authorization", &value);
        other
    }
}
