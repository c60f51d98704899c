//! What breaks around the program, broken on purpose: `cargo xtask faults`. Each ends with every invariant holding.

mod disk;
mod load;
mod postgres;
