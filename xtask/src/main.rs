//! The chores: `cargo xtask test [--slow] [FILTER…]`, `cargo xtask faults [NAME…]`, `cargo xtask tidy`, `cargo xtask bench`,
//! `cargo xtask cases PATH…`.

mod bench;
mod build;
mod cases;
mod cluster;
mod demo;
mod faults;
mod place;
mod steps;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

/// Why a chore can't go on, in a sentence for whoever started it.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        arguments.push("help".to_owned());
    }
    let chore = arguments.remove(0);
    let done = match chore.as_str() {
        "test" => test::Ask::read(&arguments).and_then(|ask| test::run(&ask)),
        "faults" => faults::run(&arguments),
        "tidy" => tidy::run(),
        "bench" => bench::run(&arguments),
        "cases" => cases::run(&arguments),
        _ => {
            Err("usage: cargo xtask test [--slow] [FILTER…] | faults [NAME…] | tidy | bench [ARGUMENTS] | cases PATH…"
                .to_owned())
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
