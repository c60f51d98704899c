//! Importing a large file of time entries, beside a bare driver that inserts the same rows.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::civil::date;
use rusqlite::Connection;

use crate::Result;
use crate::instance::{Instance, Maker};
use crate::machine::peak_kb;
use crate::report::{Row, Target, median};

/// How much longer than the floor ours may take.
const MOST: f64 = 8.0;
/// Memory in MB of 1,048,576 bytes.
const MOST_MB: f64 = 64.0;
/// Customers whose work it is.
const ACCOUNTS: usize = 200;
/// Rows that the floor has in memory at a time; making them isn't counted.
const AT_ONCE: usize = 10_000;
/// How often the peak of the memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Imports so many entries into an instance that knows their accounts already.
pub async fn measure(maker: &Maker, entries: usize, rounds: usize) -> Result<Vec<Row>> {
    let instance = maker.make("import", date(2026, 7, 1), None)?;
    let folder = maker.folder.join("export");
    fs::create_dir_all(&folder)?;
    write_accounts(&folder)?;
    run(maker, &instance, &folder)?;
    let empty = maker.folder.join("import-empty.db");
    instance.copy_file(&empty)?;
    write_entries(&folder.join("time_entries.csv"), entries)?;
    let (mut ours, mut floor, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        put_back(&empty, &instance.file())?;
        let (took, kb) = run(maker, &instance, &folder.join("time_entries.csv"))?;
        ours.push(took.as_secs_f64());
        peak = peak.max(kb);
        let copy = maker.folder.join("import-floor.db");
        put_back(&empty, &copy)?;
        floor.push(insert(&copy, entries)?.as_secs_f64());
        fs::remove_file(&copy)?;
    }
    println!("Import: ours {ours:.1?} s, floor {floor:.1?} s, peak {peak} kB");
    let (ours, floor) = (median(ours), median(floor));
    let mb = f64::from(u32::try_from(peak)?) / 1024.0;
    Ok(vec![
        Row {
            what: format!("Importing {entries} time entries"),
            ours: format!("{ours:.1} s"),
            floor: format!("{floor:.1} s"),
            ratio: Some(ours / floor),
            target: Target::RatioAtMost(MOST),
        },
        Row {
            what: format!("Memory of importing {entries} time entries"),
            ours: format!("{mb:.1} MB"),
            floor: String::new(),
            ratio: None,
            target: Target::AtMost { found: mb, limit: MOST_MB, unit: "MB" },
        },
    ])
}

/// Runs the program's own `import`; how long it took and the most memory (kB) that it held.
fn run(maker: &Maker, instance: &Instance, path: &Path) -> Result<(Duration, u64)> {
    let started = Instant::now();
    let mut command = Command::new(&maker.program);
    command.arg("--data").arg(&instance.data).arg("import").arg(path);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut peak = 0;
    let ended = loop {
        // Once it has ended there is nothing to be looked at.
        peak = peak.max(peak_kb(child.id()).unwrap_or(0));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(LOOK);
    };
    if ended.success() {
        Ok((started.elapsed(), peak))
    } else {
        Err(format!("quittance import ended with {ended}").into())
    }
}

/// The file as it was, and no log of another beside it.
fn put_back(from: &Path, to: &Path) -> Result<()> {
    for suffix in ["-wal", "-shm"] {
        let mut name = to.as_os_str().to_owned();
        name.push(suffix);
        // There is none, most of the time.
        let _ = fs::remove_file(PathBuf::from(name));
    }
    fs::copy(from, to)?;
    Ok(fs::File::open(to)?.sync_all()?)
}

fn write_accounts(folder: &Path) -> Result<()> {
    fs::write(
        folder.join("tax_rates.csv"),
        "tax_region,jurisdiction,rate_percent,from_on\nMN,State,6.875,2020-01-01\n",
    )?;
    let mut accounts =
        "account,name,address_1,address_2,city,region,postal_code,country,currency,recurring_terms_days,\
                        tax_region,tax_exempt,po_number,status\n"
            .to_owned();
    for number in 0..ACCOUNTS {
        let code = account(number);
        accounts.push_str(&format!("{code},Company {code},1 Main Street,,Duluth,MN,55802,US,USD,30,MN,no,,active\n"));
    }
    Ok(fs::write(folder.join("accounts.csv"), accounts)?)
}

fn account(number: usize) -> String {
    format!("C-{:04}", 1000 + number % ACCOUNTS)
}

/// The columns of an entry as its file has them; three entries are of one ticket.
fn entry(number: usize) -> [String; 19] {
    let ticket = number / 3;
    let day = date(2026, 7, 1) + jiff::Span::new().days(i64::try_from(number % 120).unwrap_or(0));
    let text = |text: &str| text.to_owned();
    [
        format!("E-{number:08}"),
        account(ticket),
        format!("T-{ticket:07}"),
        format!("Printer {ticket} prints blank pages"),
        text("Pat Requester"),
        text("Main office"),
        day.to_string(),
        text("09:00"),
        text("09:45"),
        text("A. Technician"),
        text("Remote"),
        text("0.75"),
        text("0.75"),
        text("150"),
        text("billable"),
        String::new(),
        format!(
            "Looked at printer {ticket}, replaced the drum, cleaned the rollers and printed {} test pages.",
            number % 7
        ),
        text("Call the vendor if it comes again."),
        day.to_string(),
    ]
}

fn write_entries(path: &Path, entries: usize) -> Result<()> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    writeln!(
        file,
        "entry,account,ticket,ticket_summary,requester,site,worked_on,started_at,ended_at,technician,work_type,hours_worked,\
         hours_billed,rate,billing,agreement,notes,internal_notes,approved_on"
    )?;
    for number in 0..entries {
        // The only commas are in the notes.
        let quoted = entry(number).map(|value| if value.contains(',') { format!("\"{value}\"") } else { value });
        writeln!(file, "{}", quoted.join(","))?;
    }
    Ok(file.into_inner()?.sync_all()?)
}

/// The same rows by prepared inserts in one transaction; only inserting and committing is counted.
fn insert(file: &Path, entries: usize) -> Result<Duration> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768;
         PRAGMA wal_autocheckpoint = 4000; BEGIN IMMEDIATE;",
    )?;
    let ids: std::collections::HashMap<String, i64> = connection
        .prepare("SELECT code, account_id FROM account")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<std::result::Result<_, _>>()?;
    let mut took = Duration::ZERO;
    let mut statement = connection.prepare(
        "INSERT INTO time_entry (entry_id, account_id, code, ticket, ticket_summary, requester, site, worked_on, started_at, \
         ended_at, technician, work_type, hours_worked, hours_billed, rate, coverage, notes, internal_notes, approved_on) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    for from in (0..entries).step_by(AT_ONCE) {
        let rows: Vec<[String; 19]> = (from..entries.min(from + AT_ONCE)).map(entry).collect();
        let started = Instant::now();
        for (row, number) in rows.iter().zip(from..) {
            let [
                code,
                account,
                ticket,
                summary,
                requester,
                site,
                day,
                starts,
                ends,
                technician,
                kind,
                worked,
                billed,
                rate,
                coverage,
                _,
                notes,
                internal,
                approved,
            ] = row;
            let id = i64::try_from(number)? + 1;
            let account = ids.get(account).ok_or("an account is missing")?;
            statement.execute(rusqlite::params![
                id, account, code, ticket, summary, requester, site, day, starts, ends, technician, kind, worked,
                billed, rate, coverage, notes, internal, approved
            ])?;
        }
        took += started.elapsed();
    }
    drop(statement);
    let started = Instant::now();
    connection.execute_batch("COMMIT")?;
    Ok(took + started.elapsed())
}
