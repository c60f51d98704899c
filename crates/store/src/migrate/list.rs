//! The migrations of the product, in order. A new file in `migrations/` gets a line here.

use super::Migration;

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../../migrations/", $name, ".sql")) }),*]
    };
}

/// From the first to the newest.
pub const MIGRATIONS: &[Migration] = migrations![
    "0001_house",
    "0002_doors",
    "0003_people",
    "0004_payments",
    "0005_autopay",
    "0006_questions",
    "0007_receipts"
];

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = files.collect();
        files.sort();
        let listed: Vec<String> = MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
        assert_eq!(files, listed);
    }
}
