//! The operations for operators, of Poolhouse's own service (`X-Amz-Target: PoolhouseService.…`).

pub mod undelivered;
