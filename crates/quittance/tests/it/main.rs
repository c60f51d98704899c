//! The product through its front door, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

#[macro_use]
mod house;
#[macro_use]
mod world;

mod agreed;
mod agreements;
mod audit;
mod authenticator;
mod authority;
mod backup;
mod bounces;
mod browser;
mod calls;
mod cast;
mod cluster;
mod compare;
mod contacts;
mod credits;
mod days;
mod digests;
mod doors;
mod export;
mod faults;
mod figures;
mod forms;
mod headers;
mod import;
mod issued;
mod kill;
mod late_fees;
mod limits;
mod mail;
mod mail_again;
mod mail_down;
mod mail_test;
mod matrix;
mod microsoft;
mod nodes;
mod office;
mod passkeys;
mod payments;
mod portal_credits;
mod portal_invoice;
mod portal_list;
mod post_office;
mod races;
mod reckoning;
mod runs;
mod sample;
mod schedule;
mod seeds;
mod served;
mod server;
mod serving;
mod sessions;
mod sign_in;
mod simulate;
mod staff;
mod stories;
mod taxes;
mod tenants;
mod verify;
mod visitor;
mod watched;
