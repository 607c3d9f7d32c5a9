//! A label that should be a time and is none (DL3053).
//!
//! Silent without a label schema in the settings. A time is written as in RFC 3339.
//!
//! ```dockerfile
//! LABEL created="31 January"
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! LABEL created="2026-01-31T10:00:00Z"
//! ```

use super::Rule;
use super::labels::bad_values;
use crate::report::{FindingKind, LabelKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-time",
    aliases: &["DL3053"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        bad_values(
            analysis,
            |kind| kind == LabelKind::Rfc3339,
            is_time,
            "not a time as in RFC 3339",
        )
    },
};

/// True for `2026-11-24T12:00:00Z`, as hadolint reads it: blanks around it and
/// years of any length are fine, as are seconds of up to 60.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.trim().split_once(['T', 't']) else { return false };
    is_date(date) && is_time_of_day(time)
}

fn is_date(text: &str) -> bool {
    let mut parts = text.strip_prefix('-').unwrap_or(text).split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_year = !year.is_empty() && year.bytes().all(|b| b.is_ascii_digit());
    // What makes a leap year is in the last four digits.
    let last = year.get(year.len().saturating_sub(4)..).unwrap_or_default();
    let days = |year| match two_digits(month) {
        Some(4 | 6 | 9 | 11) => 30,
        Some(2) if is_leap(year) => 29,
        Some(2) => 28,
        Some(1..=12) => 31,
        _ => 0,
    };
    is_year
        && last
            .parse()
            .is_ok_and(|year| two_digits(day).is_some_and(|day| (1..=days(year)).contains(&day)))
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn is_time_of_day(text: &str) -> bool {
    let Some(at) = text.find(['Z', 'z', '+', '-']) else { return false };
    let (clock, zone) = text.split_at(at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(two_digits);
    let clock = [parts.next(), parts.next(), parts.next()].map(Option::flatten);
    let [Some(hours), Some(minutes), Some(seconds)] = clock else { return false };
    parts.next().is_none()
        && hours < 24
        && minutes < 60
        && seconds <= 60
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let numbers = text.strip_prefix(['+', '-']).unwrap_or_default().bytes();
    let digits = |b: u8| if b.is_ascii_digit() { b'0' } else { b };
    let shape: Vec<u8> = numbers.map(digits).collect();
    matches!(text, "Z" | "z") || matches!(&*shape, b"00:00" | b"0000")
}

fn two_digits(text: &str) -> Option<u32> {
    let fits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::super::labels::{lines, refused};
    use super::RULE;
    use crate::report::LabelKind;

    #[test]
    fn fires() {
        let bad = [
            "",
            "2026-11-24",
            "2026-11-24T12:00:00",
            "2026-11-24 12:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-1-1T00:00:00Z",
            "2026-01-01T00:00:00+01",
            "2026-01-01T00:00Z",
        ];
        assert_eq!(refused(&RULE, LabelKind::Rfc3339, &bad), bad);
    }

    #[test]
    fn is_silent() {
        let good = [
            "2026-11-24T12:00:00Z",
            "2024-02-29t23:59:60.5z",
            "2026-11-24T12:00:00+01:00",
            "2026-11-24T12:00:00.-0100",
            " 12026-01-01T00:00:00Z ",
        ];
        assert!(refused(&RULE, LabelKind::Rfc3339, &good).is_empty());
        assert!(lines(&RULE, LabelKind::Text, false, "LABEL l=\"no such thing\"").is_empty());
    }
}
