//! `provider.toml`: the provider's profile.

use billing::hours::WorkTerms;
use billing::number::Prefix;
use billing::schedule::{Preset, Settings, StreamSettings};
use billing::tax::TaxTerms;
use billing::{Currency, Receivables, Schedule};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use store::provider::ProviderRow;

use super::countries;
use super::keys::{self, Place};
use super::problem::{Problem, Problems};

/// The provider as the file gives it. Everything after `support_hours` is optional and ours.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ProviderIn {
    pub name: String,
    pub legal_name: String,
    pub address: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    pub phone: String,
    pub email: String,
    pub website: String,
    pub timezone: String,
    pub currency: String,
    pub invoice_number_prefix: String,
    pub invoice_number_start: i64,
    #[serde(default, deserialize_with = "optional_date")]
    pub billing_starts_on: Option<Date>,
    #[serde(deserialize_with = "date")]
    pub biweekly_anchor_on: Date,
    pub biweekly_terms_days: u32,
    pub support_hours: String,
    #[serde(default = "default_accent")]
    pub accent: String,
    pub tagline: Option<String>,
    pub tax_id: Option<String>,
    pub remit_to: Option<String>,
    pub recurring_note: Option<String>,
    pub biweekly_note: Option<String>,
    /// A set of defaults for what follows; there is one.
    #[serde(default)]
    pub preset: Option<Preset>,
    #[serde(default, deserialize_with = "dates")]
    pub holidays: Vec<Date>,
    /// Numbers of credit notes and late fees, and what paying late costs.
    #[serde(default)]
    pub receivables: Receivables,
    #[serde(default)]
    pub recurring: StreamSettings,
    #[serde(default)]
    pub biweekly: StreamSettings,
    #[serde(default)]
    pub work: WorkTerms,
    #[serde(default)]
    pub tax: TaxTerms,
}

/// What a version of the profile holds besides the file.
pub struct Besides {
    /// The number of the version.
    pub version: i64,
    /// When it is made.
    pub made_at: Timestamp,
    /// Where the file leaves it out.
    pub billing_starts_on: Date,
    /// The portal's address, from the settings.
    pub portal_url: String,
}

fn default_accent() -> String {
    "#0f6b6b".to_owned()
}

/// A TOML date, or the same in quotes.
fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    day(toml::Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn dates<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    let days = Vec::<toml::Value>::deserialize(deserializer)?;
    days.into_iter().map(day).collect::<Result<_, _>>().map_err(serde::de::Error::custom)
}

fn day(value: toml::Value) -> Result<Date, String> {
    let text = match value {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    text.parse().map_err(|_| format!("{text:?} is not a date, expected a date such as 2026-07-01"))
}

fn optional_date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}

impl ProviderIn {
    /// Reads the file; every wrong value becomes a problem.
    pub fn read(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<Self> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            problems.push(Problem {
                file: file.to_owned(),
                line: 1,
                column: String::new(),
                value: String::new(),
                wrong: "the file is not UTF-8".to_owned(),
                expected: "the file saved as UTF-8".to_owned(),
            });
            return None;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (place, before) = (Place { file, text }, problems.count());
        let mut provider = keys::read(&place, problems)?;
        provider.email = provider.email.trim().to_owned();
        provider.check(&place, problems);
        provider.check_schedule(&place, problems);
        provider.check_work(&place, problems);
        (problems.count() == before).then_some(provider)
    }

    /// The checked profile as a row, for `init` and `import` alike.
    pub fn row(&self, besides: Besides) -> ProviderRow {
        ProviderRow {
            version: besides.version,
            made_at: besides.made_at,
            name: self.name.clone(),
            legal_name: self.legal_name.clone(),
            address: self.address.clone(),
            city: self.city.clone(),
            region: self.region.clone(),
            postal_code: self.postal_code.clone(),
            country: self.country.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            website: self.website.clone(),
            timezone: self.timezone.clone(),
            // Checked when the file was read.
            currency: Currency::from_code(&self.currency).unwrap_or(Currency::USD),
            invoice_number_prefix: self.invoice_number_prefix.clone(),
            invoice_number_start: self.invoice_number_start,
            billing_starts_on: self.billing_starts_on.unwrap_or(besides.billing_starts_on),
            biweekly_anchor_on: self.biweekly_anchor_on,
            biweekly_terms_days: self.biweekly_terms_days,
            support_hours: self.support_hours.clone(),
            accent: self.accent.clone(),
            tagline: self.tagline.clone(),
            tax_id: self.tax_id.clone(),
            remit_to: self.remit_to.clone(),
            recurring_note: self.recurring_note.clone(),
            biweekly_note: self.biweekly_note.clone(),
            portal_url: besides.portal_url,
            schedule: self.settings(),
            receivables: self.receivables.clone(),
            work: self.work.clone(),
            tax: self.tax,
        }
    }

    fn settings(&self) -> Settings {
        let holidays = self.holidays.iter().copied().collect();
        Settings { holidays, recurring: self.recurring, biweekly: self.biweekly }
    }

    /// Settings that can't be meant together, each with the sentence that explains it.
    fn check_schedule(&self, place: &Place<'_>, problems: &mut Problems) {
        let schedule = Schedule {
            settings: self.settings(),
            billing_starts_on: self.billing_starts_on.unwrap_or(self.biweekly_anchor_on),
            biweekly_anchor_on: self.biweekly_anchor_on,
        };
        let Err(contradiction) = schedule.check() else { return };
        let table = format!("[{}] ", contradiction.stream());
        let expected = "settings that can hold together; `quittance calendar` shows what they mean";
        let problem = place.problem(&table, "", &contradiction.to_string(), expected);
        problems.push(Problem { column: contradiction.stream().to_string(), ..problem });
    }

    fn check_work(&self, place: &Place<'_>, problems: &mut Problems) {
        let mut wrong = |key: &str, value: String, expected: &str| {
            problems.push(place.problem(&format!("[work] {key}"), value, "it can't be used", expected));
        };
        let work = &self.work;
        if let Some(factor) = work.after_hours_multiplier
            && (factor < Decimal::ONE || factor > Decimal::TEN || factor.normalize().scale() > 4)
        {
            wrong(
                "after_hours_multiplier",
                factor.to_string(),
                "a factor such as \"1.5\", from 1 to 10, at most 4 decimals",
            );
        }
        let minutes = [
            ("minimum_on_site_minutes", work.minimum_on_site_minutes),
            ("minimum_remote_minutes", work.minimum_remote_minutes),
            ("round_to_minutes", work.round_to_minutes),
        ];
        for (key, minutes) in minutes {
            if let Some(minutes) = minutes.filter(|minutes| !(1..=480).contains(minutes)) {
                wrong(key, minutes.to_string(), "minutes from 1 to 480");
            }
        }
    }

    fn check(&self, place: &Place<'_>, problems: &mut Problems) {
        let mut wrong = |key: &str, value: &str, expected: &str| {
            problems.push(place.problem(key, value, "it can't be used", expected));
        };
        if jiff::tz::TimeZone::get(&self.timezone).is_err() {
            wrong("timezone", &self.timezone, "an IANA zone such as America/Chicago");
        }
        if Currency::from_code(&self.currency).is_none() {
            wrong("currency", &self.currency, "an ISO 4217 code such as USD");
        }
        if !countries::is_country(&self.country) {
            wrong("country", &self.country, countries::EXPECTED);
        }
        if let Err(expected) = self.invoice_number_prefix.parse::<Prefix>() {
            wrong("invoice_number_prefix", &self.invoice_number_prefix, expected);
        }
        if !(0..1_000_000_000_000).contains(&self.invoice_number_start) {
            wrong("invoice_number_start", &self.invoice_number_start.to_string(), "an integer from 0 on");
        }
        if let Some(day) = self.billing_starts_on.filter(|day| day.day() != 1) {
            wrong("billing_starts_on", &day.to_string(), "the 1st of a month");
        }
        if self.biweekly_terms_days > 3650 {
            wrong("biweekly_terms_days", &self.biweekly_terms_days.to_string(), "an integer from 0 to 3650");
        }
        if connect::mail::Address::new("", &self.email).is_err() {
            wrong("email", &self.email, "an e-mail address");
        }
        let receivables = &self.receivables;
        let numbers = [
            ("[receivables] credit_number_prefix", &receivables.credit_number_prefix, receivables.credit_number_start),
            (
                "[receivables] late_fee_number_prefix",
                &receivables.late_fee_number_prefix,
                receivables.late_fee_number_start,
            ),
        ];
        for (key, prefix, start) in numbers {
            if let Err(expected) = prefix.parse::<Prefix>() {
                wrong(key, prefix, expected);
            }
            if *prefix == self.invoice_number_prefix || !(0..1_000_000_000_000).contains(&start) {
                wrong(key, prefix, "letters that no other series has, and a start from 0 on");
            }
        }
        let fee = &receivables.late_fee;
        if receivables.credit_number_prefix == receivables.late_fee_number_prefix {
            let prefix = &receivables.late_fee_number_prefix;
            wrong("[receivables] late_fee_number_prefix", prefix, "letters that no other series has");
        }
        let rates = [("flat", fee.flat), ("percent_per_year", fee.percent_per_year)];
        for (key, of) in rates.map(|(key, of)| (format!("[receivables.late_fee] {key}"), of)) {
            if of.is_sign_negative() || of > rust_decimal::Decimal::from(1_000_000) || of.scale() > 4 {
                wrong(&key, &of.to_string(), "a decimal in quotes from 0 on, such as \"1.5\", with at most 4 decimals");
            }
        }
        if fee.after_days > 3650 {
            wrong("[receivables.late_fee] after_days", &fee.after_days.to_string(), "days from 0 to 3650");
        }
        if !is_colour(&self.accent) {
            wrong("accent", &self.accent, "a colour such as #0f6b6b");
        }
        for (key, value) in [("name", &self.name), ("legal_name", &self.legal_name), ("phone", &self.phone)] {
            if value.trim().is_empty() {
                wrong(key, value, "a value");
            }
        }
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
