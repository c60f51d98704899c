//! Exports for tests: the sample, cut to a few accounts, and changed row by row.

use std::path::{Path, PathBuf};

use crate::house::root;

/// Files whose rows belong to an account, and the column that names it.
const OF_ACCOUNTS: [&str; 5] = ["accounts.csv", "contacts.csv", "agreements.csv", "time_entries.csv", "products.csv"];

pub struct Export {
    pub folder: PathBuf,
}

impl Export {
    /// The whole sample.
    pub fn sample() -> PathBuf {
        root().join("sample")
    }

    /// A copy of the sample with these accounts alone, in `folder`.
    pub fn of(accounts: &[&str], folder: PathBuf) -> Export {
        std::fs::create_dir_all(&folder).unwrap();
        let sample = Self::sample();
        for name in ["provider.toml", "items.csv", "tax_rates.csv"] {
            std::fs::copy(sample.join(name), folder.join(name)).unwrap();
        }
        for name in OF_ACCOUNTS {
            cut(&sample.join(name), &folder.join(name), "account", accounts);
        }
        let agreements = column(&folder.join("agreements.csv"), "agreement");
        let agreements: Vec<&str> = agreements.iter().map(String::as_str).collect();
        cut(&sample.join("agreement_lines.csv"), &folder.join("agreement_lines.csv"), "agreement", &agreements);
        Export { folder }
    }

    pub fn path(&self) -> &str {
        self.folder.to_str().unwrap()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Sets one value of the row whose first column is `id`; gives the old one.
    pub fn set(&self, file: &str, id: &str, column: &str, value: &str) -> String {
        let path = self.file(file);
        let (header, mut rows) = read(&path);
        let index = header.iter().position(|name| name == column).unwrap();
        let row = rows.iter_mut().find(|row| row[0] == id).unwrap();
        let old = std::mem::replace(&mut row[index], value.to_owned());
        write(&path, &header, &rows);
        old
    }

    /// Sets one value of a row, counted from 0; gives the line on which the row begins then.
    pub fn set_row(&self, file: &str, index: usize, column: &str, value: &str) -> u64 {
        let path = self.file(file);
        let (header, mut rows) = read(&path);
        let place = header.iter().position(|name| name == column).unwrap();
        value.clone_into(&mut rows[index][place]);
        write(&path, &header, &rows);
        let mut reader = csv::Reader::from_path(&path).unwrap();
        reader.records().nth(index).unwrap().unwrap().position().unwrap().line()
    }

    /// Adds columns at the end, with what `values` gives for each row: as many values as there are columns.
    pub fn widen(&self, file: &str, columns: &[&str], values: impl Fn(&[String]) -> Vec<String>) {
        let path = self.file(file);
        let (mut header, mut rows) = read(&path);
        header.extend(columns.iter().map(|&name| name.to_owned()));
        for row in &mut rows {
            let more = values(row);
            row.extend(more);
        }
        write(&path, &header, &rows);
    }

    /// Replaces text in a file; it has to be there.
    pub fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.file(file);
        let whole = std::fs::read_to_string(&path).unwrap();
        assert!(whole.contains(from), "{file} holds no {from:?}");
        std::fs::write(path, whole.replacen(from, to, 1)).unwrap();
    }

    /// Writes a file as these bytes.
    pub fn put(&self, file: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.file(file), bytes).unwrap();
    }

    pub fn bytes(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.file(file)).unwrap()
    }
}

/// The values of one column.
pub fn column(path: &Path, name: &str) -> Vec<String> {
    let (header, rows) = read(path);
    let index = header.iter().position(|known| known == name).unwrap();
    rows.into_iter().map(|row| row[index].clone()).collect()
}

/// Header and rows of a CSV file.
pub fn read(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let mut rows: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    (rows.remove(0), rows)
}

fn write(path: &Path, header: &[String], rows: &[Vec<String>]) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
}

fn cut(from: &Path, to: &Path, by: &str, kept: &[&str]) {
    let (header, rows) = read(from);
    let index = header.iter().position(|name| name == by).unwrap();
    let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| kept.contains(&row[index].as_str())).collect();
    write(to, &header, &rows);
}
