//! The operations of this room, one file each.

pub mod create;
pub mod csv_header;
pub mod describe;
pub mod list;
pub mod start;
pub mod stop;
