//! The ports of EXPOSE.

/// What makes BuildKit refuse a port, in its words; `None` for a good one.
///
/// Source: BuildKit's frontend/dockerfile/dockerfile2llb/convert_expose.go.
pub fn problem(port: &str) -> Option<String> {
    let mut parts = port.rsplitn(3, ':');
    let container = parts.next().unwrap_or_default();
    let (number, protocol) = container.split_once('/').unwrap_or((container, ""));
    if number.is_empty() {
        return Some(format!("invalid port: \"{port}\": no port specified"));
    }
    if !["", "tcp", "udp", "sctp"].contains(&&*protocol.to_ascii_lowercase()) {
        return Some(format!("invalid port: \"{port}\": invalid proto: {protocol}"));
    }
    let Some(inside) = range(number) else {
        return Some(format!("invalid containerPort: {number}"));
    };
    let host = parts.next().filter(|host| !host.is_empty())?;
    match range(host) {
        None => Some(format!("invalid hostPort: {host}")),
        Some(outside) if inside != 0 && inside != outside => Some(format!(
            "invalid ranges specified for container and host Ports: {number} and {host}"
        )),
        Some(_) => None,
    }
}

/// How many ports there are after the first one of `80` or `80-90`.
fn range(text: &str) -> Option<u16> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    end.parse::<u16>().ok()?.checked_sub(start.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn tells_good_from_bad() {
        for good in ["80", "80/TCP", "8000-8010/udp", "127.0.0.1:80:80", "8000-8010:80", "0"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["65536", "a", "80-70", "80/http", "/tcp", "x:80", "1-3:1-2", "-1", "80-"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
