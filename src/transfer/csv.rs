//! The CSV file of an import: its columns, its rows, and the users they stand for.
//!
//! A file is read in windows. Quoting is what RFC 4180 has; a comma may also be escaped by a backslash, as Cognito asks.

use super::job::Algorithm;
use super::person::Person;
use crate::api::{ApiError, Result};
use crate::kit::password;
use crate::pools::Pool;
use crate::pools::attributes::STANDARD;
use crate::users::attributes::Attribute;

pub const USERNAME: &str = "cognito:username";
const MFA: &str = "cognito:mfa_enabled";
/// The column that a job with a hashing algorithm has besides.
pub const HASH: &str = "cognito:password_hash";
/// Characters in a row at most.
const MAX_ROW: usize = 16_000;
/// Bytes of a row at most: what is longer is no row, but a quote that nobody closed.
pub const MAX_ROW_BYTES: usize = 4 * MAX_ROW;
/// A backslash and a comma, while the row is taken apart.
const ESCAPED: &str = "\u{1a}\u{1a}";

/// The columns in the order in which Cognito lists them, with the pool's own between the standard ones and Cognito's.
pub fn header(pool: &Pool) -> Vec<String> {
    const ORDER: [&str; 19] = [
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "email",
        "email_verified",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "phone_number",
        "phone_number_verified",
        "address",
        "updated_at",
    ];
    let own = pool.document.schema.iter().map(|a| a.name.as_str()).filter(|name| !STANDARD.contains(name) && *name != "identities");
    ORDER.into_iter().chain(own).chain([MFA, USERNAME]).map(str::to_owned).collect()
}

/// Refuses columns that are not the pool's, in whatever order, with the one for hashes exactly where hashes were announced.
pub fn check_header(pool: &Pool, given: &[String], has_hashes: bool) -> Result<(), String> {
    let mut expected = header(pool);
    expected.extend(has_hashes.then(|| HASH.to_owned()));
    if let Some(missing) = expected.iter().find(|name| !given.contains(name)) {
        return Err(format!("The file has no column {missing}."));
    }
    if let Some(unknown) = given.iter().find(|name| !expected.contains(name)) {
        return Err(format!("The file has a column {unknown:.60} that the user pool does not have."));
    }
    if given.len() != expected.len() {
        return Err("The file has a column twice.".into());
    }
    Ok(())
}

/// A row, and the line that it begins on, counted from the beginning of its window.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub line: i64,
    pub fields: Result<Vec<String>, String>,
}

/// What a window holds: rows, and how far into it they reach, in bytes and in lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub rows: Vec<Row>,
    pub bytes: usize,
    pub lines: i64,
}

/// Takes up to `limit` whole rows from the beginning of a window. The last one of a window that is not the file's last may be cut off,
/// so it is left for the next window.
pub fn rows(window: &[u8], is_last: bool, limit: usize) -> Rows {
    let mut out = Rows::default();
    while out.rows.len() < limit && out.bytes < window.len() {
        let rest = &window[out.bytes..];
        let Some((length, fault)) = span(rest, is_last) else { break };
        let row = &rest[..length];
        let text = row.trim_ascii_end();
        if !text.is_empty() {
            out.rows.push(Row { line: out.lines + 1, fields: fault.map_or_else(|| fields(text), |fault| Err(fault.into())) });
        }
        out.bytes += length;
        out.lines += row.iter().filter(|byte| **byte == b'\n').count() as i64;
    }
    out
}

/// Passes over the rest of a line whose beginning was too long to be a row.
pub fn rest_of_line(window: &[u8]) -> Rows {
    let bytes = first_line(window);
    Rows { rows: Vec::new(), bytes, lines: i64::from(window[..bytes].ends_with(b"\n")) }
}

const TOO_LONG: &str = "The row has more than 16,000 characters.";
const NOT_CLOSED: &str = "The row has a quote that is not closed.";
const MARK: &str = "\u{feff}";

/// Where in a row something stands. Only at the beginning of a value does a quote mean more than itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// After a quote inside quotes: another one would make it a character.
    Closed,
}

/// How long the first row is, its line's end included, and what is wrong with it. Lines may break inside quotes; a row whose quote is not
/// closed is its first line. None for a row that may go on in the next window.
fn span(bytes: &[u8], is_last: bool) -> Option<(usize, Option<&'static str>)> {
    let marks = bytes.chunks(MARK.len()).take_while(|chunk| *chunk == MARK.as_bytes()).count() * MARK.len();
    let (mut place, mut before) = (Place::Start, 0);
    for (at, byte) in bytes.iter().enumerate().take(MAX_ROW_BYTES + 1).skip(marks) {
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::Closed,
            (Place::Quoted, _) | (Place::Start | Place::Closed, b'"') => Place::Quoted,
            (_, b'\n') => return Some((at + 1, None)),
            (_, b',') if before != b'\\' => Place::Start,
            _ => Place::Plain,
        };
        before = *byte;
    }
    let is_seen = bytes.len() <= MAX_ROW_BYTES;
    match place {
        _ if !is_seen => Some((first_line(bytes), Some(TOO_LONG))),
        _ if !is_last => None,
        Place::Quoted => Some((first_line(bytes), Some(NOT_CLOSED))),
        _ => Some((bytes.len(), None)),
    }
}

fn first_line(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1)
}

fn fields(row: &[u8]) -> Result<Vec<String>, String> {
    let text = std::str::from_utf8(row).map_err(|_| "The row is not UTF-8 text.".to_owned())?;
    if text.chars().count() > MAX_ROW {
        return Err(TOO_LONG.into());
    }
    // PostgreSQL has no text with it.
    if text.contains('\0') {
        return Err("The row has a NUL character.".into());
    }
    let text = text.trim_start_matches(MARK).replace("\\,", ESCAPED);
    // A row ends where its span does, and nowhere else.
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).terminator(csv::Terminator::Any(b'\n')).from_reader(text.as_bytes());
    let (mut record, mut second) = (csv::StringRecord::new(), csv::StringRecord::new());
    match (reader.read_record(&mut record), reader.read_record(&mut second)) {
        (Ok(true), Ok(false)) => Ok(record.iter().map(|field| field.trim().replace(ESCAPED, ",")).collect()),
        _ => Err("The row cannot be read.".into()),
    }
}

/// The user that a row stands for.
pub fn person(pool: &Pool, header: &[String], fields: Vec<String>, algorithm: Option<Algorithm>) -> Result<Person> {
    if fields.len() != header.len() {
        return Err(ApiError::invalid_parameter(format!("The row has {} values, and the header {} columns.", fields.len(), header.len())));
    }
    let mut person = Person::default();
    let mut mfa = String::new();
    for (name, value) in header.iter().zip(fields) {
        match name.as_str() {
            USERNAME => person.names = vec![value],
            MFA => mfa = value.to_ascii_lowercase(),
            HASH => person.password = Some(value).filter(|v| !v.is_empty()),
            name if name.ends_with("_verified") => {
                person.attributes.push(Attribute { name: name.into(), value: value.to_ascii_lowercase() })
            }
            name => person.attributes.push(Attribute { name: name.into(), value }),
        }
    }
    if person.names.iter().all(String::is_empty) {
        return Err(ApiError::invalid_parameter(format!("The row has no {USERNAME}.")));
    }
    person.sms_mfa = match mfa.as_str() {
        "true" => true,
        "false" => false,
        _ => return Err(ApiError::invalid_parameter(format!("{MFA} must be true or false."))),
    };
    check_proved(pool, &person)?;
    if let Some(hash) = &person.password {
        check_hash(hash, algorithm)?;
    }
    Ok(person)
}

/// Somebody whose password must be reset needs an address that a code can go to.
fn check_proved(pool: &Pool, person: &Person) -> Result<()> {
    let is_proved = |kind: &str| person.get(kind).is_some() && person.get(&format!("{kind}_verified")) == Some("true");
    for kind in ["email", "phone_number"] {
        if person.get(&format!("{kind}_verified")) == Some("true") && person.get(kind).is_none() {
            return Err(ApiError::invalid_parameter(format!("The row has {kind}_verified, but no {kind}.")));
        }
    }
    let automatic: Vec<&str> = ["email", "phone_number"].into_iter().filter(|kind| pool.auto_verifies(kind)).collect();
    if !automatic.is_empty() && !automatic.iter().any(|kind| is_proved(kind)) {
        let names: Vec<String> = automatic.iter().map(|kind| format!("{kind}_verified")).collect();
        return Err(ApiError::invalid_parameter(format!("The row needs {} to be true.", names.join(" or "))));
    }
    if person.sms_mfa && !is_proved("phone_number") {
        return Err(ApiError::invalid_parameter(format!("{MFA} needs a phone_number, and phone_number_verified to be true.")));
    }
    Ok(())
}

fn check_hash(hash: &str, algorithm: Option<Algorithm>) -> Result<()> {
    if let Some(algorithm) = algorithm.filter(|a| !a.made(hash)) {
        return Err(ApiError::invalid_parameter(format!("The password hash is not one of {}.", algorithm.as_str())));
    }
    password::accept(hash).map_err(|refusal| ApiError::invalid_parameter(refusal.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pools::attributes::standard;
    use crate::pools::pool::Document;

    fn pool() -> Pool {
        let mut document = Document { schema: standard(), ..Document::default() };
        document.settings.auto_verified_attributes = vec!["email".into()];
        Pool { id: "us-east-1_Test".into(), name: "t".into(), document, created_at: 0, modified_at: 0 }
    }

    fn texts(window: &str, is_last: bool, limit: usize) -> (Vec<(i64, Vec<String>)>, usize, i64) {
        let out = rows(window.as_bytes(), is_last, limit);
        (out.rows.into_iter().map(|r| (r.line, r.fields.unwrap_or_else(|e| vec![e]))).collect(), out.bytes, out.lines)
    }

    fn row(fields: &[&str]) -> Vec<String> {
        fields.iter().map(|f| (*f).to_owned()).collect()
    }

    #[test]
    fn rows_are_taken_whole() {
        let (found, bytes, lines) = texts("a,b\r\n\r\n\"c\nd\",e\\,f\ng", false, 9);
        assert_eq!(found, [(1, row(&["a", "b"])), (3, row(&["c\nd", "e,f"]))]);
        assert_eq!((bytes, lines), (18, 4));
        assert_eq!(texts("g", true, 9), (vec![(1, row(&["g"]))], 1, 0));
        assert_eq!(texts("a\nb\nc\n", true, 2).1, 4);
        assert_eq!(texts("\u{feff}a\n", true, 2).0, [(1, row(&["a"]))]);
    }

    #[test]
    fn a_quote_that_nobody_closes_costs_its_own_line() {
        let (found, ..) = texts(&format!("\"open\nx,y\n{}", "z\n".repeat(MAX_ROW_BYTES)), false, 2);
        assert_eq!(found, [(1, row(&[TOO_LONG])), (2, row(&["x", "y"]))]);
        assert!(rows(b"\xff\xfe\n", true, 1).rows[0].fields.is_err());
        assert_eq!(texts(&"x".repeat(MAX_ROW + 1), true, 1).0, [(1, row(&[TOO_LONG]))]);
    }

    #[test]
    fn a_quote_means_something_at_the_beginning_of_a_value_only() {
        let (found, ..) = texts("jane,5\" tall\nbob,\nann,\"x\"\"\ny\"\nkim,a\\,\"b\n", true, 9);
        let expected = [row(&["jane", "5\" tall"]), row(&["bob", ""]), row(&["ann", "x\"\ny"]), row(&["kim", "a,\"b"])];
        assert_eq!(found, [1, 2, 3, 5].into_iter().zip(expected).collect::<Vec<_>>());
        // The last quote of a file that nobody closes costs its line, and none behind it.
        let (found, bytes, lines) = texts("jane,\"5 tall\nbob,\nann", true, 9);
        assert_eq!(found, [(1, row(&[NOT_CLOSED])), (2, row(&["bob", ""])), (3, row(&["ann"]))]);
        assert_eq!((bytes, lines), (21, 2));
        assert_eq!(texts("jane,\"5 tall\nbob,\n", false, 9), (vec![], 0, 0), "it may be closed in the next window");
        assert_eq!(texts("\u{feff}\"a\nb\",\"\"\n", true, 9).0, [(1, row(&["a\nb", ""]))]);
        assert_eq!(texts("a\rb,\"c\"d\r\n", true, 9).0, [(1, row(&["a\rb", "cd"]))]);
    }

    #[test]
    fn what_no_database_takes_is_refused() {
        assert_eq!(texts("a,b\0c\nd\n", true, 9).0, [(1, row(&["The row has a NUL character."])), (2, row(&["d"]))]);
    }

    #[test]
    fn the_rest_of_a_long_line_is_no_row() {
        let out = rest_of_line(b"x,y\nz\n");
        assert_eq!((out.rows.len(), out.bytes, out.lines), (0, 4, 1));
        assert_eq!((rest_of_line(b"xy").bytes, rest_of_line(b"xy").lines), (2, 0));
    }

    #[test]
    fn the_header_is_the_pools_in_any_order() {
        let mut columns = header(&pool());
        assert_eq!((columns.len(), columns[0].as_str(), columns[20].as_str()), (21, "name", USERNAME));
        columns.reverse();
        assert_eq!(check_header(&pool(), &columns, false), Ok(()));
        assert!(check_header(&pool(), &columns, true).unwrap_err().contains(HASH));
        columns.push(HASH.into());
        assert_eq!(check_header(&pool(), &columns, true), Ok(()));
        assert!(check_header(&pool(), &columns, false).unwrap_err().contains("does not have"));
        columns.push("email".into());
        assert!(check_header(&pool(), &columns, true).unwrap_err().contains("twice"));
    }

    #[test]
    fn a_row_says_what_is_wrong_with_it() {
        let header = row(&[USERNAME, MFA, "email", "email_verified", HASH]);
        let read = |fields: &[&str]| person(&pool(), &header, row(fields), Some(Algorithm::Bcrypt));
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        let good = read(&["jane", "FALSE", "j@e.example", "True", hash]).unwrap();
        assert_eq!((good.names[0].as_str(), good.password.as_deref(), good.get("email_verified")), ("jane", Some(hash), Some("true")));
        for (fields, what) in [
            (["jane", "false", "j@e.example", "true"].as_slice(), "4 values"),
            (&["", "false", "j@e.example", "true", ""], "no cognito:username"),
            (&["jane", "", "j@e.example", "true", ""], "must be true or false"),
            (&["jane", "false", "", "true", ""], "no email"),
            (&["jane", "false", "j@e.example", "", ""], "email_verified to be true"),
            (&["jane", "true", "j@e.example", "true", ""], "phone_number"),
            (&["jane", "false", "j@e.example", "true", "$1$abc"], "not one of BCRYPT"),
            (&["jane", "false", "j@e.example", "true", "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"], "too much"),
        ] {
            let refusal = read(fields).unwrap_err();
            assert!(refusal.message().contains(what), "{}", refusal.message());
        }
    }
}
