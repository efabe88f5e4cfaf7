//! HTTP/1.1 over one blocking connection that is kept alive: as little as a load generator needs, so that it takes little from the server.

use anyhow::{Context, Result, bail};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer that takes longer than this is a failure of the server.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// One answer, until the next request.
pub struct Answer<'a> {
    pub status: u16,
    head: &'a str,
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Every header, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Bytes on the wire.
    pub fn length(&self) -> usize {
        self.head.len() + END.len() + self.body.len()
    }

    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(self.body).context("the answer is no JSON")
    }

    /// Refuses any other status.
    pub fn expect(&self, status: u16) -> Result<()> {
        if self.status == status {
            return Ok(());
        }
        bail!("the server answered {} instead of {status}: {:.300}", self.status, String::from_utf8_lossy(self.body))
    }
}

/// What ends a head.
const END: &[u8] = b"\r\n\r\n";

impl Connection {
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 16 * 1024] })
    }

    /// Sends a request and reads its answer.
    pub fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request)?;
        let (mut filled, mut sizes) = (0, None);
        while sizes.is_none_or(|(head, body)| filled < head + END.len() + body) {
            if filled == self.buffer.len() {
                self.buffer.resize(2 * filled, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).context("no answer")?;
            if read == 0 {
                bail!("the server closed the connection");
            }
            filled += read;
            if sizes.is_none() {
                sizes = head(&self.buffer[..filled])?;
            }
        }
        let (head, body) = sizes.context("no head")?;
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status")?;
        Ok(Answer { status, head: text, body: &self.buffer[head + END.len()..][..body] })
    }
}

/// The lengths of head and body, once the head is there.
fn head(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(END.len()).position(|w| w == END) else { return Ok(None) };
    let lines = std::str::from_utf8(&bytes[..end])?.lines().filter_map(|line| line.split_once(':'));
    let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim().parse()).next();
    Ok(Some((end, length.context("the answer does not say how long it is")??)))
}
