//! Timings, and what this machine can do at this moment: numbers without it mean nothing on a shared machine.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

/// Durations of one thing, sorted.
#[derive(Debug, Clone)]
pub struct Timings(Vec<Duration>);

impl Timings {
    /// From the samples.
    pub fn new(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        Self(samples)
    }

    /// In milliseconds, the value below which so many percent lie.
    pub fn percentile(&self, percent: usize) -> f64 {
        let position = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(position).map_or(f64::NAN, |duration| duration.as_secs_f64() * 1_000.0)
    }
}

/// Synced writes of 4 KiB a second, in the folder where temporary databases lie.
pub fn fsyncs_per_second() -> f64 {
    let mut file = tempfile::tempfile().unwrap();
    let (started, page) = (Instant::now(), [7_u8; 4_096]);
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_millis(400) {
        file.write_all(&page).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// Millions of dependent multiplications a second on one core.
pub fn cpu_score() -> f64 {
    let started = Instant::now();
    let mut value = 1_u64;
    for step in 0..20_000_000_u64 {
        value = black_box(value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step));
    }
    black_box(value);
    20.0 / started.elapsed().as_secs_f64()
}

/// Both probes in words.
pub fn probes() -> String {
    format!("{:.0} fsync/s, cpu {:.0}", fsyncs_per_second(), cpu_score())
}
