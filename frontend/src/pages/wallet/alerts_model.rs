//! Amounts below which the balance is told of, as they are typed.

use shared::dto::wallet::LowBalanceAlerts;
use shared::vocab::{Currency, Money};

use crate::format::typed::{amount, wrong_amount};

/// Amounts there may be at most.
pub const MOST: usize = 5;

/// What was typed as what is sent, or what is wrong in which place. Lines that were left empty do not count.
pub fn typed(lines: &[String], currency: Currency) -> Result<LowBalanceAlerts, Vec<(usize, String)>> {
    let (mut thresholds, mut wrong) = (Vec::<Money>::new(), Vec::new());
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match amount(line, currency) {
            Some(amount) if thresholds.contains(&amount) => {
                wrong.push((place, "This amount is there already.".to_owned()));
            }
            Some(amount) => thresholds.push(amount),
            None => wrong.push((place, wrong_amount(currency))),
        }
    }
    if wrong.is_empty() { Ok(LowBalanceAlerts { thresholds }) } else { Err(wrong) }
}

/// The lines that stand for alerts; one that is empty where there are none.
pub fn lines(alerts: &LowBalanceAlerts) -> Vec<String> {
    let lines: Vec<_> = alerts.thresholds.iter().map(|threshold| threshold.amount()).collect();
    if lines.is_empty() { vec![String::new()] } else { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Result<Vec<i64>, Vec<(usize, String)>> {
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        let alerts = typed(&lines, Currency::from_code("EUR").unwrap())?;
        Ok(alerts.thresholds.iter().map(|threshold| threshold.minor).collect())
    }

    #[test]
    fn empty_lines_are_left_out_and_wrong_ones_are_named_by_their_place() {
        assert_eq!(read(&["500", " ", "99,50"]), Ok(vec![50_000, 9_950]));
        assert_eq!(read(&[]), Ok(vec![]));
        let wrong = |lines: &[&str]| read(lines).unwrap_err().into_iter().map(|(place, _)| place).collect::<Vec<_>>();
        assert_eq!(wrong(&["5", "", "0", "5.00", "x", "-1", "1.005"]), [2, 3, 4, 5, 6]);
    }
}
