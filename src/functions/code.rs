//! A function's code: a ZIP archive of scripts. What could only be an attack or a mistake is refused: paths that lead out of the archive,
//! archives that unfold to more than is plausible.

use super::error::{LambdaError, Result};
use crate::kit::{mac, text};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// The largest archive, as it is sent.
pub const MAX_ARCHIVE: usize = 32 << 20;
/// What the scripts of an archive may come to.
const MAX_UNFOLDED: u64 = 32 << 20;
const MAX_ENTRIES: usize = 20_000;
/// Files that the runtime reads; others are kept in the archive only.
const READ: [&str; 4] = [".js", ".mjs", ".cjs", ".json"];

/// The scripts in an archive, by their paths.
pub fn scripts(archive: &[u8]) -> Result<BTreeMap<String, String>> {
    let unreadable = || LambdaError::invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(|_| unreadable())?;
    if archive.len() > MAX_ENTRIES {
        return Err(LambdaError::invalid(format!("The archive holds more than {MAX_ENTRIES} files.")));
    }
    let (mut out, mut left) = (BTreeMap::new(), MAX_UNFOLDED);
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| unreadable())?;
        let path = path(&file.name().map_err(|_| unreadable())?)?;
        if !file.is_file() || !READ.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        let mut bytes = Vec::new();
        // What the archive says of its sizes is not believed.
        file.take(left + 1).read_to_end(&mut bytes).map_err(|_| unreadable())?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| LambdaError::invalid(format!("Unzipped size must be smaller than {MAX_UNFOLDED} bytes")))?;
        if let Ok(text) = String::from_utf8(bytes) {
            out.insert(path, text.trim_start_matches('\u{feff}').to_owned());
        }
    }
    Ok(out)
}

/// A path below the archive's root.
fn path(name: &str) -> Result<String> {
    let clean: Vec<_> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if name.starts_with('/') || name.contains(['\\', '\0']) || clean.contains(&"..") || name.len() > 1024 {
        return Err(LambdaError::invalid("The archive holds a path that leads out of it."));
    }
    Ok(clean.join("/"))
}

/// What Lambda calls `CodeSha256`.
pub fn checksum(archive: &[u8]) -> String {
    text::base64(&mac::sha256(archive))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn scripts_are_read_and_the_rest_is_left() {
        let archive = archive(&[("./index.js", b"1"), ("lib/a.json", b"{}"), ("logo.png", b"\xff"), ("bad.js", b"\xff")]);
        let found = scripts(&archive).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["index.js", "lib/a.json"]);
        assert_eq!(checksum(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn archives_that_attack_are_refused() {
        for name in ["../index.js", "a/../../index.js", "/etc/index.js", "a\\..\\index.js"] {
            assert!(scripts(&archive(&[(name, b"1")])).is_err(), "{name}");
        }
        let bomb = archive(&[("a.js", &vec![b' '; 20 << 20]), ("b.js", &vec![b' '; 20 << 20])]);
        assert!(bomb.len() < 1 << 20);
        assert!(scripts(&bomb).unwrap_err().message().contains("Unzipped size"));
        assert!(scripts(b"PK\x03\x04 no archive").is_err() && scripts(b"").is_err());
    }
}
