//! What a `User-Agent` says in few words: `Chrome 126, Windows 10`.

/// What a text that tells nothing is called.
pub const OTHER: &str = "Other";
const LONGEST_NAME: usize = 40;

/// Browsers by the product that only they, or they before others, name.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
];
const WINDOWS: [(&str, &str); 4] = [("10.0", "10"), ("6.3", "8.1"), ("6.2", "8"), ("6.1", "7")];

/// The program and its system.
pub fn describe(user_agent: &str) -> String {
    format!("{}, {}", program(user_agent), system(user_agent))
}

fn program(text: &str) -> String {
    let browser = BROWSERS.iter().find_map(|(product, name)| Some((*name, text.split_once(product)?.1)));
    if let Some((name, rest)) = browser {
        return versioned(name, rest);
    }
    if let Some((_, rest)) = text.split_once("Version/").filter(|_| text.contains("Safari/")) {
        return versioned("Safari", rest);
    }
    // A program that is no browser names itself first (RFC 9110, 10.1.5).
    let product = text.split([' ', '(']).next().unwrap_or_default();
    let (name, version) = product.split_once('/').unwrap_or((product, ""));
    let named = !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c));
    if named && name != "Mozilla" && name.len() <= LONGEST_NAME { versioned(name, version) } else { OTHER.to_owned() }
}

fn versioned(name: &str, rest: &str) -> String {
    let major = number(rest);
    if major.is_empty() { name.to_owned() } else { format!("{name} {major}") }
}

/// The digits that a text begins with, as far as they can be a version.
fn number(text: &str) -> &str {
    let end = text.bytes().take(6).take_while(u8::is_ascii_digit).count();
    text.get(..end).unwrap_or_default()
}

fn system(text: &str) -> String {
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest);
    if let Some(rest) = after("Windows NT ") {
        let version = WINDOWS.iter().find(|(nt, _)| rest.starts_with(nt)).map_or("", |(_, name)| name);
        return format!("Windows {version}").trim_end().to_owned();
    }
    if let Some(rest) = after("iPhone OS ").or_else(|| after("CPU OS ")) {
        return versioned("iOS", rest);
    }
    if let Some(rest) = after("Android ") {
        return versioned("Android", rest);
    }
    if let Some(rest) = after("Mac OS X ") {
        return versioned("Mac OS X", rest);
    }
    let lower = text.to_ascii_lowercase();
    let known = [("CrOS", "Chrome OS"), ("Android", "Android"), ("Windows", "Windows"), ("macos", "Mac OS X"), ("darwin", "Mac OS X")];
    let found = known.into_iter().find(|(mark, _)| lower.contains(&mark.to_ascii_lowercase())).map(|(_, name)| name);
    found.unwrap_or(if lower.contains("linux") { "Linux" } else { OTHER }).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_programs_are_known() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome 126, Windows 10",
            ),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/125.0", "Edge 125, Windows 10"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox 127, Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari 17, iOS 17",
            ),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/17.4 Safari/605.1", "Safari 17, Mac OS X 10"),
            ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome 126, Android 14"),
            ("aws-cli/2.15.30 Python/3.11.8 Linux/6.1", "aws-cli 2, Linux"),
            ("curl/8.5.0", "curl 8, Other"),
        ] {
            assert_eq!(describe(text), expected);
        }
    }

    #[test]
    fn what_says_nothing_is_other() {
        for text in ["", "Mozilla/5.0", "<script>", "ä/1", "/", "()"] {
            assert_eq!(describe(text), "Other, Other", "{text}");
        }
        assert_eq!(describe("Chrome/99999999999999999999"), "Chrome 999999, Other");
    }
}
