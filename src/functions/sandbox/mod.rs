//! Running an app owner's JavaScript.
//!
//! Each function has worker processes of its own, one call at a time in each: the same binary, started without environment, files or network, that
//! holds a QuickJS engine and talks to the server through one socket. The engine's limits on time, memory and stack stop what can be stopped
//! politely; a process that does not answer in time is killed, and what it did to itself dies with it. What module scope holds stays from call
//! to call, as it does on Lambda.

pub mod child;
mod fetch;
mod pool;
pub mod protocol;
#[cfg(test)]
mod tests;
mod worker;

pub use fetch::Fetcher;
pub use pool::{Called, Ended, Pool};
