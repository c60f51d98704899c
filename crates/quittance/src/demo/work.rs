//! What the invented provider's technicians do: tickets, notes, products.

/// A kind of ticket: its summary (`{}` is a person), what is noted for the customer, minutes worked each time.
pub struct Kind {
    pub summary: &'static str,
    pub notes: &'static [(&'static str, u64)],
    /// An item delivered with it.
    pub product: Option<&'static str>,
}

/// The kinds of tickets, common ones first.
pub const KINDS: &[Kind] = &[
    Kind {
        summary: "{} can't sign in",
        notes: &[(
            "Called {} back on the number on file, reset the sign-in, set up the authenticator on the new phone.",
            17,
        )],
        product: None,
    },
    Kind {
        summary: "Printer by the front desk jams",
        notes: &[("Cleared the feed path and replaced the pickup roller; printed forty pages without a jam.", 41)],
        product: None,
    },
    Kind {
        summary: "Slow network in the afternoon",
        notes: &[
            ("Watched the uplink from two to four: the camera recorder fills it. Moved it to its own VLAN.", 68),
            ("Checked again a day later, 6 ms to the gateway under load. Left the graph with {}.", 14),
        ],
        product: None,
    },
    Kind {
        summary: "New workstation for {}",
        notes: &[
            ("Unpacked, enrolled, encrypted; installed the standard set and the line-of-business program.", 74),
            ("Brought it to {}, moved the profile over, connected both screens and the desk phone.", 66),
        ],
        product: Some("WS-14"),
    },
    Kind {
        summary: "Mail from a supplier lands in quarantine",
        notes: &[(
            "Read the headers with {}: the supplier's DKIM is broken since Monday. Released nine messages, wrote to them.",
            32,
        )],
        product: None,
    },
    Kind {
        summary: "Restore a folder deleted by mistake",
        notes: &[("Restored last night's copy of the folder, 412 files, compared the count with {}.", 26)],
        product: None,
    },
    Kind {
        summary: "Battery backup beeps",
        notes: &[(
            "Replaced both batteries, ran the self-test, logged the next date. Old ones taken along for recycling.",
            44,
        )],
        product: Some("UPS-BAT"),
    },
    Kind {
        summary: "Wireless dead spot in the back room",
        notes: &[
            ("Measured the room, planned one more access point above the corridor door.", 52),
            ("Pulled the cable, mounted and adopted the access point; -58 dBm at the far bench now.", 118),
        ],
        product: Some("AP-6"),
    },
    Kind {
        summary: "{} leaves on Friday",
        notes: &[(
            "Ended sessions and sign-in at noon as asked, made the mailbox shared, handed the files to the manager.",
            29,
        )],
        product: None,
    },
    Kind {
        summary: "Server update outside hours",
        notes: &[(
            "Installed the month's updates, restarted both servers in turn, checked backup and line-of-business program.",
            95,
        )],
        product: None,
    },
];

/// Items: code, name, kind, unit, price, taxable.
pub const ITEMS: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("MWS", "Managed workstation", "service", "workstation", "54.00", "no"),
    ("MSV", "Managed server", "service", "server", "165.00", "no"),
    ("NET", "Managed network", "service", "site", "120.00", "no"),
    ("M365", "Microsoft 365 Business Premium", "licence", "seat", "26.40", "no"),
    ("EDR", "Endpoint protection", "licence", "device", "6.90", "yes"),
    ("HOURS", "Support hours", "service", "month", "420.00", "no"),
    ("BKP", "Cloud backup", "service", "100 GB", "11.75", "no"),
    ("LABOR", "Work", "labour", "hour", "148.00", "no"),
    ("WS-14", "Laptop 14 in, 32 GB, 1 TB, three years on site", "product", "piece", "1438.00", "yes"),
    ("UPS-BAT", "Battery set for UPS 1500", "product", "piece", "96.50", "yes"),
    ("AP-6", "Access point, Wi-Fi 7, with mount", "product", "piece", "219.00", "yes"),
    ("TRIP", "Trip beyond 30 miles", "fee", "trip", "58.00", "no"),
];
