//! The platforms of FROM.
//!
//! Source: the containerd/platforms module (platforms.go, database.go) that
//! BuildKit reads them with.

/// A platform in its normal names.
#[derive(Debug, PartialEq, Eq)]
pub struct Platform {
    /// The operating system, in lower case.
    pub system: String,
    /// The architecture, in lower case.
    pub architecture: String,
}

impl Platform {
    /// Reads `linux/arm64/v8`, `windows(10.0.17763)/amd64`, or one of system and
    /// architecture alone, for a build on linux/amd64.
    ///
    /// # Errors
    ///
    /// Says why BuildKit refuses it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused = |why: &str| Err(format!("failed to parse platform {text}: {why}"));
        let parts: Vec<&str> = text.split('/').collect();
        let system = split_version(parts[0]);
        let Some(system) = system.filter(|_| parts[1..].iter().all(|part| is_part(part))) else {
            return refused("it is not OS/ARCHITECTURE");
        };
        let system = normal_system(system);
        match parts[..] {
            [_] if SYSTEMS.contains(&&*system) => {
                Ok(Self { system, architecture: "amd64".to_owned() })
            }
            [one] => match normal_architecture(one) {
                architecture if ARCHITECTURES.contains(&&*architecture) => {
                    Ok(Self { system: "linux".to_owned(), architecture })
                }
                _ => refused("unknown operating system or architecture"),
            },
            [_, architecture] | [_, architecture, _] => {
                Ok(Self { system, architecture: normal_architecture(architecture) })
            }
            _ => refused("it has too many parts"),
        }
    }
}

fn is_part(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// The system of `windows(10.0.17763+win32k)`; `None` if it cannot be one.
fn split_version(part: &str) -> Option<&str> {
    let (system, options) = match part.split_once('(') {
        Some((system, rest)) => (system, rest.strip_suffix(')')?),
        None => (part, ""),
    };
    let mut options = options.split('+');
    let version = options.next().filter(|version| is_option(version));
    let is_good =
        version.is_some() && options.all(|option| !option.is_empty() && is_option(option));
    (is_good && is_part(system) && !system.contains('.')).then_some(system)
}

/// True for a version or feature, a `%` in which begins two digits of base 16.
fn is_option(option: &str) -> bool {
    let mut parts = option.split('%');
    let is_plain = |part: &str| part.is_empty() || is_part(part);
    let is_escape =
        |part: &str| part.get(..2).is_some_and(|code| code.chars().all(|c| c.is_ascii_hexdigit()));
    parts.next().is_some_and(is_plain) && parts.all(|part| is_escape(part) && is_plain(part))
}

fn normal_system(name: &str) -> String {
    match name.to_ascii_lowercase() {
        name if name == "macos" => "darwin".to_owned(),
        name => name,
    }
}

fn normal_architecture(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let normal = match &*name {
        "x86_64" | "x86-64" => "amd64",
        "aarch64" => "arm64",
        "i386" => "386",
        "armhf" | "armel" => "arm",
        name => name,
    };
    normal.to_owned()
}

/// Operating systems that may stand alone.
const SYSTEMS: [&str; 17] = [
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
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

/// Architectures that may stand alone.
const ARCHITECTURES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
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
];

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn normalises() {
        let cases = [
            ("linux/amd64", "linux", "amd64"),
            ("linux/arm/v7", "linux", "arm"),
            ("Linux/X86_64", "linux", "amd64"),
            ("aarch64", "linux", "arm64"),
            ("armhf", "linux", "arm"),
            ("macos", "darwin", "amd64"),
            ("zos", "zos", "amd64"),
            ("windows(10.0.17763)/amd64", "windows", "amd64"),
            ("windows(10.0+win32k)", "windows", "amd64"),
            ("linux(a%2Fb)/386", "linux", "386"),
            ("what/ever", "what", "ever"),
        ];
        for (text, system, architecture) in cases {
            let expected =
                Platform { system: system.to_owned(), architecture: architecture.to_owned() };
            assert_eq!(Platform::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses() {
        let bad = [
            "",
            "*",
            "linux/",
            "foo",
            "linux/amd64/a/b",
            "linux amd64",
            "$BUILDPLATFORM",
            "li.nux/amd64",
            "linux(1/amd64",
            "linux(%zz)/amd64",
            "linux(1+)/amd64",
        ];
        for text in bad {
            assert!(Platform::parse(text).is_err(), "{text}");
        }
    }
}
