//! The values of properties: words, numbers and colors.

use super::{Result, line, refuse};
use cssparser::{Parser, ToCss as _, Token};

const UNITS: [&str; 12] = ["px", "em", "rem", "ex", "ch", "pt", "pc", "in", "cm", "mm", "vw", "vh"];
const ANGLES: [&str; 4] = ["deg", "grad", "rad", "turn"];
const COLOR_FUNCTIONS: [&str; 4] = ["rgb", "rgba", "hsl", "hsla"];

/// A property's value, spelled anew; it must fill all of `input`.
pub(super) fn value(input: &mut Parser<'_>, property: &str) -> Result<String> {
    let mut words = Vec::new();
    loop {
        input.skip_whitespace();
        let line = line(input);
        let Ok(token) = input.next().cloned() else { break };
        if token == Token::Delim('!') {
            if input.expect_ident_matching("important").is_err() || !input.is_exhausted() || words.is_empty() {
                return refuse(line, format!("Only `!important` may follow the value of `{property}`."));
            }
            words.push("!important".to_owned());
            break;
        }
        if property == "background" && !(words.is_empty() && is_color(&token)) {
            return refuse(line, "`background` may only be a color.");
        }
        words.push(match &token {
            Token::Function(name) if is_color(&token) => color_function(input, &name.to_ascii_lowercase())?,
            _ => match word(&token, &UNITS) {
                Some(word) => word,
                None => return refuse(line, format!("`{}` is not allowed in the value of `{property}`.", show(&token))),
            },
        });
    }
    if words.is_empty() {
        return refuse(line(input), format!("`{property}` has no value."));
    }
    Ok(words.join(" "))
}

fn is_color(token: &Token<'_>) -> bool {
    match token {
        Token::Ident(_) | Token::Hash(_) | Token::IDHash(_) => true,
        Token::Function(name) => COLOR_FUNCTIONS.iter().any(|function| name.eq_ignore_ascii_case(function)),
        _ => false,
    }
}

/// A token of a value, spelled out, if it is one of those that can do no more than look bad.
fn word(token: &Token<'_>, units: &[&str]) -> Option<String> {
    match token {
        Token::Ident(name) => {
            let plain = !name.starts_with('-') && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
            plain.then(|| name.to_ascii_lowercase())
        }
        Token::Hash(digits) | Token::IDHash(digits) => {
            let color = matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit());
            color.then(|| format!("#{digits}"))
        }
        Token::Number { value, .. } | Token::Percentage { unit_value: value, .. } => value.is_finite().then(|| token.to_css_string()),
        Token::Dimension { value, unit, .. } => {
            let known = value.is_finite() && units.iter().any(|known| unit.eq_ignore_ascii_case(known));
            known.then(|| token.to_css_string())
        }
        _ => None,
    }
}

/// `rgb(…)` and its like: numbers, with commas or a slash between them.
fn color_function(input: &mut Parser<'_>, name: &str) -> Result<String> {
    input.parse_nested_block(|input| {
        let mut out = format!("{name}(");
        loop {
            input.skip_whitespace();
            let line = line(input);
            match input.next() {
                Err(_) => return Ok(out + ")"),
                Ok(Token::Comma) => out.push(','),
                Ok(Token::Delim('/')) => out.push('/'),
                Ok(token) => match word(token, &ANGLES).filter(|_| !matches!(token, Token::Hash(_) | Token::IDHash(_))) {
                    Some(word) if out.ends_with(['(', ',', '/']) => out += &word,
                    Some(word) => out += &format!(" {word}"),
                    None => return refuse(line, format!("`{}` is not allowed in `{name}()`.", show(token))),
                },
            }
        }
    })
}

/// A token for people to recognise.
pub(super) fn show(token: &Token<'_>) -> String {
    match token {
        Token::UnquotedUrl(_) | Token::BadUrl(_) => "url()".to_owned(),
        Token::Function(name) => format!("{name}()"),
        Token::QuotedString(_) | Token::BadString(_) => "a text in quotes".to_owned(),
        other => other.to_css_string(),
    }
}
