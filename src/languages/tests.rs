//! No language lacks a text, and no text lacks a reader.

use super::own::blanks;
use super::{Language, catalogue, keys};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[test]
fn every_language_has_every_text_with_its_placeholders() {
    let mut faults = Vec::new();
    for language in Language::ALL {
        let words = catalogue::of(language);
        for (key, english) in keys() {
            match words.get(key) {
                None => faults.push(format!("{} lacks {key}", language.tag())),
                Some(text) if text.trim() != *text || text.is_empty() => {
                    faults.push(format!("{} {key} is empty or padded", language.tag()))
                }
                Some(text) if blanks(text) != blanks(english) => faults.push(format!("{} {key} has other placeholders", language.tag())),
                Some(text) if text.contains(['<', '>']) => faults.push(format!("{} {key} has markup", language.tag())),
                Some(_) => {}
            }
        }
        let known: BTreeSet<&str> = keys().map(|(key, _)| key).collect();
        faults
            .extend(words.keys().filter(|key| !known.contains(key.as_str())).map(|key| format!("{} has an unknown {key}", language.tag())));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A language that was copied and not translated would have few words of its own.
#[test]
fn languages_differ_from_english() {
    for language in Language::ALL.into_iter().filter(|l| *l != Language::English) {
        let words = catalogue::of(language);
        let (same, all) = (keys().filter(|(key, english)| words.get(*key) == Some(english)).count(), keys().count());
        assert!(same * 10 < all, "{} has {same} of {all} texts in English", language.tag());
    }
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => sources(&path, out),
            false if path.extension().is_some_and(|e| e == "rs") => out.push(path),
            false => {}
        }
    }
}

#[test]
fn every_text_is_used_and_every_one_that_is_used_is_there() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let literal = regex::Regex::new(r#""([a-z_]+\.[a-z0-9_]+)""#).expect("a pattern");
    let asked = regex::Regex::new(r#"(?:\.get|\.fill|phrase)\(\s*(?:&?\w+(?:\.\w+)?,\s*)?"([a-z_]+\.[a-z0-9_]+)""#).expect("a pattern");
    let (mut named, mut missing) = (BTreeSet::new(), Vec::new());
    let known: BTreeSet<&str> = keys().map(|(key, _)| key).collect();
    for file in files.iter().filter(|f| !f.ends_with("languages/tests.rs") && !f.to_string_lossy().contains("/tests/")) {
        let source = std::fs::read_to_string(file).expect("a source");
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        named.extend(literal.captures_iter(&source).map(|c| c[1].to_owned()));
        let unknown = asked.captures_iter(&source).map(|c| c[1].to_owned()).filter(|key| !known.contains(key.as_str()));
        missing.extend(unknown.map(|key| format!("{key} in {}", file.display())));
    }
    assert!(missing.is_empty(), "{missing:#?}");
    // The texts of attributes are found by the attribute's name.
    let unused: Vec<_> = known.iter().filter(|key| !named.contains(**key) && !key.starts_with("attribute.")).collect();
    assert!(unused.is_empty(), "{unused:#?}");
}
