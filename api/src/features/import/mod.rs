//! Moving in: a folder of CSV files becomes catalogue, clients, back-dated activations, movements and usage.
//!
//! All or nothing, in one transaction; the same folder twice changes nothing. Every mistake is told with file, line, column
//! and what was expected. The formats are described in `docs/import.md`.

mod apply;
mod cells;
mod problems;
mod references;
mod report;
mod rows;
mod store;
mod table;
mod timeline;
mod usage;

use std::cell::RefCell;
use std::path::Path;

use shared::problem::ProblemCode;

use crate::auth::Reseller;
use crate::clock::Clock;
use crate::config::Secrets;
use crate::db::Db;
use crate::error::Error;
use crate::features::accounts::service::get_reseller_by_text;

pub use problems::{MAX_PROBLEMS, Problem, Problems};
pub use report::{Counts, Report};

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Do everything, tell what would come of it, and undo it.
    pub is_dry_run: bool,
    /// Let changed rows change what may change.
    pub may_update: bool,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum Failure {
    /// Mistakes in the files.
    Problems(Problems),
    /// Something else.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Imports a folder for a reseller, named by id or name.
pub async fn run(
    db: &Db,
    clock: &Clock,
    secrets: &Secrets,
    folder: &Path,
    reseller: &str,
    options: Options,
) -> Result<Report, Failure> {
    let reseller: Reseller = get_reseller_by_text(db, reseller).await?;
    let now = clock.now(&reseller);
    let mut problems = Problems::default();
    let tables = table::read_folder(folder, &mut problems);
    let rows = rows::parse(&tables, &reseller, now, &mut problems);
    if !problems.is_empty() {
        return Err(Failure::Problems(problems));
    }
    // What the transaction found, also when it is undone on purpose.
    let found: RefCell<Option<Result<Report, Problems>>> = RefCell::new(None);
    let written = db
        .write(reseller.id, async |tx| {
            let outcome = apply::apply(tx, &reseller, now, &rows, options, &secrets.end_user).await?;
            let is_kept = outcome.is_ok() && !options.is_dry_run;
            found.replace(Some(outcome));
            if is_kept { Ok(()) } else { Err(Error::new(ProblemCode::ValidationFailed, "Undone.")) }
        })
        .await;
    match (written, found.into_inner()) {
        (Ok(()), Some(Ok(report))) => Ok(report),
        (Err(_), Some(Ok(report))) if options.is_dry_run => Ok(report),
        (Err(_), Some(Err(problems))) => Err(Failure::Problems(problems)),
        (Err(error), _) => Err(Failure::Error(error)),
        (Ok(()), _) => Err(Failure::Error(Error::internal("an import without a report"))),
    }
}
