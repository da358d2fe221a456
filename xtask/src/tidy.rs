//! Rules of ARCHITECTURE.md that no compiler checks.
use anyhow::Result;
pub fn run() -> Result<()> {
    Ok(())
}
