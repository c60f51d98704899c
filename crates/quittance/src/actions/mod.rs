//! Deeds: one file, one function each. They load, decide, write, and only then act on the world.

pub mod ask_code;
pub mod back_up;
pub mod book_deed;
pub mod change_agreement;
pub mod charge_late_fees;
pub mod compare;
pub mod credit_invoice;
pub mod deliver_mail;
pub mod end_other_sessions;
pub mod end_session;
pub mod enter_code;
pub mod forget_expired;
pub mod import_export;
pub mod issue_run;
pub mod keep_schedule;
pub mod move_clock;
pub mod plan_run;
pub mod read_bounce;
pub mod render_documents;
pub mod resend_mail;
pub mod restore_backup;
pub mod review_draft;
pub mod simulate;
pub mod tell_staff;
pub mod test_mail;
pub mod verify_books;
