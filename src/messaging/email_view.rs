//! The HTML of a mail: one column in tables with inline styles, which is what mail programs agree on.

/// Draws a mail as HTML. Every argument is plain text.
///
/// The code, if there is one, stands alone on a line, so that it can be read, selected and picked up by
/// a telephone. The colours hold on white and on black, because some programs invert only a part of them.
pub fn html(pool_name: &str, heading: &str, paragraphs: &[&str], code: Option<&str>) -> String {
    let (pool, heading) = (escape(pool_name), escape(heading));
    let body: String = paragraphs.iter().map(|text| paragraph(text)).collect();
    let code = code.map(code_block).unwrap_or_default();
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
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
{body}{code}</td></tr>
<tr><td class="muted" style="padding:16px 12px 0;{FONT};font-size:13px;line-height:20px;color:#556373;text-align:center">If you did not ask for this message, you can ignore it.</td></tr>
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

    #[test]
    fn every_argument_is_escaped() {
        let evil = r#""><script>alert('x')</script>"#;
        let mail = html(evil, evil, &[evil], Some(evil));
        assert!(!mail.contains("<script"), "{mail}");
        assert_eq!(mail.matches("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)").count(), 5);
    }

    #[test]
    fn the_code_is_optional_and_line_ends_are_kept() {
        let mail = html("Acme", "Hello", &["one\ntwo"], None);
        assert!(mail.contains("one<br>two"));
        assert!(!mail.contains(r#"<p class="code""#));
        assert!(html("Acme", "Hello", &[], Some("123456")).contains(">123456</p>"));
    }
}
