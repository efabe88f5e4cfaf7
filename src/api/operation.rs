//! What an operation is.

use super::{Cx, Door, Result, wire};
use crate::iam::policy::Context;
use serde::Serialize;

/// One operation of the API. The request struct is the operation; its members and constraints are those of the service's own model
/// (`api/model`), which are checked before the struct is made. An operation that no wire carries serves the hosted pages.
pub trait Operation: Send + Sync + 'static {
    /// The name on the wire, such as `AdminGetUser`.
    const NAME: &'static str;
    /// Who may call it.
    const DOOR: Door;
    /// The largest body that is taken.
    const MAX_BODY: usize = wire::MAX_BODY;
    type Output: Send;

    /// The pool that the request names, for operations behind [`Door::Iam`].
    fn pool_id(&self) -> Option<&str> {
        None
    }

    /// What the request says that policies may ask for, such as the tags it sets.
    fn condition_keys(&self, _context: &mut Context) {}

    /// The role that the request hands on, for those who sign in later to have: its giver must be allowed `iam:PassRole`.
    fn passed_role(&self) -> Option<&str> {
        None
    }

    /// The access token that the request carries, for operations behind [`Door::AccessToken`].
    fn access_token(&self) -> Option<&str> {
        None
    }

    fn run(self, cx: &mut Cx) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// The answer of operations that return nothing: `{}`.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Empty {}

/// Lists a room's operations for the dispatch table: `operations! { ops::sign_up::SignUp, … }`.
macro_rules! operations {
    ($($operation:path),* $(,)?) => {
        /// This room's part of the table of operations.
        pub const OPERATIONS: &[$crate::api::dispatch::Entry] = &[$($crate::api::dispatch::Entry::of::<$operation>()),*];
    };
}
pub(crate) use operations;
