//! Adds the rows up and compares.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use shared::vocab::ResellerId;

use crate::error::Error;

/// A kept sum: its table, its key, its sums, and the same from the rows it sums up.
struct Summary {
    table: &'static str,
    key: &'static str,
    sums: &'static [&'static str],
    rows: &'static str,
}

const BILLING_STATE: &str = "CASE WHEN status <> 'active' THEN '' WHEN renews_at IS NULL THEN 'ending' \
     WHEN grace_until_at IS NULL THEN 'current' ELSE 'grace' END";

const SUMMARIES: [Summary; 4] = [
    Summary {
        table: "renewal_groups",
        key: "renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor",
        sums: &["count"],
        rows: "SELECT renews_at, COALESCE(pending_interval, billing_interval), anchor_day, time_zone, \
               COALESCE(pending_price_id, price_id), COALESCE(pending_price_minor, price_minor), 1 \
               FROM activations WHERE reseller_id = $1 AND renews_at IS NOT NULL",
    },
    Summary {
        table: "renewal_dates",
        key: "renews_at, billing_interval, next_interval, anchor_day, time_zone",
        sums: &["count", "price_minor", "next_minor"],
        rows: "SELECT renews_at, billing_interval, COALESCE(pending_interval, billing_interval), anchor_day, time_zone, \
               1, price_minor, COALESCE(pending_price_minor, price_minor) \
               FROM activations WHERE reseller_id = $1 AND renews_at IS NOT NULL",
    },
    Summary {
        table: "activation_counts",
        key: "status, billing_state, product_id, billing_interval",
        sums: &["count", "price_minor"],
        rows: "SELECT status, {billing_state}, product_id, billing_interval, 1, price_minor \
               FROM activations WHERE reseller_id = $1",
    },
    Summary {
        table: "service_changes",
        key: "hour_at",
        sums: &["change"],
        rows: "SELECT {hour:on_from}, 1 FROM service_intervals WHERE reseller_id = $1 UNION ALL \
               SELECT {hour:on_to}, -1 FROM service_intervals WHERE reseller_id = $1 AND on_to IS NOT NULL",
    },
];

/// What is kept otherwise than the rows add up to, in words; empty if everything agrees.
pub async fn differences(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for summary in &SUMMARIES {
        let sql = summary.comparison(connection.get_database_backend());
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [reseller_id.0.into()]);
        let row = connection.query_one_raw(statement).await?;
        let count: i64 = row.map(|row| row.try_get("", "count")).transpose()?.unwrap_or_default();
        if count > 0 {
            found.push(format!("{}: {count} sums differ from the rows they sum up", summary.table));
        }
    }
    Ok(found)
}

impl Summary {
    /// Counts the keys under which rows less kept sums leave something, and kept groups of renewals without any.
    fn comparison(&self, backend: DbBackend) -> String {
        let hour = |column: &str| match backend {
            DbBackend::Sqlite => format!("substr({column}, 1, 13) || ':00:00+00:00'"),
            _ => format!("date_trunc('hour', {column}, 'UTC')"),
        };
        let rows = self.rows.replace("{billing_state}", BILLING_STATE);
        let rows = rows.replace("{hour:on_from}", &hour("on_from")).replace("{hour:on_to}", &hour("on_to"));
        let kept = self.sums.iter().map(|sum| format!("-{sum}")).collect::<Vec<_>>().join(", ");
        let differ = self.sums.iter().map(|sum| format!("SUM({sum}) <> 0")).collect::<Vec<_>>().join(" OR ");
        let (table, key, sums) = (self.table, self.key, self.sums.join(", "));
        let empty = if table.starts_with("renewal_") { "OR MAX(is_empty) = 1" } else { "" };
        format!(
            "WITH both_sides ({key}, {sums}, is_empty) AS (\
             SELECT {key}, {kept}, CASE WHEN {first} = 0 THEN 1 ELSE 0 END FROM {table} WHERE reseller_id = $1 \
             UNION ALL SELECT added.*, 0 FROM ({rows}) AS added) \
             SELECT COUNT(*) AS count FROM (SELECT 1 AS one FROM both_sides GROUP BY {key} HAVING {differ} {empty}) AS differing",
            first = self.sums[0],
        )
    }
}
