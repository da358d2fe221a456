//! What `SQLite`'s write-ahead log tells from outside: how many commits it holds.
//!
//! A frame is a page with a header; that of a commit's last page says how large the database was after it.

use std::path::Path;

/// Where the log of a database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wal {
    /// New each time the log is begun anew; frames with others are left over from before.
    salts: [u8; 8],
    commits: usize,
}

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

impl Wal {
    /// Reads the log beside a database's file.
    pub fn read(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self::parse(&std::fs::read(path).unwrap_or_default())
    }

    /// Commits since the log stood at `before`; none if it was begun anew meanwhile, so that some cannot be counted.
    pub fn commits_since(self, before: Self) -> Option<usize> {
        let is_same = before.commits == 0 || before.salts == self.salts;
        is_same.then(|| self.commits - before.commits)
    }

    fn parse(bytes: &[u8]) -> Self {
        let (mut salts, mut commits) = ([0; 8], 0);
        let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
        if bytes.len() >= HEADER {
            let page = usize::try_from(number(&bytes[8..12])).unwrap();
            salts.copy_from_slice(&bytes[16..24]);
            let frames = bytes[HEADER..].chunks_exact(FRAME_HEADER + page);
            commits = frames.take_while(|frame| frame[8..16] == salts).filter(|frame| number(&frame[4..8]) > 0).count();
        }
        Self { salts, commits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_this_log_that_end_a_commit_count() {
        let mut log = vec![0; HEADER];
        log[8..12].copy_from_slice(&512_u32.to_be_bytes());
        log[16..24].copy_from_slice(b"newsalts");
        for (size, salts) in [(0_u32, b"newsalts"), (9, b"newsalts"), (9, b"newsalts"), (9, b"oldsalts")] {
            let mut frame = vec![0; FRAME_HEADER + 512];
            frame[4..8].copy_from_slice(&size.to_be_bytes());
            frame[8..16].copy_from_slice(salts);
            log.extend(frame);
        }
        let (empty, full) = (Wal::parse(&[]), Wal::parse(&log));
        assert_eq!((full.commits, full.commits_since(empty), full.commits_since(full)), (2, Some(2), Some(0)));
        log[16] = b'x';
        assert_eq!(Wal::parse(&log).commits_since(full), None);
    }
}
