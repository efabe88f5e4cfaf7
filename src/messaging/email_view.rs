//! The HTML of a mail: one column in tables with inline styles, which is what mail programs agree on.

use crate::languages::Language;

/// A mail before it is drawn. Everything is plain text.
pub struct Mail<'a> {
    pub pool_name: &'a str,
    pub heading: &'a str,
    pub paragraphs: &'a [String],
    /// A code, which stands alone on a line, so that it can be read, selected and picked up by a telephone.
    pub code: Option<&'a str>,
    /// An address and what its button says. The address is told in full below: some programs show no links.
    pub link: Option<(&'a str, &'a str)>,
    pub closing: &'a str,
    pub language: Language,
}

/// Draws a mail as HTML. The colours hold on white and on black, because some programs invert only a part of them.
pub fn html(mail: &Mail<'_>) -> String {
    let (pool, heading, closing) = (escape(mail.pool_name), escape(mail.heading), escape(mail.closing));
    let body: String = mail.paragraphs.iter().map(|text| paragraph(text)).collect();
    let code = mail.code.map(code_block).unwrap_or_default();
    let (lang, direction) = (mail.language.tag(), mail.language.direction());
    let link = mail.link.map(|(address, label)| button(address, label)).unwrap_or_default();
    format!(
        r#"<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{heading}</title>
<style>
:root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
.page {{ background: #0c1219 !important; }}
.card {{ background: #141c25 !important; border-color: #2a3644 !important; }}
.ink {{ color: #e9eef4 !important; }}
.muted {{ color: #a3b1c1 !important; }}
.code {{ background: #0c1219 !important; border-color: #2a3644 !important; color: #e9eef4 !important; }}
.button {{ background: #4c8dff !important; }}
.button a {{ color: #07101c !important; }}
.plain {{ color: #7fb0ff !important; }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f4f6f8;-webkit-text-size-adjust:100%">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f4f6f8">
<tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:480px">
<tr><td class="ink" style="padding:0 0 16px;{FONT};font-size:16px;line-height:24px;font-weight:600;color:#14202e;text-align:center">{pool}</td></tr>
<tr><td class="card" style="padding:32px 28px 16px;background:#ffffff;border:1px solid #dfe5eb;border-radius:12px">
<h1 class="ink" style="margin:0 0 16px;{FONT};font-size:22px;line-height:28px;font-weight:600;color:#14202e">{heading}</h1>
{body}{code}{link}</td></tr>
<tr><td class="muted" style="padding:16px 12px 0;{FONT};font-size:13px;line-height:20px;color:#556373;text-align:center">{closing}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"#
    )
}

/// The interface fonts of the usual systems. Single quotes: it stands in a double-quoted attribute.
const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

fn paragraph(text: &str) -> String {
    let text = escape(text).replace('\n', "<br>");
    format!(
        r#"<p class="ink" style="margin:0 0 16px;{FONT};font-size:16px;line-height:24px;color:#14202e">{text}</p>
"#
    )
}

fn code_block(code: &str) -> String {
    let code = escape(code);
    format!(
        r#"<p class="code" style="margin:8px 0 24px;padding:16px 8px;background:#f4f6f8;border:1px solid #dfe5eb;border-radius:8px;font-family:Consolas,Menlo,'Liberation Mono',monospace;font-size:30px;line-height:36px;font-weight:600;letter-spacing:6px;color:#14202e;text-align:center">{code}</p>
"#
    )
}

fn button(address: &str, label: &str) -> String {
    let (address, label) = (escape(address), escape(label));
    format!(
        r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px"><tr><td class="button" style="background:#1f5fd6;border-radius:8px"><a href="{address}" style="display:inline-block;padding:12px 24px;{FONT};font-size:16px;line-height:24px;font-weight:600;color:#ffffff;text-decoration:none">{label}</a></td></tr></table>
<p style="margin:0 0 16px;{FONT};font-size:13px;line-height:20px;word-break:break-all"><a class="plain" href="{address}" style="color:#1f5fd6">{address}</a></p>
"#
    )
}

/// Makes text safe as element content and as the value of a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail<'a>(paragraphs: &'a [String], code: Option<&'a str>, link: Option<(&'a str, &'a str)>) -> Mail<'a> {
        Mail { pool_name: "Acme", heading: "Hello", paragraphs, code, link, closing: "Bye", language: Language::English }
    }

    #[test]
    fn every_argument_is_escaped() {
        let evil = r#""><script>alert('x')</script>"#;
        let paragraphs = [evil.to_owned()];
        let mail = html(&Mail { pool_name: evil, heading: evil, closing: evil, ..mail(&paragraphs, Some(evil), Some((evil, evil))) });
        assert!(!mail.contains("<script"), "{mail}");
        assert_eq!(mail.matches("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)").count(), 10);
    }

    #[test]
    fn the_code_is_optional_and_line_ends_are_kept() {
        let drawn = html(&mail(&["one\ntwo".to_owned()], None, None));
        assert!(drawn.contains("one<br>two"));
        assert!(!drawn.contains(r#"<p class="code""#) && !drawn.contains(r#"class="button""#));
        assert!(html(&mail(&[], Some("123456"), None)).contains(">123456</p>"));
    }

    #[test]
    fn a_link_is_a_button_and_an_address() {
        let drawn = html(&mail(&[], None, Some(("https://a/?b&c", "Go"))));
        assert_eq!(drawn.matches(r#"href="https://a/?b&amp;c""#).count(), 2);
        assert!(drawn.contains(">Go</a>"));
    }
}
