//! The formats that users come in. A thread of its own reads the file; users arrive one by one, so that a file may be larger than memory.

mod auth0;
mod firebase;
mod keycloak;
#[cfg(test)]
mod tests;

pub use firebase::parameters;

use super::csv;
use super::file::{Footer, Header, UserLine};
use super::person::Person;
use crate::kit::password::scrypt::Firebase;
use crate::users::attributes::Attribute;
use anyhow::Context as _;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::io::{BufRead, Read};
use tokio::sync::mpsc::{Receiver, channel};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// What `poolhouse export` writes
    #[default]
    Poolhouse,
    /// The CSV file of a Cognito import job, with or without a column cognito:password_hash
    CognitoCsv,
    /// Auth0's export of users or of password hashes: JSON, one user a line
    Auth0,
    /// A Keycloak realm, or a file of its users
    Keycloak,
    /// What `firebase auth:export` writes as JSON
    Firebase,
}

/// Something in a file.
pub enum Record {
    Header(Box<Header>),
    User(Box<UserLine>),
    Footer(Footer),
    Row(Vec<String>),
    Person(Box<Person>),
}

/// A record or what is wrong with it, and where it stands: its line, or its number among the users.
pub struct Item {
    pub line: u64,
    pub record: Result<Record, String>,
}

/// Takes an item; fails when nobody wants any more.
pub type Sink<'a> = &'a mut dyn FnMut(Item) -> anyhow::Result<()>;

/// Items that may wait.
const WAITING: usize = 256;

/// What only some formats need to know.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// How a Firebase project hashes.
    pub firebase: Option<Firebase>,
    /// Whether what Auth0's users may change themselves is taken.
    pub user_metadata: bool,
}

/// Reads a file in the background.
pub fn read(format: Format, input: Box<dyn BufRead + Send>, hints: Hints) -> anyhow::Result<Receiver<anyhow::Result<Item>>> {
    let (sender, receiver) = channel(WAITING);
    std::thread::Builder::new().name("import".into()).spawn(move || {
        let mut sink = |item| sender.blocking_send(Ok(item)).context("the import ended");
        let result = match format {
            Format::Poolhouse => lines(input, &mut sink, own),
            Format::CognitoCsv => rows(input, &mut sink),
            Format::Auth0 => lines(input, &mut sink, |line| person(line, |user| auth0::person(user, hints.user_metadata))),
            Format::Keycloak => users(input, &mut |number, value| send(&mut sink, number, value, keycloak::person)),
            Format::Firebase => {
                let project = hints.firebase.as_ref();
                users(input, &mut |number, value| send(&mut sink, number, value, |user| firebase::person(user, project)))
            }
        };
        if let Err(error) = result {
            let _ = sender.blocking_send(Err(error));
        }
    })?;
    Ok(receiver)
}

/// One JSON value a line.
fn lines(mut input: Box<dyn BufRead + Send>, sink: Sink<'_>, parse: impl Fn(&str) -> Result<Record, String>) -> anyhow::Result<()> {
    let (mut line, mut number) = (String::new(), 0);
    loop {
        line.clear();
        number += 1;
        if input.read_line(&mut line).with_context(|| format!("line {number} cannot be read"))? == 0 {
            return Ok(());
        }
        let text = line.trim().trim_start_matches('\u{feff}');
        if !text.is_empty() {
            sink(Item { line: number, record: parse(text) })?;
        }
    }
}

fn own(line: &str) -> Result<Record, String> {
    // PostgreSQL has no text with it.
    if line.contains("\\u0000") {
        return Err("The line has a NUL character.".into());
    }
    if let Ok(footer) = serde_json::from_str::<Footer>(line) {
        return Ok(Record::Footer(footer));
    }
    if line.starts_with("{\"poolhouse\":") {
        return serde_json::from_str(line).map(Record::Header).map_err(|e| e.to_string());
    }
    serde_json::from_str(line).map(Record::User).map_err(|e| format!("The line is not about a user: {e}."))
}

fn person<T: for<'de> Deserialize<'de>>(line: &str, make: impl Fn(T) -> Result<Person, String>) -> Result<Record, String> {
    let user = serde_json::from_str(line).map_err(|e| format!("The line is not about a user: {e}."))?;
    make(user).map(|person| Record::Person(Box::new(person)))
}

fn send<T: for<'de> Deserialize<'de>>(
    sink: Sink<'_>,
    number: u64,
    value: Value,
    make: impl Fn(T) -> Result<Person, String>,
) -> anyhow::Result<()> {
    let user = serde_json::from_value(value).map_err(|e| format!("The user is not as expected: {e}."));
    sink(Item { line: number, record: user.and_then(make).map(|person| Record::Person(Box::new(person))) })
}

/// The rows of a CSV file, its header first.
fn rows(mut input: Box<dyn BufRead + Send>, sink: Sink<'_>) -> anyhow::Result<()> {
    let (mut window, mut line, mut is_last, mut is_inside) = (Vec::new(), 0, false, false);
    loop {
        while !is_last && window.len() <= 2 * csv::MAX_ROW_BYTES {
            let mut piece = vec![0; csv::MAX_ROW_BYTES];
            let length = input.read(&mut piece)?;
            window.extend_from_slice(&piece[..length]);
            is_last = length == 0;
        }
        let read = if is_inside { csv::rest_of_line(&window) } else { csv::rows(&window, is_last, usize::MAX) };
        for row in read.rows {
            sink(Item { line: (line + row.line).unsigned_abs(), record: row.fields.map(Record::Row) })?;
        }
        is_inside = window.drain(..read.bytes).next_back().map_or(is_inside, |byte| byte != b'\n');
        line += read.lines;
        if is_last && window.is_empty() {
            return Ok(());
        }
    }
}

/// Takes each member of the array `users` in a JSON object, or in each of several.
struct Users<'a>(&'a mut dyn FnMut(u64, Value) -> anyhow::Result<()>, &'a mut u64);

/// The elements of that array.
struct Each<'a, 'b>(&'a mut Users<'b>);

fn users(input: impl Read, each: &mut dyn FnMut(u64, Value) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut number = 0;
    let mut reader = serde_json::Deserializer::from_reader(input);
    Users(each, &mut number).deserialize(&mut reader).context("the file cannot be read")
}

impl<'de> DeserializeSeed<'de> for Users<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Users<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with users")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "users" {
                map.next_value_seed(Each(&mut self))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Users(&mut *self.0, &mut *self.1))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Each<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Each<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(value) = seq.next_element::<Value>()? {
            *self.0.1 += 1;
            let number = *self.0.1;
            (self.0.0)(number, value).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// What an other system keeps in an object of its own: text, numbers and truth values as attributes, the rest as JSON.
fn extras(object: serde_json::Map<String, Value>) -> Vec<Attribute> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    object.into_iter().map(|(name, value)| Attribute { name, value: text(value) }).filter(|a| !a.value.is_empty()).collect()
}
