//! Numbers with a point as texts. The library reads and writes any float exactly, with
//! tables and code for it; what is read and written here has few digits.

/// The number that a text such as `2`, `-1.5` or `1e+03` is: exact to 15 digits and powers
/// of ten up to 22.
pub fn parse(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (number, exponent) = match digits.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse().ok()?),
        None => (digits, 0_i64),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 10.0 + f64::from(digit.to_digit(10)?);
    }
    let exponent = exponent.saturating_sub(fraction.len() as i64).clamp(-400, 400) as i32;
    let power = 10f64.powi(exponent.abs());
    let value = match value {
        0.0 => 0.0,
        _ if exponent < 0 => value / power,
        _ => value * power,
    };
    Some(if text.starts_with('-') { -value } else { value })
}

/// A number that is not negative with so many decimals.
pub fn fixed(value: f64, decimals: u32) -> String {
    let one = 10_u64.pow(decimals);
    let scaled = (value * one as f64).round() as u64;
    match decimals {
        0 => scaled.to_string(),
        _ => format!("{}.{:0width$}", scaled / one, scaled % one, width = decimals as usize),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_the_library_reads(whole in 0_u64..1_000_000_000, sign in "[+-]?", rest in "(\\.[0-9]{0,6})?(e[+-]?[0-9])?") {
            let text = format!("{sign}{whole}{rest}");
            prop_assert_eq!(parse(&text), text.parse().ok());
        }

        #[test]
        fn writes_what_is_read_again(scaled in 0_u64..1_000_000_000, decimals in 0_u32..4) {
            let value = scaled as f64 / 10f64.powi(decimals as i32);
            let text = fixed(value, decimals);
            prop_assert_eq!(parse(&text), Some(value));
            prop_assert_eq!(text, format!("{value:.0$}", decimals as usize));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = parse(&text);
        }
    }

    #[test]
    fn odd_numbers() {
        assert_eq!(parse(".5"), Some(0.5));
        assert_eq!(parse("0e999"), Some(0.0));
        assert_eq!(parse("1e999"), Some(f64::INFINITY));
        for text in ["", ".", "--1", "1..2", "1e", "e5", "inf", "1,5", "é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
