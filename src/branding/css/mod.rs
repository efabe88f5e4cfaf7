//! The style sheet of `SetUICustomization`: read token by token, refused with a reason, and written anew from what was understood,
//! so that nothing reaches a page that this module did not spell itself.

mod allowed;
mod value;

use allowed::{SELECTORS, Selector, may_set};
use cssparser::{Delimiter, ParseError, ParseErrorKind, Parser, Token};
use value::{show, value};

/// What is wrong with a style sheet, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {message}")]
pub struct CssError {
    /// Counted from 1.
    pub line: u32,
    pub message: String,
}

type Result<T> = std::result::Result<T, ParseError<CssError>>;

/// Checks a style sheet and writes it anew, one rule a line. An empty one is fine.
pub fn validate(css: &str) -> std::result::Result<String, CssError> {
    let mut input = Parser::new(css);
    let mut out = String::new();
    while !input.is_exhausted() {
        rule(css, &mut input, &mut out).map_err(|error| match error.kind {
            ParseErrorKind::Custom(error) => error,
            ParseErrorKind::Basic(kind) => {
                CssError { line: line(&input), message: format!("The style sheet cannot be read here: {kind}.") }
            }
        })?;
    }
    Ok(out)
}

fn line(input: &Parser<'_>) -> u32 {
    input.current_source_location().line + 1
}

fn refuse<T>(line: u32, message: impl Into<String>) -> Result<T> {
    Err(ParseError::custom(CssError { line, message: message.into() }))
}

fn rule(css: &str, input: &mut Parser<'_>, out: &mut String) -> Result<()> {
    input.skip_whitespace();
    let first_line = line(input);
    let selectors = selectors(input)?;
    let (declarations, end) = input.parse_nested_block(|input| Ok((declarations(input, &selectors)?, input.position().byte_index())))?;
    let names: Vec<_> = selectors.iter().map(|selector| selector.0).collect();
    // The parser closes at the end of the text what is still open.
    if css.as_bytes().get(end) != Some(&b'}') {
        return refuse(first_line, format!("The block of `{}` is not closed.", names.join(", ")));
    }
    if !declarations.is_empty() {
        *out += &format!("{}{{{}}}\n", names.join(","), declarations.join(";"));
    }
    Ok(())
}

/// Everything up to and with the `{`.
fn selectors(input: &mut Parser<'_>) -> Result<Vec<Selector>> {
    let mut found = Vec::new();
    loop {
        found.push(selector(input)?);
        let line = line(input);
        match input.next() {
            Ok(Token::Comma) => {}
            Ok(Token::CurlyBracketBlock) => return Ok(found),
            Ok(token) => return refuse(line, format!("`{}` is not allowed in a selector, only classes and commas are.", show(token))),
            Err(_) => return refuse(line, "A selector without a block."),
        }
    }
}

fn selector(input: &mut Parser<'_>) -> Result<Selector> {
    input.skip_whitespace();
    let line = line(input);
    match input.next() {
        Ok(Token::Delim('.')) => {}
        Ok(Token::AtKeyword(name)) => return refuse(line, format!("`@{name}` is not allowed.")),
        Ok(token) => return refuse(line, format!("A class such as `.label-customizable` was expected, not `{}`.", show(token))),
        Err(_) => return refuse(line, "A class such as `.label-customizable` was expected."),
    }
    let mut name = match input.next_including_whitespace() {
        Ok(Token::Ident(class)) => format!(".{class}"),
        _ => return refuse(line, "A class name was expected after the `.`."),
    };
    let after = input.state();
    if matches!(input.next_including_whitespace(), Ok(Token::Colon)) {
        match input.next_including_whitespace() {
            Ok(Token::Ident(state)) => name += &format!(":{}", state.to_ascii_lowercase()),
            _ => return refuse(line, format!("Only `:hover` or `:focus` may follow `{name}`.")),
        }
    } else {
        input.reset(&after);
    }
    match SELECTORS.iter().find(|selector| selector.0 == name) {
        Some(selector) => Ok(selector),
        None => refuse(line, format!("`{name}` is not a selector that can be customized.")),
    }
}

fn declarations(input: &mut Parser<'_>, selectors: &[Selector]) -> Result<Vec<String>> {
    let mut out = Vec::new();
    loop {
        input.skip_whitespace();
        let line = line(input);
        let property = match input.next() {
            Err(_) => return Ok(out),
            Ok(Token::Semicolon) => continue,
            Ok(Token::Ident(name)) => name.to_ascii_lowercase(),
            Ok(Token::AtKeyword(name)) => return refuse(line, format!("`@{name}` is not allowed.")),
            Ok(token) => return refuse(line, format!("A property was expected, not `{}`.", show(token))),
        };
        if let Some(selector) = selectors.iter().find(|selector| !may_set(selector, &property)) {
            return refuse(line, format!("`{}` does not let `{property}` be set.", selector.0));
        }
        if input.expect_colon().is_err() {
            return refuse(line, format!("A `:` was expected after `{property}`."));
        }
        let value = input.parse_until_before(Delimiter::Semicolon, |input| value(input, &property))?;
        out.push(format!("{property}:{value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What Cognito's console offers for download.
    const TEMPLATE: &str = "\
.logo-customizable {\n\tmax-width: 60%;\n\tmax-height: 30%;\n}\n\
.banner-customizable {\n\tpadding: 25px 0px 25px 0px;\n\tbackground-color: lightgray;\n}\n\
.label-customizable {\n\tfont-weight: 400;\n}\n\
.textDescription-customizable {\n\tpadding-top: 10px;\n\tpadding-bottom: 10px;\n\tdisplay: block;\n\tfont-size: 16px;\n}\n\
.idpDescription-customizable {\n\tpadding-top: 10px;\n\tpadding-bottom: 10px;\n\tdisplay: block;\n\tfont-size: 16px;\n}\n\
.legalText-customizable {\n\tcolor: #747474;\n\tfont-size: 11px;\n}\n\
.submitButton-customizable {\n\tfont-size: 14px;\n\tfont-weight: bold;\n\tmargin: 20px 0px 10px 0px;\n\theight: 40px;\n\twidth: 100%;\n\tcolor: #fff;\n\
\tbackground-color: #337ab7;\n}\n\
.submitButton-customizable:hover {\n\tcolor: #fff;\n\tbackground-color: #286090;\n}\n\
.errorMessage-customizable {\n\tpadding: 5px;\n\tfont-size: 14px;\n\twidth: 100%;\n\tbackground: #F5F5F5;\n\tborder: 2px solid #D64958;\n\tcolor: #D64958;\n}\n\
.inputField-customizable {\n\twidth: 100%;\n\theight: 34px;\n\tcolor: #555;\n\tbackground-color: #fff;\n\tborder: 1px solid #ccc;\n}\n\
.inputField-customizable:focus {\n\tborder-color: #66afe9;\n\toutline: 0;\n}\n\
.idpButton-customizable {\n\theight: 40px;\n\twidth: 100%;\n\ttext-align: center;\n\tmargin-bottom: 15px;\n\tcolor: #fff;\n\tbackground-color: #5bc0de;\n\
\tborder-color: #46b8da;\n}\n\
.idpButton-customizable:hover {\n\tcolor: #fff;\n\tbackground-color: #31b0d5;\n}\n\
.socialButton-customizable {\n\tborder-radius: 2px;\n\theight: 40px;\n\tmargin-bottom: 15px;\n\tpadding: 1px;\n\ttext-align: left;\n\twidth: 100%;\n}\n\
.redirect-customizable {\n\ttext-align: center;\n}\n\
.passwordCheck-notValid-customizable {\n\tcolor: #DF3312;\n}\n\
.passwordCheck-valid-customizable {\n\tcolor: #19BF00;\n}\n\
.background-customizable {\n\tbackground-color: #fff;\n}\n";

    #[test]
    fn cognitos_own_template_passes_unchanged() {
        let plain: String =
            TEMPLATE.replace(";\n}", "}").replace(": ", ":").replace(" {", "{").replace(['\n', '\t'], "").replace('}', "}\n");
        assert_eq!(validate(TEMPLATE), Ok(plain));
    }

    #[test]
    fn accepts_what_does_no_harm() {
        for (css, out) in [
            ("", ""),
            (" \r\n\t/* nothing */ ", ""),
            (".label-customizable{}", ""),
            (".label-customizable{;;COLOR:Red;;}", ".label-customizable{color:red}\n"),
            (
                ".label-customizable , .legalText-customizable{color:#ABCDEF80}",
                ".label-customizable,.legalText-customizable{color:#ABCDEF80}\n",
            ),
            (".submitButton-customizable:HOVER{color:rgba( 1 ,2,3 , .5)}", ".submitButton-customizable:hover{color:rgba(1,2,3,0.5)}\n"),
            (".label-customizable{color:HSL(120deg 50% 25.5% / 0.5)}", ".label-customizable{color:hsl(120deg 50% 25.5%/0.5)}\n"),
            (".label-customizable{color:re/* */d}", ".label-customizable{color:re d}\n"),
            (".label-customizable{color:red ! important}", ".label-customizable{color:red !important}\n"),
            (".errorMessage-customizable{background:#eee !important}", ".errorMessage-customizable{background:#eee !important}\n"),
            (
                ".errorMessage-customizable{margin:-1px auto 0 1e1px;border-style:solid}",
                ".errorMessage-customizable{margin:-1px auto 0 10.0px;border-style:solid}\n",
            ),
            // An escape that spells an allowed word is written as that word.
            (".l\\61 bel-customizable{c\\6flor:\\72 ed}", ".label-customizable{color:red}\n"),
        ] {
            assert_eq!(validate(css).as_deref(), Ok(out), "{css}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (css, line, message) in [
            ("\n\n.other{color:red}", 3, "`.other` is not a selector that can be customized."),
            (".label-customizable{\ncolor:red;\nposition:fixed}", 3, "`.label-customizable` does not let `position` be set."),
            (".label-customizable,\n.legalText-customizable{font-size:1px}", 2, "`.label-customizable` does not let `font-size` be set."),
            ("@import 'x';", 1, "`@import` is not allowed."),
            ("@IMPORT url(x);", 1, "`@IMPORT` is not allowed."),
            ("@media print{.label-customizable{color:red}}", 1, "`@media` is not allowed."),
            (".label-customizable{@media print{}}", 1, "`@media` is not allowed."),
            (".label-customizable{color:red", 1, "The block of `.label-customizable` is not closed."),
            (".label-customizable{color:rgb(1,2,3", 1, "The block of `.label-customizable` is not closed."),
            (".label-customizable{color:red /* }", 1, "The block of `.label-customizable` is not closed."),
            (".label-customizable{color:red}}", 1, "A class such as `.label-customizable` was expected, not `}`."),
            (".label-customizable", 1, "A selector without a block."),
            (".label-customizable,", 1, "A class such as `.label-customizable` was expected."),
            (".label-customizable:has(a){color:red}", 1, "Only `:hover` or `:focus` may follow `.label-customizable`."),
            (".label-customizable:hover{color:red}", 1, "`.label-customizable:hover` is not a selector that can be customized."),
            (".submitButton-customizable::before{color:red}", 1, "Only `:hover` or `:focus` may follow `.submitButton-customizable`."),
            (".submitButton-customizable :hover{color:red}", 1, "`:` is not allowed in a selector, only classes and commas are."),
            (".label-customizable a{color:red}", 1, "`a` is not allowed in a selector, only classes and commas are."),
            (".LABEL-customizable{color:red}", 1, "`.LABEL-customizable` is not a selector that can be customized."),
            (". label-customizable{color:red}", 1, "A class name was expected after the `.`."),
            ("body{color:red}", 1, "A class such as `.label-customizable` was expected, not `body`."),
            ("*{color:red}", 1, "A class such as `.label-customizable` was expected, not `*`."),
            ("<!-- .label-customizable{color:red} -->", 1, "A class such as `.label-customizable` was expected, not `<!--`."),
            ("</style><script>", 1, "A class such as `.label-customizable` was expected, not `<`."),
            (".label-customizable{color:</style>}", 1, "`<` is not allowed in the value of `color`."),
            (".label-customizable{color:url(x)}", 1, "`url()` is not allowed in the value of `color`."),
            (".label-customizable{color:\\75rl(x)}", 1, "`url()` is not allowed in the value of `color`."),
            (".label-customizable{color:URL('x')}", 1, "`URL()` is not allowed in the value of `color`."),
            (".label-customizable{color:expression(alert(1))}", 1, "`expression()` is not allowed in the value of `color`."),
            (".label-customizable{color:var(--x)}", 1, "`var()` is not allowed in the value of `color`."),
            (".label-customizable{color:rgb(var(--x))}", 1, "`var()` is not allowed in `rgb()`."),
            (".label-customizable{color:rgb(1,2,3}", 1, "`}` is not allowed in `rgb()`."),
            (".label-customizable{--x:red}", 1, "`.label-customizable` does not let `--x` be set."),
            (".label-customizable{color:'red'}", 1, "`a text in quotes` is not allowed in the value of `color`."),
            (".label-customizable{color:{}}", 1, "`{` is not allowed in the value of `color`."),
            (".label-customizable{color:#ggg}", 1, "`#ggg` is not allowed in the value of `color`."),
            (".label-customizable{color:#12345}", 1, "`#12345` is not allowed in the value of `color`."),
            (".label-customizable{color:r\u{e9}d}", 1, "`r\u{e9}d` is not allowed in the value of `color`."),
            (".label-customizable{color:red\\3b x}", 1, "`red\\;x` is not allowed in the value of `color`."),
            (".label-customizable{color:\0}", 1, "`\u{fffd}` is not allowed in the value of `color`."),
            (".label-customizable{font-weight:1e99}", 1, "`3.40282e38` is not allowed in the value of `font-weight`."),
            (".legalText-customizable{font-size:1s}", 1, "`1s` is not allowed in the value of `font-size`."),
            (".errorMessage-customizable{background:#fff url(x)}", 1, "`background` may only be a color."),
            (".errorMessage-customizable{background:1px}", 1, "`background` may only be a color."),
            (".label-customizable{color:}", 1, "`color` has no value."),
            (".label-customizable{color red}", 1, "A `:` was expected after `color`."),
            (".label-customizable{.x{}}", 1, "A property was expected, not `.`."),
            (".label-customizable{color:red !ie}", 1, "Only `!important` may follow the value of `color`."),
            (".label-customizable{color:red !important blue}", 1, "Only `!important` may follow the value of `color`."),
        ] {
            assert_eq!(validate(css), Err(CssError { line, message: message.to_owned() }), "{css}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        let deep = format!(".label-customizable{{color:{}}}", "rgb(".repeat(30_000));
        assert!(validate(&deep).is_err() && validate(&"(".repeat(100_000)).is_err() && validate(&"{".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_passes_is_tame(text in "([.:{};!@#,/ \\\\a-f0-9(<]|/\\*|\\*/|url\\(|rgb\\(|color|label-customizable|\\.label-customizable\\{|\\PC){0,40}") {
            if let Ok(css) = validate(&text) {
                prop_assert!(css.chars().all(|c| c.is_ascii_alphanumeric() || ".,:;{}()#%!/+- \n".contains(c)), "{css}");
                prop_assert!(!css.contains("url"));
                prop_assert_eq!(validate(&css), Ok(css));
            }
        }

        #[test]
        fn values_survive_a_second_reading(value in "([a-z]{1,8}|#[0-9a-f]{3}|-?[0-9]{1,3}(\\.[0-9]{1,3})?(px|%|em)?|rgba?\\([0-9]{1,3},[0-9]{1,3}%?\\)){1,3}( !important)?") {
            let css = validate(&format!(".submitButton-customizable{{margin:{value}}}"));
            if let Ok(css) = css {
                prop_assert_eq!(validate(&css), Ok(css));
            }
        }
    }
}
