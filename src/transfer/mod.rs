//! Moving users in and out: import jobs, and the files of `poolhouse export` and `poolhouse import`.
//!
//! Owns `import_jobs`, `import_chunks` and `import_failures`. A pool has at most one running job, by a key of its table. A job's place in
//! its file moves in the transaction that writes the rows before it, so that a job which is interrupted anywhere goes on where it stopped and
//! no row is imported twice. Whatever the format, a row becomes a [`person::Person`], and passes the same checks as a user whom an
//! administrator creates.

pub mod address;
pub mod command;
pub mod csv;
pub mod file;
pub mod foreign;
pub mod http;
pub mod import;
pub mod job;
pub mod ops;
pub mod person;
pub mod run;
pub mod store;

crate::api::operations! {
    ops::csv_header::GetCSVHeader,
    ops::create::CreateUserImportJob,
    ops::describe::DescribeUserImportJob,
    ops::list::ListUserImportJobs,
    ops::start::StartUserImportJob,
    ops::stop::StopUserImportJob,
}

use crate::api::{ApiError, Cx, Result};

/// Refuses to change a pool whose users are being imported.
pub async fn refuse_while_importing(cx: &mut Cx, pool_id: &str) -> Result<()> {
    match store::is_running(&mut *cx.read().await?, pool_id).await? {
        true => Err(ApiError::user_import_in_progress("A user import job is in progress for this user pool.")),
        false => Ok(()),
    }
}
