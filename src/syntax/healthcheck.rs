//! The values of HEALTHCHECK's flags.

use super::Flag;
use super::go::{parse_duration, quote};

const MILLISECOND: f64 = 1e6;

/// Why a flag's value is refused, and a fix.
pub(super) fn problem(flag: &Flag) -> Option<(String, Option<String>)> {
    let value = flag.value.as_ref()?.text.as_str();
    match (value, flag.name.as_str()) {
        ("", _) => None,
        (_, "interval" | "timeout" | "start-period" | "start-interval") => {
            duration_problem(&flag.name, value)
        }
        (_, "retries") => retries_problem(value),
        _ => None,
    }
}

fn duration_problem(name: &str, value: &str) -> Option<(String, Option<String>)> {
    match parse_duration(value) {
        None => {
            let unit = value.ends_with(|c: char| c.is_ascii_digit() || c == '.');
            let what = if unit { "missing unit in" } else { "invalid" };
            let help = format!("write a number and a unit, such as --{name}=30s");
            Some((format!("time: {what} duration {}", quote(value)), Some(help)))
        }
        Some(duration) if duration != 0.0 && duration < MILLISECOND => {
            let message = format!("Interval {} cannot be less than 1ms", quote(name));
            Some((message, Some("write 1ms or more; 0 takes the default".to_owned())))
        }
        Some(_) => None,
    }
}

fn retries_problem(value: &str) -> Option<(String, Option<String>)> {
    let help = Some("write a number such as --retries=3".to_owned());
    match value.parse::<i64>() {
        Ok(retries) if retries > i64::from(i32::MAX) || retries < i64::from(i32::MIN) => {
            Some((format!("strconv.ParseInt: parsing {}: value out of range", quote(value)), help))
        }
        Ok(retries) if retries < 0 => {
            Some((format!("--retries cannot be negative ({retries})"), help))
        }
        Ok(_) => None,
        Err(_) => {
            Some((format!("strconv.ParseInt: parsing {}: invalid syntax", quote(value)), help))
        }
    }
}
