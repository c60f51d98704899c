//! Compares every registered statement and table with what the database says about it. A test does so on both.

use crate::engine::{Described, Engine};
use crate::table::OnConflict;
use crate::{Column, Error, Kind, Statement, Table, Tx};

/// Everything that is wrong with these statements and tables, one sentence each.
///
/// Run in `Store::read`; it prepares, and executes nothing.
pub fn complaints(tx: &mut Tx, statements: &[&[&'static Statement]], tables: &[&'static Table]) -> Vec<String> {
    let engine = tx.engine();
    let mut found = Vec::new();
    for statement in statements.iter().copied().flatten() {
        check(engine, statement.name, &mut found, |engine, found| check_statement(engine, statement, found));
    }
    for table in tables {
        check(engine, table.name, &mut found, |engine, found| check_table(engine, table, found));
    }
    found
}

/// One check, after which the transaction is as it was: PostgreSQL does nothing more after an error.
fn check(
    engine: &mut Engine,
    name: &str,
    found: &mut Vec<String>,
    check: impl FnOnce(&mut Engine, &mut Vec<String>) -> Result<(), Error>,
) {
    let mut sentences = Vec::new();
    let outcome = engine
        .command("SAVEPOINT complaints")
        .and_then(|()| check(engine, &mut sentences))
        .and(Ok(()))
        .map_err(|error| error.to_string());
    sentences.extend(outcome.err());
    sentences.extend(engine.command("ROLLBACK TO complaints").err().map(|error| error.to_string()));
    found.extend(sentences.into_iter().map(|sentence| format!("{name}: {sentence}")));
}

fn check_statement(engine: &mut Engine, statement: &'static Statement, found: &mut Vec<String>) -> Result<(), Error> {
    let (sql, kinds) = match statement.many {
        None => (statement.sql, statement.parameters),
        Some(_) => {
            let text = statement.expanded(1)?;
            (text.sql.as_str(), text.parameters.as_slice())
        }
    };
    let description = engine.describe(sql, kinds)?;
    if description.parameters.len() != kinds.len() {
        found.push(format!("{} parameters declared, {} found", kinds.len(), description.parameters.len()));
    }
    for (number, (kind, described)) in (1..).zip(kinds.iter().zip(&description.parameters)) {
        compare(&format!("${number}"), *kind, described, found);
    }
    check_columns(statement.columns, &description.columns, found);
    Ok(())
}

fn check_table(engine: &mut Engine, table: &'static Table, found: &mut Vec<String>) -> Result<(), Error> {
    let description = engine.describe(table.select_sql(), &[])?;
    check_columns(table.columns, &description.columns, found);
    for column in table.columns {
        let nullable = engine.is_nullable(table.name, column.name)?;
        if nullable.is_some_and(|nullable| nullable != column.nullable) {
            found.push(format!("{} is declared nullable on one side only", column.name));
        }
    }
    engine.prepare_insert(table, OnConflict::Fail)?;
    engine.prepare_insert(table, OnConflict::Skip)?;
    if !table.key.is_empty() {
        engine.prepare_insert(table, OnConflict::Replace)?;
    }
    Ok(())
}

fn check_columns(declared: &[Column], described: &[(String, Described)], found: &mut Vec<String>) {
    if declared.len() != described.len() {
        found.push(format!("{} columns declared, {} found", declared.len(), described.len()));
    }
    for (column, (name, described)) in declared.iter().zip(described) {
        if !column.name.is_empty() && column.name != name {
            found.push(format!("column {name} stands where {} is declared", column.name));
        }
        compare(name, column.kind, described, found);
    }
}

fn compare(name: &str, declared: Kind, described: &Described, found: &mut Vec<String>) {
    match described {
        Described::Kind(kind) if *kind != declared => {
            found.push(format!("{name} is {kind:?}, {declared:?} is declared"))
        }
        Described::Foreign(other) => found.push(format!("{name} is {other}, which isn't BIGINT, TEXT or BYTEA")),
        Described::Kind(_) | Described::Unknown => {}
    }
}
