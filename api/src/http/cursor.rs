//! Opaque, signed cursors and the size of pages.
//!
//! A cursor carries the sort key of the row at the edge of a page and a fingerprint of the list it belongs to, so that it
//! cannot be used with other filters or another sort, nor by another reseller.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::Sha256;
use shared::dto::page::{Page, PageInfo};

use crate::error::Error;

/// Rows on a page unless asked otherwise.
pub const DEFAULT_LIMIT: u16 = 50;
/// Rows on a page at most.
pub const MAX_LIMIT: u16 = 200;
const TAG_LENGTH: usize = 16;

/// On which side of the edge row the page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// After it, in the order of the list.
    #[serde(rename = "n")]
    Next,
    /// Before it.
    #[serde(rename = "p")]
    Previous,
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor<K> {
    /// Which side.
    #[serde(rename = "d")]
    pub direction: Direction,
    /// Sort key of the edge row, its id last.
    #[serde(rename = "k")]
    pub key: K,
}

/// Signs cursors with a secret of the instance.
#[derive(Clone)]
pub struct CursorSigner(Hmac<Sha256>);

impl std::fmt::Debug for CursorSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CursorSigner")
    }
}

impl CursorSigner {
    /// A signer with the instance's secret.
    pub fn new(secret: &[u8]) -> Result<Self, Error> {
        Hmac::new_from_slice(secret).map(Self).map_err(Error::internal)
    }

    fn tag(&self, list: &str, body: &[u8]) -> Vec<u8> {
        let mut mac = self.0.clone();
        mac.update(list.as_bytes());
        mac.update(&[0]);
        mac.update(body);
        mac.finalize().into_bytes()[..TAG_LENGTH].to_vec()
    }

    /// Writes a cursor for a list: `list` names the operation, the reseller, the filters and the sort.
    pub fn encode<K: Serialize>(&self, list: &str, cursor: &Cursor<K>) -> Result<String, Error> {
        let body = serde_json::to_vec(cursor).map_err(Error::internal)?;
        let mut bytes = self.tag(list, &body);
        bytes.extend_from_slice(&body);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a cursor of the same list.
    pub fn decode<K: DeserializeOwned>(&self, list: &str, text: &str) -> Result<Cursor<K>, Error> {
        let invalid =
            || Error::field("?cursor", "invalid_cursor", "is not a cursor of this list; start again without one");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (tag, body) = bytes.split_at_checked(TAG_LENGTH).ok_or_else(invalid)?;
        if !bool::from(subtle::ConstantTimeEq::ct_eq(self.tag(list, body).as_slice(), tag)) {
            return Err(invalid());
        }
        serde_json::from_slice(body).map_err(|_| invalid())
    }

    /// Cuts a page out of the rows a store read: up to `limit + 1` of them, in the order of the list, beginning at the
    /// cursor (or, going back, ending at it with the surplus row first).
    pub fn page<T, K: Serialize>(
        &self,
        list: &str,
        cursor: Option<Direction>,
        limit: u16,
        mut rows: Vec<T>,
        key_of: impl Fn(&T) -> K,
    ) -> Result<Page<T>, Error> {
        let limit = usize::from(limit);
        let has_more = rows.len() > limit;
        let is_back = cursor == Some(Direction::Previous);
        if has_more {
            if is_back {
                rows.remove(0);
            } else {
                rows.truncate(limit);
            }
        }
        let edge = |row: Option<&T>, direction| match row {
            Some(row) => self.encode(list, &Cursor { direction, key: key_of(row) }).map(Some),
            None => Ok(None),
        };
        // Coming back there is always a next page: the one we came from.
        let next = if is_back || has_more { edge(rows.last(), Direction::Next)? } else { None };
        let has_previous = if is_back { has_more } else { cursor.is_some() };
        let prev = if has_previous { edge(rows.first(), Direction::Previous)? } else { None };
        Ok(Page { items: rows, page: PageInfo { next_cursor: next, prev_cursor: prev, total: None } })
    }
}

/// Checks the size asked for.
pub fn check_limit(limit: Option<u16>) -> Result<u16, Error> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(Error::field("?limit", "out_of_range", format!("must be between 1 and {MAX_LIMIT}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> CursorSigner {
        CursorSigner::new(b"a secret of the instance").unwrap()
    }

    #[test]
    fn a_cursor_is_read_back_by_its_own_list_only() {
        let cursor = Cursor { direction: Direction::Next, key: ("ai chat".to_owned(), 7) };
        let text = signer().encode("activations/res_1/sort=product", &cursor).unwrap();
        assert_eq!(signer().decode("activations/res_1/sort=product", &text).unwrap(), cursor);
        assert!(signer().decode::<(String, i32)>("activations/res_2/sort=product", &text).is_err());
        assert!(
            CursorSigner::new(b"another")
                .unwrap()
                .decode::<(String, i32)>("activations/res_1/sort=product", &text)
                .is_err()
        );
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let text = signer().encode("list", &Cursor { direction: Direction::Next, key: 7 }).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut tampered = bytes.clone();
            tampered[bit / 8] ^= 1 << (bit % 8);
            assert!(signer().decode::<i32>("list", &URL_SAFE_NO_PAD.encode(tampered)).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn pages_know_their_neighbours() {
        let page = |cursor, rows: &[i32]| signer().page("list", cursor, 2, rows.to_vec(), |row| *row).unwrap();
        let has =
            |page: &Page<i32>| (page.items.clone(), page.page.prev_cursor.is_some(), page.page.next_cursor.is_some());
        assert_eq!(has(&page(None, &[1, 2, 3])), (vec![1, 2], false, true));
        assert_eq!(has(&page(Some(Direction::Next), &[3, 4])), (vec![3, 4], true, false));
        assert_eq!(has(&page(Some(Direction::Previous), &[1, 2])), (vec![1, 2], false, true));
        assert_eq!(has(&page(Some(Direction::Previous), &[1, 2, 3])), (vec![2, 3], true, true));
        assert_eq!(has(&page(None, &[])), (vec![], false, false));
    }
}
