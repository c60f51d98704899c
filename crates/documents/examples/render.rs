//! Renders a paper given as JSON: `render paper.json invoice.pdf [--repeat N]`. With `--repeat` it renders N times more and
//! prints the CPU time of one document and the memory held before and after.

use std::error::Error;
use std::fs;

use documents::{InvoicePaper, render};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: render paper.json invoice.pdf [--repeat N]".into());
    };
    let paper: InvoicePaper = serde_json::from_str(&fs::read_to_string(&from)?)?;
    let rendered = render(&paper)?;
    fs::write(&to, &rendered.pdf)?;
    println!("{to}: {} pages, {} bytes", rendered.pages, rendered.pdf.len());
    if let (Some("--repeat"), Some(times)) = (arguments.next().as_deref(), arguments.next()) {
        repeat(&paper, times.parse()?)?;
    }
    Ok(())
}

/// Renders the paper again and again and says what one costs. Reads Linux's `/proc`.
fn repeat(paper: &InvoicePaper, times: u32) -> Result<(), Box<dyn Error>> {
    let (cpu_before, held_before) = (cpu_ms()?, held_kb()?);
    for _ in 0..times {
        render(paper)?;
    }
    let (cpu, held) = (cpu_ms()?.saturating_sub(cpu_before), held_kb()?);
    println!(
        "{times} times: {} µs CPU each, {held_before} kB held before, {held} kB after",
        cpu.saturating_mul(1000) / u64::from(times.max(1))
    );
    Ok(())
}

/// CPU time of this process in milliseconds, from clock ticks of 10 ms.
fn cpu_ms() -> Result<u64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(ticks.saturating_mul(10))
}

/// Resident memory in kB.
fn held_kb() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse().unwrap_or_default())
}
