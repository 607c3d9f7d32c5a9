//! `composer.json` and `composer.lock`.

use super::Package;
use crate::context::json::Value;
use crate::sorted::Map;

/// A `composer.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComposerJson {
    /// `name`.
    pub name: Option<String>,
    /// `require`: name → range of versions; `php` and `ext-*` among them.
    pub require: Map<String, String>,
    /// `require-dev`.
    pub require_dev: Map<String, String>,
}

impl ComposerJson {
    pub(super) fn read(value: &Value) -> Self {
        let map = |key: &str| value.get(key).map(Value::string_map).unwrap_or_default();
        Self {
            name: value.get("name").and_then(Value::as_str).map(str::to_owned),
            require: map("require"),
            require_dev: map("require-dev"),
        }
    }
}

/// The packages of a `composer.lock`.
pub(super) fn locked(lock: &Value) -> Vec<Package> {
    let list = |key: &str| lock.get(key).and_then(Value::as_array).unwrap_or_default();
    let needed = list("packages").iter().filter_map(|package| read(package, false));
    let development = list("packages-dev").iter().filter_map(|package| read(package, true));
    needed.chain(development).collect()
}

fn read(package: &Value, dev: bool) -> Option<Package> {
    let text = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let version = text("version").unwrap_or_default();
    Some(Package { name: text("name")?, version, dev, ..Package::default() })
}
