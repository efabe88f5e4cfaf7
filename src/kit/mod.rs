//! Clock, randomness, identifiers, sealing, passwords and text. Knows nothing of any room.

pub mod bignum;
pub mod clock;
pub mod hasher;
pub mod id;
pub mod in_flight;
pub mod mac;
pub mod password;
pub mod rng;
pub mod seal;
pub mod sealed_file;
pub mod text;
pub mod user_agent;
