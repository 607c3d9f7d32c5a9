//! The platforms of FROM.

/// What makes BuildKit refuse a platform; `None` for a good one.
///
/// Source: the containerd/platforms module that BuildKit reads them with.
pub fn problem(platform: &str) -> Option<String> {
    let is_part = |part: &&str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    let mut parts = platform.split('/');
    // `windows(10.0.17763)`: what is in brackets is the version.
    let system = parts.next().unwrap_or_default();
    let system =
        system.strip_suffix(')').and_then(|text| text.split_once('(')).map_or(system, |s| s.0);
    let rest: Vec<&str> = parts.collect();
    if !is_part(&system) || system.contains('.') || !rest.iter().all(is_part) {
        return Some(format!("failed to parse platform {platform}: it is not OS/ARCHITECTURE"));
    }
    let name = system.to_lowercase();
    match rest.len() {
        0 if !SYSTEMS.contains(&&*name) && !ARCHITECTURES.contains(&&*name) => Some(format!(
            "failed to parse platform {platform}: unknown operating system or architecture"
        )),
        0..=2 => None,
        _ => Some(format!("failed to parse platform {platform}: it has too many parts")),
    }
}

/// Operating systems that may stand alone.
const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "macos",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

/// Architectures that may stand alone, by their other names too.
const ARCHITECTURES: &[&str] = &[
    "386",
    "aarch64",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "armel",
    "armhf",
    "i386",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
    "x86-64",
    "x86_64",
];

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn tells_good_from_bad() {
        for good in ["linux/amd64", "linux/arm/v7", "amd64", "Linux", "windows(10.0.17763)/amd64"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["*", "linux/", "foo", "linux/amd64/a/b", "linux amd64", "$BUILDPLATFORM"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
