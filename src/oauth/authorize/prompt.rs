//! The parameter `prompt` (OpenID Connect Core, 3.1.2.1): what the person is to be asked, whatever is known.

use super::Parameters;
use super::checks::{Result, fail};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prompts {
    /// Show nothing.
    pub none: bool,
    /// Ask again even if signed in.
    pub login: bool,
    /// Ask again even if it was granted before.
    pub consent: bool,
    /// Ask which account, even if there is one.
    pub select_account: bool,
}

impl Prompts {
    pub fn parse(parameters: &Parameters) -> Result<Self> {
        let words = parameters.words("prompt");
        let mut all = Self::default();
        for word in &words {
            match *word {
                "none" => all.none = true,
                "login" => all.login = true,
                "consent" => all.consent = true,
                "select_account" => all.select_account = true,
                unknown => return fail("invalid_request", format!("prompt {unknown:.32} is not known")),
            }
        }
        if all.none && words.len() > 1 { fail("invalid_request", "prompt none can not be combined") } else { Ok(all) }
    }
}
