//! Accepting connections, and the way down.
//!
//! HTTP/1.1 only, with or without TLS: a proxy in front speaks HTTP/2 to the world, and HTTP/1.1 to the machines behind it.

use crate::certificates::{self, Tls};
use anyhow::{Context, bail};
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::Layer as _;

/// Connections open at the same time; more wait to be accepted.
const CONNECTIONS: usize = 16_384;
/// A client that sends its headers slower than this, or nothing for this long, is dropped.
const HEADERS: Duration = Duration::from_secs(30);
/// Milliseconds that what was sent may stay unread.
const UNREAD: u32 = 30_000;
/// Requests that are under way when the server is told to stop have this long.
const DRAIN: Duration = Duration::from_secs(10);

/// Listens on every address that `host:port` means.
pub async fn bind(listen: &str) -> anyhow::Result<Vec<TcpListener>> {
    let addresses = tokio::net::lookup_host(listen).await.with_context(|| format!("cannot resolve {listen}"))?;
    let (mut listeners, mut failure) = (Vec::new(), None);
    for address in addresses {
        match open(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) => failure = Some(error),
        }
    }
    match (listeners.is_empty(), failure) {
        (true, Some(error)) => Err(error).with_context(|| format!("cannot listen on {listen}")),
        (true, None) => bail!("{listen} has no address"),
        _ => Ok(listeners),
    }
}

fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { tokio::net::TcpSocket::new_v4()? } else { tokio::net::TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(4_096)
}

/// Lets the process hold as many connections as its hard limit allows: the usual soft limit is a thousand.
pub fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

/// Some sockets, and what answers there.
pub struct Door {
    pub listeners: Vec<TcpListener>,
    pub answers: Router,
    /// Where connections begin with a TLS handshake.
    pub tls: Option<Arc<Tls>>,
}

/// Serves until `stop` says so, then lets requests under way finish.
pub async fn serve(doors: Vec<Door>, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let loops = doors.into_iter().flat_map(|Door { listeners, answers, tls }| {
        let (room, stop) = (room.clone(), stop.clone());
        listeners.into_iter().map(move |listener| accept(listener, answers.clone(), tls.clone(), room.clone(), stop.clone()))
    });
    futures::future::join_all(loops).await;
}

async fn accept(listener: TcpListener, app: Router, tls: Option<Arc<Tls>>, room: Arc<Semaphore>, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    loop {
        let permit = tokio::select! {
            permit = room.clone().acquire_owned() => permit,
            _ = stop.changed() => break,
        };
        let Ok(permit) = permit else { break };
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Out of descriptors, or a client that is gone already: the next one may do better.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
            _ = stop.changed() => break,
        };
        let _ = stream.set_nodelay(true);
        // A client that stops reading holds its connection no longer than this.
        let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, UNREAD);
        let (watcher, server, app, tls) = (graceful.watcher(), server.clone(), app.clone(), tls.clone());
        crate::jobs::spawn("connection", async move {
            match tls {
                None => drop(watcher.watch(connection(&server, stream, address, app)).await),
                Some(tls) => {
                    if let Some(stream) = certificates::accept(&tls, stream).await {
                        drop(watcher.watch(connection(&server, stream, address, app)).await);
                    }
                }
            }
            drop(permit);
        });
    }
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
}

/// The router, told who is at the other end.
type Service = TowerToHyperService<axum::middleware::AddExtension<Router, ConnectInfo<SocketAddr>>>;
type Connection<S> = http1::Connection<TokioIo<S>, Service>;

fn connection<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    server: &http1::Builder,
    stream: S,
    address: SocketAddr,
    app: Router,
) -> Connection<S> {
    let service = axum::Extension(ConnectInfo(address)).layer(app);
    server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
}

/// Completes when the process is asked to stop. From the call on a signal is noticed, not only once somebody waits.
pub fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else { return futures::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}
