//! Documents through the front door: papers go in, files come out.

mod files;
mod papers;
mod texts;
