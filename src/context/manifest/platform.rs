//! Packages that are made for one platform: managers install them on it only.

use crate::context::json::Value;

/// What a package of a lockfile is made for, seen from an image of linux/amd64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Platform {
    /// All platforms, or Linux with any C library.
    #[default]
    Any,
    /// Linux with glibc.
    Glibc,
    /// Linux with musl, as Alpine has.
    Musl,
    /// Another system or another processor: never installed.
    Foreign,
}

/// Systems and processors that are not linux/amd64, as names of packages write them.
const FOREIGN: [&str; 31] = [
    "darwin",
    "win32",
    "windows",
    "freebsd",
    "netbsd",
    "openbsd",
    "sunos",
    "aix",
    "android",
    "openharmony",
    "arm",
    "arm64",
    "armv6",
    "armv7",
    "armv7l",
    "aarch64",
    "ia32",
    "i686",
    "ppc64",
    "ppc64le",
    "s390x",
    "riscv64",
    "mips64el",
    "loong64",
    "loongarch64",
    "musleabihf",
    "gnueabihf",
    "wasm32",
    "universal",
    "eabi",
    "msvc",
];
/// Packages for one other system, whose names do not tell.
const OTHERS: [&str; 8] = [
    "fsevents",
    "pywin32",
    "pywin32-ctypes",
    "pywinpty",
    "winloop",
    "appnope",
    "pyobjc-core",
    "win32-setctime",
];

impl Platform {
    /// True when a manager installs it in an image with this C library.
    pub fn fits(self, libc: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Glibc => libc != "musl",
            Self::Musl => libc == "musl",
            Self::Foreign => false,
        }
    }

    /// By the package's name: `@esbuild/linux-x64`, `esbuild-windows-64`.
    pub(super) fn of_name(name: &str) -> Self {
        if OTHERS.contains(&name) {
            return Self::Foreign;
        }
        let words: Vec<&str> = name.split(['-', '/', '_', '.']).collect();
        let system = ["linux", "linuxmusl", "darwin", "win32", "windows", "android", "freebsd"];
        let scoped = name.starts_with('@') || words.len() > 2;
        if !scoped || !words.iter().any(|word| system.contains(word) || word.ends_with("bsd")) {
            return Self::Any;
        }
        if words.iter().any(|word| FOREIGN.contains(word)) {
            return Self::Foreign;
        }
        match () {
            () if words.iter().any(|word| word.ends_with("musl")) => Self::Musl,
            () if words.contains(&"gnu") || words.contains(&"glibc") => Self::Glibc,
            () => Self::Any,
        }
    }

    /// By `os`, `cpu` and `libc` of a lockfile's entry, else by the name.
    pub(super) fn of(name: &str, entry: &Value) -> Self {
        let allows = |key: &str, wanted: &str| match entry.get(key) {
            None => true,
            Some(Value::String(only)) => allowed(&[only.as_str()], wanted),
            Some(list) => allowed(&list.strings().collect::<Vec<_>>(), wanted),
        };
        if !allows("os", "linux") || !allows("cpu", "x64") {
            return Self::Foreign;
        }
        match (allows("libc", "glibc"), allows("libc", "musl")) {
            (true, false) => Self::Glibc,
            (false, true) => Self::Musl,
            _ => Self::of_name(name),
        }
    }
}

/// `["darwin"]` is a list of what is allowed, `["!win32"]` of what is not.
fn allowed(list: &[&str], wanted: &str) -> bool {
    let refused = list.iter().filter_map(|item| item.strip_prefix('!'));
    if refused.clone().any(|item| item == wanted) {
        return false;
    }
    list.is_empty()
        || refused.count() == list.len()
        || list.contains(&wanted)
        || list.contains(&"any")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::json::parse;

    #[test]
    fn names_tell_the_platform() {
        let of = Platform::of_name;
        assert_eq!(of("@esbuild/linux-x64"), Platform::Any);
        assert_eq!(of("@esbuild/darwin-arm64"), Platform::Foreign);
        assert_eq!(of("@img/sharp-linuxmusl-x64"), Platform::Musl);
        assert_eq!(of("@rollup/rollup-linux-x64-gnu"), Platform::Glibc);
        assert_eq!(of("esbuild-windows-64"), Platform::Foreign);
        assert_eq!(of("@next/swc-linux-arm64-gnu"), Platform::Foreign);
        for name in ["arm", "windows-release", "@types/node", "universal-cookie"] {
            assert_eq!(of(name), Platform::Any, "{name}");
        }
    }

    #[test]
    fn fields_tell_it_better() {
        let of = |text: &str| Platform::of("x", &parse(text).unwrap());
        assert_eq!(of(r#"{"os": ["darwin"]}"#), Platform::Foreign);
        assert_eq!(of(r#"{"os": ["!win32"], "cpu": ["x64", "arm64"]}"#), Platform::Any);
        assert_eq!(of(r#"{"os": "linux", "cpu": "arm64"}"#), Platform::Foreign);
        assert_eq!(of(r#"{"os": ["linux"], "libc": ["musl"]}"#), Platform::Musl);
    }
}
