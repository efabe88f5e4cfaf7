//! The keys that codes for functions are encrypted with, by the `KMSKeyID` of the pools that use them.
//!
//! Their file holds one key a line: the `KMSKeyID` (or the part after `key/`), a blank, and 32 bytes in base64. Lines that begin with `#` and empty ones do not
//! count.

use crate::kit::text;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::path::Path;
use zeroize::Zeroizing;

#[derive(Default)]
pub struct SenderKeys(BTreeMap<String, Zeroizing<[u8; 32]>>);

impl SenderKeys {
    /// The keys of a file; none where there is no file to read.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let content = std::fs::read_to_string(path).with_context(|| format!("cannot read the file of sender keys {}", path.display()))?;
        Self::parse(&Zeroizing::new(content)).with_context(|| format!("the file of sender keys {}", path.display()))
    }

    fn parse(content: &str) -> anyhow::Result<Self> {
        let mut keys = BTreeMap::new();
        let lines = content.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let parts = line.split_once(char::is_whitespace);
            let key = parts.and_then(|(name, key)| Some((name, <[u8; 32]>::try_from(text::from_base64(key.trim())?).ok()?)));
            let Some((name, key)) = key else { bail!("line {number} is not a KMSKeyID and 32 bytes in base64") };
            if keys.insert(name.to_owned(), Zeroizing::new(key)).is_some() {
                bail!("line {number} repeats a name");
            }
        }
        Ok(Self(keys))
    }

    /// The key that a pool's `KMSKeyID` means.
    pub fn get(&self, kms_key_id: &str) -> Option<&[u8; 32]> {
        let short = || kms_key_id.rsplit_once(":key/").map(|(_, id)| id);
        self.0.get(kms_key_id).or_else(|| self.0.get(short()?)).map(|key| &**key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_arn_or_its_id() {
        let line = |name: &str, byte: u8| format!("{name}  {}\n", text::base64(&[byte; 32]));
        let arn = "arn:aws:kms:us-east-1:000000000000:key/";
        let keys = SenderKeys::parse(&format!("# keys\n\n{}{}", line(&format!("{arn}one"), 1), line("two", 2))).unwrap();
        assert_eq!(keys.get(&format!("{arn}one")), Some(&[1; 32]));
        assert_eq!((keys.get(&format!("{arn}two")), keys.get("two")), (Some(&[2; 32]), Some(&[2; 32])));
        assert_eq!((keys.get("one"), keys.get(&format!("{arn}three"))), (None, None));
    }

    #[test]
    fn a_line_that_is_no_key_is_an_error_that_does_not_tell_it() {
        for bad in ["name", "name c2hvcnQ=", &format!("n {0}\nn {0}", text::base64(&[1; 32]))] {
            let error = SenderKeys::parse(bad).err().unwrap().to_string();
            assert!(error.starts_with("line ") && !error.contains("c2hv"), "{error}");
        }
    }
}
