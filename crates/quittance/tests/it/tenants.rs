//! The Microsoft tenants that an account vouches for, kept from the command line; and the settings of the second door.

use crate::export::Export;
use crate::house::House;

const TENANT: &str = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";

houses!(an_account_lists_its_tenants, settings_that_cannot_work_are_refused);

fn an_account_lists_its_tenants(house: &House) {
    house.takes(&Export::of(&["C-1000"], house.path("export")).folder);
    assert_eq!(house.does(&["contacts", "tenant", "list", "C-1000"]).out, "");
    for written in [TENANT, "AAAAAAAA-1111-4111-8111-AAAAAAAAAAAA"] {
        let said = house.does(&["contacts", "tenant", "add", "C-1000", written]).out;
        assert!(said.contains(TENANT) && said.contains("need no code for C-1000"), "{said}");
    }
    let listed = house.does(&["contacts", "tenant", "list", "C-1000"]).out;
    assert!(listed.starts_with(&format!("{TENANT} since 20")) && listed.lines().count() == 1, "{listed}");
    house.ends(2, &["contacts", "tenant", "add", "C-1000", "acme.onmicrosoft.com"]);
    assert!(house.refuses(&["contacts", "tenant", "add", "C-9", TENANT]).err.contains("no account C-9"));
    house.does(&["contacts", "tenant", "remove", "C-1000", TENANT]);
    assert!(house.refuses(&["contacts", "tenant", "remove", "C-1000", TENANT]).err.contains("is not on the list"));
}

fn settings_that_cannot_work_are_refused(house: &House) {
    house.takes(&Export::of(&["C-1000"], house.path("export")).folder);
    let path = house.data().join("quittance.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let secret = house.path("secret");
    let door = |authority: &str| {
        format!(
            "{settings}\n[sign_in.microsoft]\nauthority = {authority:?}\nclient_id = \"x\"\nclient_secret_file = {secret:?}\n"
        )
    };
    std::fs::write(&path, door("https://login.example/organizations/v2.0")).unwrap();
    assert!(house.refuses(&["verify"]).err.contains("client_secret_file"));
    std::fs::write(&secret, "secret\n").unwrap();
    house.does(&["verify"]);
    for authority in ["http://login.example/v2.0", "login.example", "http://127.0.0.1.evil.example/v2.0"] {
        std::fs::write(&path, door(authority)).unwrap();
        assert!(house.refuses(&["verify"]).err.contains("it must be https://"), "{authority}");
    }
    std::fs::write(&path, door("http://127.0.0.1:1/organizations/v2.0")).unwrap();
    house.does(&["verify"]);
    std::fs::write(&path, format!("{settings}\n[sign_in.microsoft]\nclient_id = \"x\"\n")).unwrap();
    assert!(house.refuses(&["verify"]).err.contains("client_secret_file"));
}
