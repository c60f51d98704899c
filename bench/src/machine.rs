//! Facts about the machine without which no figure means anything. Reads Linux's `/proc`.

use std::fmt;
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;

/// Above this load of one minute no ratio is given: somebody else's work would be in it.
pub const QUIET: f64 = 0.5;

/// The machine when the measurement began.
pub struct Machine {
    /// As the system names it.
    pub processor: String,
    /// Processors this process may use.
    pub cores: usize,
    /// Memory in MB.
    pub memory_mb: u64,
    /// How often a second a page of 4 KiB reaches the disk.
    pub syncs_per_s: f64,
    /// Load average of one minute.
    pub load: f64,
    /// Year, month and day, in UTC.
    pub on: String,
}

impl Machine {
    /// Looks at the machine, and measures how quickly the disk under `folder` syncs. A busy one is waited for, but no
    /// longer than `patience`.
    pub fn look(folder: &Path, patience: Duration) -> Result<Self> {
        // First of all, before this process adds to it.
        let load = quiet_load(patience)?;
        Ok(Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned()),
            cores: std::thread::available_parallelism()?.get(),
            memory_mb: field("/proc/meminfo", "MemTotal").and_then(|text| kilobytes(&text)).unwrap_or(0) / 1024,
            syncs_per_s: syncs_per_s(folder)?,
            load,
            on: quittance::clock::Clock::default().real().strftime("%Y-%m-%d").to_string(),
        })
    }

    /// Whether ratios may be given.
    pub fn is_quiet(&self) -> bool {
        self.load <= QUIET
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {} cores, {} MB of memory; {:.0} syncs of 4 KiB a second; load at start {:.2}",
            self.processor, self.cores, self.memory_mb, self.syncs_per_s, self.load
        )
    }
}

/// The load once it is low enough, or what it still is in the end: compiling leaves a load behind that fades.
fn quiet_load(patience: Duration) -> Result<f64> {
    let started = Instant::now();
    loop {
        let now = load()?;
        if now <= QUIET || started.elapsed() >= patience {
            return Ok(now);
        }
        println!("waiting until the load is {QUIET}; it is {now:.2}");
        std::thread::sleep(Duration::from_secs(5));
    }
}

/// Load average of the last minute.
pub fn load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
}

/// How often a second a page of 4 KiB reaches the disk under a folder, one after the other.
pub fn syncs_per_s(folder: &Path) -> Result<f64> {
    let path = folder.join("sync-test");
    let mut file = File::create(&path)?;
    let page = [7_u8; 4096];
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_secs(1) {
        file.rewind()?;
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}

/// CPU time of a process so far, from clock ticks of 10 ms.
pub fn cpu_time(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let ticks = after_name(&stat).split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Ok(Duration::from_millis(ticks.sum::<std::result::Result<u64, _>>()?.saturating_mul(10)))
}

/// Resident memory of a process in kB.
pub fn held_kb(process: u32) -> Result<u64> {
    let held = field(&format!("/proc/{process}/status"), "VmRSS").and_then(|text| kilobytes(&text));
    held.ok_or_else(|| "the process is gone".into())
}

/// What of it is the process's own: neither shared with others that run the same program nor read again from a file.
pub fn own_kb(process: u32) -> Result<u64> {
    let own = field(&format!("/proc/{process}/status"), "RssAnon").and_then(|text| kilobytes(&text));
    own.ok_or_else(|| "the process is gone".into())
}

/// The most memory in kB that a process has held.
pub fn peak_kb(process: u32) -> Result<u64> {
    let held = field(&format!("/proc/{process}/status"), "VmHWM").and_then(|text| kilobytes(&text));
    held.ok_or_else(|| "the process is gone".into())
}

/// The running children of this process.
pub fn children() -> Result<Vec<u32>> {
    let own = std::process::id().to_string();
    let mut children = Vec::new();
    for folder in fs::read_dir("/proc")? {
        let name = folder?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may have ended since it was listed.
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        if after_name(&stat).split_whitespace().nth(1) == Some(own.as_str()) {
            children.push(process);
        }
    }
    Ok(children)
}

/// What follows the process's name in its `stat`; the name may hold anything.
fn after_name(stat: &str) -> &str {
    stat.rsplit(')').next().unwrap_or_default()
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn kilobytes(text: &str) -> Option<u64> {
    text.trim_end_matches("kB").trim().parse().ok()
}
