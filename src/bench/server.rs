//! The server under test, or the bare one, as a process of its own.

use super::client::Connection;
use super::load::Clock;
use crate::api::sigv4::Signer;
use crate::kit::clock::SECOND;
use anyhow::{Context, Result, ensure};
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const KEY_ID: &str = "AKIABENCHBENCHBENCHB";
const SECRET: &str = "a secret of no worth beyond this run";
/// A server that has not answered by then will not.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Seconds from the start of the process to its first 200.
    pub started_in: f64,
}

impl Server {
    /// `serve --demo` on the database of a folder, which is made where there is none.
    pub fn serve(folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = own_file(folder)?;
        command.args(["serve", "--demo", "--log", "warn", "--listen", &address.to_string()]);
        command.arg("--database").arg(format!("sqlite:{}", folder.join("bench.db").display()));
        command.env("POOLHOUSE_ROOT_ACCESS_KEY_ID", KEY_ID).env("POOLHOUSE_ROOT_SECRET_ACCESS_KEY", SECRET);
        Self::start(command, address, "/health")
    }

    /// The bare server, with the answer in `file` at one path.
    pub fn bare(folder: &Path, file: &Path, address: SocketAddr, path: &str) -> Result<Self> {
        let mut command = own_file(folder)?;
        command.args(["bench", "--bare"]).arg(file);
        Self::start(command, address, path)
    }

    fn start(mut command: Command, address: SocketAddr, path: &str) -> Result<Self> {
        let clock = Clock::start();
        let child = command.spawn().context("cannot start the server")?;
        let mut server = Self { child, address, started_in: 0.0 };
        let mut connection = loop {
            match Connection::open(address) {
                Ok(connection) => break connection,
                Err(error) => {
                    ensure!(server.child.try_wait()?.is_none(), "the server ended: its reason stands above");
                    ensure!(clock.elapsed() < PATIENCE, "the server does not answer: {error}");
                }
            }
            std::thread::sleep(Duration::from_micros(200));
        };
        connection.exchange(&server.get(path, &[]))?.expect(200)?;
        server.started_in = clock.elapsed().as_secs_f64();
        Ok(server)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn connect(&self) -> Result<Connection> {
        Connection::open(self.address)
    }

    /// The name that clients use.
    fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.host())
    }

    /// The bytes of a GET.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        self.request("GET", path, headers, "")
    }

    /// The bytes of a form's POST.
    pub fn form(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Vec<u8> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [&[("content-type", "application/x-www-form-urlencoded")], headers].concat();
        self.request("POST", path, &headers, &body)
    }

    /// The bytes of a call of an operation that is open to anyone.
    pub fn operation(&self, name: &str, input: &serde_json::Value) -> Vec<u8> {
        let target = format!("AWSCognitoIdentityProviderService.{name}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        self.request("POST", "/", &headers, &input.to_string())
    }

    /// The bytes of a call that the root key signs.
    pub fn signed_operation(&self, name: &str, input: &serde_json::Value) -> Result<Vec<u8>> {
        let signer =
            Signer { access_key_id: KEY_ID, secret_access_key: SECRET, session_token: None, region: "us-east-1", service: "cognito-idp" };
        let (body, mut headers) = (input.to_string(), HeaderMap::new());
        headers.insert(header::HOST, HeaderValue::from_str(&self.host())?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        headers.insert("x-amz-target", HeaderValue::from_str(&format!("AWSCognitoIdentityProviderService.{name}"))?);
        let now = crate::kit::clock::Clock::System.now() / SECOND;
        signer.sign(&Method::POST, &Uri::from_static("/"), &mut headers, body.as_bytes(), now)?;
        headers.remove(header::HOST);
        let headers: Vec<(&str, &str)> = headers.iter().filter_map(|(n, v)| Some((n.as_str(), v.to_str().ok()?))).collect();
        Ok(self.request("POST", "/", &headers, &body))
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if method != "GET" {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        format!("{text}\r\n{body}").into_bytes()
    }

    /// Asks the process to end, as an operator would, and waits until it has.
    pub fn stop(mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program, away from settings that are not the measurement's.
fn own_file(folder: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("cannot find this program's own file")?);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("POOLHOUSE_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    Ok(command)
}

/// A loopback address that nothing listens on.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
