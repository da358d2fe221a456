//! The thresholds as the API shows them.

use domain::ledger::Thresholds;
use shared::dto::wallet::LowBalanceAlerts;

use crate::auth::Reseller;

/// The thresholds.
pub fn alerts(reseller: &Reseller, thresholds: &Thresholds) -> LowBalanceAlerts {
    LowBalanceAlerts { thresholds: thresholds.amounts().iter().map(|minor| reseller.money(*minor)).collect() }
}
