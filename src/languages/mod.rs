//! The languages of pages and messages, and the words in each.
//!
//! One file of words per language, in `words/`; each has the same keys, `page.subject`, with the same placeholders. [`Words`] are those of
//! one language with a pool's own over them. What comes out is plain text: views and mail escape it as they escape everything.

mod catalogue;
mod choice;
mod language;
mod own;
mod words;

#[cfg(test)]
mod tests;

pub use catalogue::keys;
pub use choice::{Asked, of_user};
pub use language::Language;
pub use own::PoolLanguages;
pub use words::{Part, Text, Words, parts};
