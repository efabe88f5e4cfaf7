//! What the server and a worker process say to each other: frames of a length (four bytes, big-endian) and JSON.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// The largest frame that is taken: the code of a function, or an answer.
pub const MAX_FRAME: usize = 64 * 1024 * 1024;
/// The largest frame that a worker may send: an answer of 6 MB in escaped JSON, and its log.
pub const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A function as a worker needs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Load {
    pub handler: String,
    /// By path below `/var/task/`.
    pub files: BTreeMap<String, String>,
    pub environment: BTreeMap<String, String>,
    /// What its heap may hold, in bytes.
    pub memory: usize,
    /// How long it may take until its handler is there.
    pub millis: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invoke {
    pub event: String,
    pub millis: u64,
    /// The members of the handler's context.
    pub context: serde_json::Value,
}

#[derive(Debug, Serialize, Deserialize)]
pub enum ToWorker {
    Load(Box<Load>),
    Invoke(Invoke),
    Fetched {
        id: u32,
        /// Status, headers or an error, as JSON.
        answer: String,
        body: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub enum FromWorker {
    Loaded { error: Option<String>, log: Vec<Line>, timed_out: bool },
    Fetch { request: String, body: String },
    Done { outcome: Outcome, log: Vec<Line>, memory: u64 },
}

/// One thing that a function wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub level: String,
    pub text: String,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The JSON that the handler answered.
    Answer(String),
    /// What it threw: `{errorType, errorMessage, trace}`.
    Error(String),
    TimedOut,
}

pub fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message)?;
    let length = u32::try_from(frame.len() - 4).ok().filter(|n| *n as usize <= MAX_FRAME).ok_or(io::ErrorKind::FileTooLarge)?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame)
}

pub fn write(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(message)?)
}

pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_FRAME {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    Ok(serde_json::from_slice(&frame)?)
}

/// Takes a whole frame off the front of what has arrived.
pub fn take<T: DeserializeOwned>(arrived: &mut Vec<u8>, limit: usize) -> io::Result<Option<T>> {
    let Some(length) = arrived.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let Some(frame) = arrived.get(4..4 + length) else { return Ok(None) };
    let message = serde_json::from_slice(frame)?;
    arrived.drain(..4 + length);
    Ok(Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_whole_and_only_whole() {
        let line = Line { level: "INFO".into(), text: "hello".into() };
        let frame = encode(&line).unwrap();
        let mut arrived = frame[..7].to_vec();
        assert_eq!(take::<Line>(&mut arrived, 100).unwrap(), None);
        arrived.extend_from_slice(&frame[7..]);
        arrived.push(9);
        assert_eq!(take::<Line>(&mut arrived, 100).unwrap(), Some(line.clone()));
        assert_eq!(arrived, [9]);
        assert!(take::<Line>(&mut frame.clone(), 3).is_err());
        assert_eq!(read::<Line>(&mut frame.as_slice()).unwrap(), line);
    }
}
