//! The QR code of an invoice's address, as one SVG path.

use fast_qr::qr::QRBuilder;
use fast_qr::{ECL, QRCode};
use std::fmt::Write as _;

use crate::Error;

/// Longer addresses make squares too small for the camera of a phone.
const LONGEST: usize = 1_000;

/// An SVG of dark squares on nothing, one unit per module, without a quiet zone: the page around it is white.
///
/// # Errors
/// [`Error::Address`] where the address is longer than 1,000 bytes.
pub fn svg(address: &str) -> Result<String, Error> {
    let too_long = || Error::Address(address.len());
    if address.len() > LONGEST {
        return Err(too_long());
    }
    let code = QRBuilder::new(address).ecl(ECL::M).build().map_err(|_| too_long())?;
    let size = code.size;
    let path = path(&code);
    Ok(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path}"/></svg>"#
    ))
}

/// Neighbouring dark modules of a row become one rectangle, so that no hairlines appear between them.
fn path(code: &QRCode) -> String {
    let mut path = String::new();
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let mut x = 0_usize;
        for run in row.chunk_by(|a, b| a.value() == b.value()) {
            if run.first().is_some_and(|module| module.value()) {
                let width = run.len();
                // Writing to a String cannot fail.
                let _ = write!(path, "M{x} {y}h{width}v1h-{width}z");
            }
            x = x.saturating_add(run.len());
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_squares_and_a_monstrous_one_is_refused() {
        assert!(svg("https://pay.example.com/invoices/INV-20310").unwrap().contains("M0 0h7v1h-7z"));
        assert!(matches!(svg(&"x".repeat(1_001)), Err(Error::Address(1_001))));
    }
}
