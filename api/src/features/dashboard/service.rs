//! Reads every section on one snapshot; a section that fails does not take the others with it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::active_users::{Selection, View};
use domain::billing_calendar::{add_days, local_midnight};
use domain::forecast::next_charge_after;
use sea_orm::DatabaseTransaction;
use shared::problem::ProblemCode;
use shared::vocab::{Compare, Measure, Permission, Range};

use crate::auth::{Principal, Reseller};
use crate::db::{Db, Versions, versions};
use crate::error::Error;
use crate::features::activations::filter::{Filter, Sort, SortColumn};
use crate::features::activations::service::{self as activations, Counts, ListRequest, Listed};
use crate::features::activations::store::ListedActivation;
use crate::features::active_users::filter::Filter as UsageFilter;
use crate::features::active_users::service::{self as active_users, Series, SeriesRequest};
use crate::features::forecast::service::{self as forecast, Outlook, Outlooks, Reach};
use crate::features::overview::service::{self as overview, Overview};
use crate::features::recurring_costs::service::{self as recurring_costs, Costs, IntervalSums};

/// Activations on the dashboard.
pub const ACTIVATIONS: u16 = 25;
/// Renewals on the dashboard.
pub const RENEWALS: u16 = 5;

/// The sections, each read or refused.
#[derive(Debug)]
pub struct Sections {
    /// The key figures.
    pub overview: Result<Overview, Error>,
    /// Cards by interval.
    pub recurring_costs: Result<Costs, Error>,
    /// The series of the range.
    pub active_users: Result<Series, Error>,
    /// The first activations and how many there are.
    pub activations: Result<Listed<ListedActivation>, Error>,
    /// How many there are by status, product and interval.
    pub activation_counts: Result<Counts, Error>,
    /// The next renewals.
    pub next_renewals: Result<Vec<ListedActivation>, Error>,
    /// How far the wallet reaches.
    pub runway: Result<Reach, Error>,
}

/// Who looks at what, and when.
#[derive(Debug)]
pub struct Look<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// For which reseller.
    pub reseller: &'a Reseller,
    /// The moment all sections are of.
    pub as_of: DateTime<Utc>,
    /// Of the series.
    pub range: Range,
    /// What renews.
    pub outlooks: &'a Outlooks,
}

/// What was read, of which state, and until when it is what a reader would find.
#[derive(Debug)]
pub struct Read {
    /// The sections.
    pub sections: Sections,
    /// What the snapshot was of.
    pub versions: Versions,
    /// When time alone changes a section by the calendar: a new day, a charge that falls due or comes within a day.
    pub changes_at: DateTime<Utc>,
}

/// All sections.
pub async fn get(db: &Db, look: &Look<'_>) -> Result<Read, Error> {
    let read = db.read(async |tx| {
        let versions = versions(tx, look.reseller.id).await?;
        let sections = Sections {
            overview: look.overview(tx).await,
            recurring_costs: look.recurring_costs(tx).await,
            active_users: look.active_users(tx).await,
            activations: look.activations(tx).await,
            activation_counts: look.activation_counts(tx).await,
            next_renewals: look.next_renewals(tx).await,
            runway: look.runway(tx).await,
        };
        // Where a section failed, the answer is true for nobody else.
        let changes_at = if sections.is_whole() { look.changes_at(tx).await? } else { look.as_of };
        Ok(Read { sections, versions, changes_at })
    });
    let Read { sections, versions, changes_at } = read.await?;
    let sections = Sections {
        overview: settle(db, sections.overview, async |tx| look.overview(tx).await).await,
        recurring_costs: settle(db, sections.recurring_costs, async |tx| look.recurring_costs(tx).await).await,
        active_users: settle(db, sections.active_users, async |tx| look.active_users(tx).await).await,
        activations: settle(db, sections.activations, async |tx| look.activations(tx).await).await,
        activation_counts: settle(db, sections.activation_counts, async |tx| look.activation_counts(tx).await).await,
        next_renewals: settle(db, sections.next_renewals, async |tx| look.next_renewals(tx).await).await,
        runway: settle(db, sections.runway, async |tx| look.runway(tx).await).await,
    };
    Ok(Read { sections, versions, changes_at })
}

impl Sections {
    /// Whether every section is what the caller may see, and none is missing because something failed.
    pub fn is_whole(&self) -> bool {
        let errors = [
            self.overview.as_ref().err(),
            self.recurring_costs.as_ref().err(),
            self.active_users.as_ref().err(),
            self.activations.as_ref().err(),
            self.activation_counts.as_ref().err(),
            self.next_renewals.as_ref().err(),
            self.runway.as_ref().err(),
        ];
        errors.into_iter().flatten().all(|error| error.code() == ProblemCode::PermissionDenied)
    }
}

/// Reads a section that the database did not give once more by itself: on `PostgreSQL` a failed statement takes all that follow
/// it in the transaction with it.
async fn settle<T>(
    db: &Db,
    first: Result<T, Error>,
    read: impl AsyncFnOnce(&DatabaseTransaction) -> Result<T, Error>,
) -> Result<T, Error> {
    let is_ours = |error: &Error| matches!(error.code(), ProblemCode::Internal | ProblemCode::Unavailable);
    let second = match first {
        Err(error) if is_ours(&error) => db.read(read).await,
        settled => return settled,
    };
    if let Err(error) = &second {
        tracing::error!(%error, cause = ?error.cause(), "a section of the dashboard failed");
    }
    second
}

impl Look<'_> {
    async fn sums(&self, tx: &DatabaseTransaction) -> Result<Vec<IntervalSums>, Error> {
        recurring_costs::sums(tx, self.reseller, self.as_of, &self.outlook(tx).await?.next).await
    }

    async fn outlook(&self, tx: &DatabaseTransaction) -> Result<Arc<Outlook>, Error> {
        self.outlooks.at(tx, self.reseller, self.as_of).await
    }

    /// A list whose rows tell, to those who see money, whether their renewal is covered.
    async fn list(&self, tx: &DatabaseTransaction, asked: &ListRequest) -> Result<Listed<ListedActivation>, Error> {
        self.principal.require(Permission::ActivationsRead)?;
        let outlook = if self.principal.may(Permission::WalletRead) { Some(self.outlook(tx).await?) } else { None };
        activations::list(tx, self.reseller, self.as_of, outlook.as_deref(), asked).await
    }

    async fn overview(&self, tx: &DatabaseTransaction) -> Result<Overview, Error> {
        self.principal.require(Permission::ActivationsRead)?;
        self.principal.require(Permission::UsageRead)?;
        let sums = if self.principal.may(Permission::WalletRead) { Some(self.sums(tx).await?) } else { None };
        overview::get(tx, self.reseller, self.as_of, sums.as_deref()).await
    }

    async fn recurring_costs(&self, tx: &DatabaseTransaction) -> Result<Costs, Error> {
        self.principal.require(Permission::WalletRead)?;
        recurring_costs::get(self.sums(tx).await?)
    }

    async fn active_users(&self, tx: &DatabaseTransaction) -> Result<Series, Error> {
        self.principal.require(Permission::UsageRead)?;
        let request = SeriesRequest {
            selection: Selection::Range(self.range),
            view: View { bucket: None, compare: Compare::Prev, measure: Measure::Distinct },
            filter: UsageFilter::All,
        };
        active_users::series(tx, self.reseller, self.as_of, request).await
    }

    async fn activations(&self, tx: &DatabaseTransaction) -> Result<Listed<ListedActivation>, Error> {
        let asked = ListRequest {
            filter: Filter::default(),
            sort: Sort::default(),
            edge: None,
            limit: ACTIVATIONS,
            includes_total: true,
        };
        self.list(tx, &asked).await
    }

    async fn activation_counts(&self, tx: &DatabaseTransaction) -> Result<Counts, Error> {
        self.principal.require(Permission::ActivationsRead)?;
        activations::counts(tx, self.reseller).await
    }

    /// When time alone changes a section.
    async fn changes_at(&self, tx: &DatabaseTransaction) -> Result<DateTime<Utc>, Error> {
        let tomorrow = add_days(self.reseller.date_of(self.as_of), 1);
        let midnight =
            tomorrow.and_then(|day| local_midnight(day, self.reseller.time_zone)).map_err(Error::internal)?;
        // Whoever sees no money sees no charges.
        if !self.principal.may(Permission::WalletRead) {
            return Ok(midnight);
        }
        let outlook = self.outlook(tx).await?;
        let day = TimeDelta::hours(24);
        let next = |after| next_charge_after(&outlook.dates, after).map_err(Error::internal);
        let changes = [next(self.as_of)?, next(self.as_of + day)?.map(|at| at - day), Some(midnight)];
        Ok(changes.into_iter().flatten().min().unwrap_or(midnight))
    }

    async fn runway(&self, tx: &DatabaseTransaction) -> Result<Reach, Error> {
        self.principal.require(Permission::WalletRead)?;
        forecast::reach(tx, self.reseller, self.as_of, &*self.outlook(tx).await?).await
    }

    async fn next_renewals(&self, tx: &DatabaseTransaction) -> Result<Vec<ListedActivation>, Error> {
        let asked = ListRequest {
            filter: Filter { is_renewing: Some(true), ..Filter::default() },
            sort: Sort { column: SortColumn::RenewsAt, is_descending: false },
            edge: None,
            limit: RENEWALS,
            includes_total: false,
        };
        let mut rows = self.list(tx, &asked).await?.rows;
        rows.truncate(usize::from(RENEWALS));
        Ok(rows)
    }
}
