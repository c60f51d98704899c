//! Programs of others that judge ours: localstripe, and Stripe's own Python package.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use connect::gateway::Gateway;
use serde_json::Value;

use super::recorder::stripe_at;

/// A running localstripe; it ends with this value.
pub struct Localstripe {
    process: Child,
    address: String,
    http: reqwest::Client,
}

impl Localstripe {
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/processor.py");
        let mut process = Command::new(python()).arg(script).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port: u16 = line.trim().parse().unwrap_or_else(|_| panic!("processor.py did not start: {line:?}"));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { process, address: format!("http://127.0.0.1:{port}"), http }
    }

    /// Our adapter to it.
    pub fn stripe(&self) -> Gateway {
        stripe_at(&self.address, "sk_test_of_the_tests")
    }

    /// What the page of the processor's would do.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let request = self.http.post(format!("{}{path}", self.address)).bearer_auth("sk_test_of_the_page").form(form);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A customer with a card that is kept; the names of both.
    pub async fn kept_card(&self, number: &str) -> (String, String) {
        let customer = self.post("/v1/customers", &[("email", "alice@acme.example")]).await;
        let customer = customer.get("id").unwrap().as_str().unwrap().to_owned();
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2030"),
            ("card[cvc]", "123"),
        ];
        let method = self.post("/v1/payment_methods", &card).await;
        let method = method.get("id").unwrap().as_str().unwrap().to_owned();
        self.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await;
        (customer, method)
    }
}

impl Drop for Localstripe {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Runs a script, which gets its arguments and prints its answer as JSON.
pub fn run_python(script: &str, arguments: &[&str]) -> Value {
    let output = Command::new(python()).arg("-c").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn python() -> String {
    std::env::var("QUITTANCE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!(
            "QUITTANCE_TEST_PYTHON must name a Python that has localstripe and stripe; `cargo xtask test` sees to that"
        )
    })
}
