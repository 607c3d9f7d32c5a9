//! Sizes as container tools print them.

use crate::decimal;
use crate::units::Range;

/// Units and their bytes.
const UNITS: [(&str, f64); 14] = [
    ("B", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("PB", 1e15),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
];
/// Digits that Docker and Podman print (go-units' HumanSizeWithPrecision(…, 3));
/// zeros at the end are left out, so `3MB` is 3.00 MB.
const DIGITS: i32 = 3;
/// No image is larger: 1 EB.
const MOST: f64 = 1e18;

/// Reads a size: `1.2GB`, `52.7MB`, `5.84 MB`, `0B`, or bytes without a unit.
/// What rounding left out becomes the range.
pub fn parse(text: &str) -> Option<Range> {
    let text = text.trim();
    if let Ok(bytes) = text.parse::<u64>() {
        return ((bytes as f64) < MOST).then(|| Range::exact(bytes));
    }
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic() && c != 'e')?);
    let number = number.trim_end();
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let is_number = number.starts_with(|c: char| c.is_ascii_digit());
    let value = is_number.then(|| decimal::parse(number))??;
    if !(0.0..MOST).contains(&(value * unit)) {
        return None;
    }
    let half = 0.5 * last_digit(number, value);
    let bytes = |value: f64| (value.max(0.0) * unit).round() as u64;
    if *unit == 1.0 && value.fract() == 0.0 {
        return Some(Range::exact(value as u64));
    }
    Some(Range::new(bytes(value - half), bytes(value), bytes(value + half)))
}

/// The worth of the last digit that was printed or left out as a zero.
fn last_digit(number: &str, value: f64) -> f64 {
    let written = number.split_once('.').map_or(0, |(_, decimals)| decimals.len().min(20) as i32);
    let before = if value < 1.0 { 1 } else { value.log10().floor() as i32 + 1 };
    10f64.powi(-written.max(DIGITS - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_the_range() {
        for (text, low, expected, high) in [
            ("0B", 0, 0, 0),
            ("59B", 59, 59, 59),
            ("269kB", 268_500, 269_000, 269_500),
            ("3.27MB", 3_265_000, 3_270_000, 3_275_000),
            ("52.7MB", 52_650_000, 52_700_000, 52_750_000),
            ("3MB", 2_995_000, 3_000_000, 3_005_000),
            ("1.2GB", 1_195_000_000, 1_200_000_000, 1_205_000_000),
            ("1.234GB", 1_233_500_000, 1_234_000_000, 1_234_500_000),
            ("5.84 MB", 5_835_000, 5_840_000, 5_845_000),
            ("1e+03kB", 999_500, 1_000_000, 1_000_500),
            ("74442533", 74_442_533, 74_442_533, 74_442_533),
            ("1KiB", 1_019, 1_024, 1_029),
        ] {
            assert_eq!(parse(text), Some(Range::new(low, expected, high)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_sizes() {
        for text in ["", "B", "-1MB", "1.2XB", "12 monkeys", "MB", "1..2MB", "999999999999PB", "é"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
