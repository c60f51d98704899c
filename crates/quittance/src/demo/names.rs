//! Invented customers and people. Any likeness is chance; domains end in `.example`.

/// Customer, city, postal code, domain, workstations.
pub const CUSTOMERS: &[(&str, &str, &str, &str, u64)] = &[
    ("Harbor Street Dental", "Duluth", "55802", "harbordental.example", 14),
    ("Lakehead Millwork, Inc.", "Duluth", "55807", "lakeheadmillwork.example", 38),
    ("Two Pines Veterinary Clinic", "Cloquet", "55720", "twopinesvet.example", 11),
    ("Superior Rigging & Hoist", "Superior", "54880", "superiorrigging.example", 22),
    ("Park Point Community Church", "Duluth", "55802", "parkpointchurch.example", 6),
    ("Ferrous Ridge Engineering, LLC", "Hibbing", "55746", "ferrousridge.example", 47),
    ("Bayfront Hotel Group", "Duluth", "55802", "bayfronthotels.example", 31),
    ("North Shore Pediatrics, P.A.", "Two Harbors", "55616", "nspediatrics.example", 19),
    ("Skyline Credit Union", "Duluth", "55811", "skylinecu.example", 54),
    ("Iron Trail Trucking", "Virginia", "55792", "irontrail.example", 16),
    ("Chequamegon Fish Company", "Ashland", "54806", "cheqfish.example", 9),
    ("Aerial Bridge Brewing", "Duluth", "55802", "aerialbrewing.example", 12),
    ("St. Louis River Law Office", "Duluth", "55802", "slrlaw.example", 13),
    ("Hawk Ridge School of Music", "Duluth", "55804", "hawkridgemusic.example", 5),
    ("Cirrus Point Charter Air", "Duluth", "55811", "cirruspoint.example", 17),
    ("Pattison Precast", "Superior", "54880", "pattisonprecast.example", 24),
    ("Lincoln Park Bakehouse", "Duluth", "55806", "lpbakehouse.example", 4),
    ("Arrowhead Title & Escrow", "Cloquet", "55720", "arrowheadtitle.example", 15),
    ("Grand Marais Outfitters", "Grand Marais", "55604", "gmoutfitters.example", 8),
    ("Mesaba Machine Works", "Eveleth", "55734", "mesabamachine.example", 29),
    ("Chester Creek Physical Therapy", "Duluth", "55812", "chestercreekpt.example", 10),
    ("Blatnik Insurance Agency", "Superior", "54880", "blatnikinsurance.example", 7),
    ("Enger Tower Architects", "Duluth", "55806", "engerarchitects.example", 18),
    ("Jay Cooke Garden Center", "Carlton", "55718", "jaycookegardens.example", 6),
];

/// Given names.
pub const GIVEN: &[&str] = &[
    "Maren", "Tobias", "Ingrid", "Devon", "Farah", "Caleb", "Noemi", "Hollis", "Yusra", "Anders", "Priya", "Walt",
    "Soledad", "Emil", "Keiko", "Rune", "Talia", "Oskar", "Bao", "Linnea", "Marcus", "Zainab", "Petra", "Joaquín",
];

/// Family names.
pub const FAMILY: &[&str] = &[
    "Halvorsen",
    "Okafor",
    "Lindgren",
    "Vance",
    "Rahimi",
    "Bjork",
    "Castillo",
    "Sutter",
    "Warsame",
    "Dahlberg",
    "Iyer",
    "Kowal",
    "Ferrer",
    "Nygaard",
    "Tanaka",
    "Aho",
    "Brandt",
    "Virtanen",
    "Nguyen",
    "Sorensen",
    "Whitfield",
    "Hussein",
    "Novak",
    "Ibarra",
];

/// Who works for the provider.
pub const TECHNICIANS: &[&str] = &["A. Lund", "M. Reyes", "J. Hakala", "S. Whitebird", "C. Osei"];
