//! The values of RUN's `--mount` and `--device`.

use super::go::{csv_fields, parse_bool, quote};
use super::suggest::did_you_mean;
use crate::decimal;

/// The kinds of mounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// Files of the context, a stage or an image.
    #[default]
    Bind,
    /// A directory that outlives the build.
    Cache,
    /// A file system in memory.
    Tmpfs,
    /// A secret file or variable.
    Secret,
    /// The SSH agent's socket.
    Ssh,
}

/// A mount of a RUN. Text is as written: it may hold variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mount {
    /// `type`; bind if there is none.
    pub kind: MountKind,
    /// True if the type holds a variable, and `kind` says nothing.
    pub kind_unknown: bool,
    /// `from`: a stage, a context or an image.
    pub from: Option<String>,
    /// `source` or `src`.
    pub source: Option<String>,
    /// `target`, `dst` or `destination`.
    pub target: Option<String>,
    /// `id`.
    pub id: Option<String>,
    /// `sharing`: `shared`, `private` or `locked`.
    pub sharing: Option<String>,
    /// `readonly`, `ro`, or the opposite of `readwrite`, `rw`.
    pub read_only: Option<bool>,
    /// `required`.
    pub required: bool,
    /// `size`.
    pub size: Option<String>,
    /// `mode`, octal.
    pub mode: Option<String>,
    /// `uid`.
    pub uid: Option<String>,
    /// `gid`.
    pub gid: Option<String>,
    /// `env`: the variable that holds the secret.
    pub env: Option<String>,
}

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountError {
    /// In BuildKit's terms.
    pub message: String,
    /// The likely fix.
    pub help: Option<String>,
}

type Check = Result<(), MountError>;

const KINDS: [(&str, MountKind); 5] = [
    ("bind", MountKind::Bind),
    ("cache", MountKind::Cache),
    ("tmpfs", MountKind::Tmpfs),
    ("secret", MountKind::Secret),
    ("ssh", MountKind::Ssh),
];

/// The values of `sharing`.
pub(crate) const SHARING: [&str; 3] = ["shared", "private", "locked"];

const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

impl MountKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Bind, Self::Cache, Self::Tmpfs, Self::Secret, Self::Ssh];

    /// The options that a mount of this kind takes besides `type`, the usual
    /// ones first; of several spellings of one, the first.
    pub fn options(self) -> &'static [&'static str] {
        match self {
            Self::Bind => &["target", "source", "from", "rw"],
            Self::Cache => {
                &["target", "id", "sharing", "from", "source", "readonly", "mode", "uid", "gid"]
            }
            Self::Tmpfs => &["target", "size"],
            Self::Secret => &["id", "target", "env", "required", "mode", "uid", "gid"],
            Self::Ssh => &["id", "target", "required", "mode", "uid", "gid"],
        }
    }

    /// The name as in `type=`.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    fn takes_required(self) -> bool {
        matches!(self, Self::Secret | Self::Ssh)
    }

    fn takes_owner(self) -> bool {
        matches!(self, Self::Secret | Self::Ssh | Self::Cache)
    }
}

fn refuse<T>(message: String) -> Result<T, MountError> {
    Err(MountError { message, help: None })
}

/// Values with variables are known only when they are expanded.
fn is_known(value: &str) -> bool {
    !value.contains('$')
}

impl Mount {
    /// Reads the value of `--mount`. What variables hide is not checked.
    pub fn parse(value: &str) -> Result<Self, MountError> {
        let Some(fields) = csv_fields(value) else {
            return refuse("failed to parse csv mounts: bare \" in non-quoted-field".to_owned());
        };
        let mut mount = Self::default();
        for field in fields {
            match field.split_once('=') {
                Some((key, value)) => mount.set(&field, &key.to_ascii_lowercase(), value)?,
                None => mount.set_switch(&field)?,
            }
        }
        mount.check_owner()?;
        mount.check_secret()?;
        mount.check_sharing()?;
        Ok(mount)
    }

    /// True if the build cannot write to it.
    pub fn is_read_only(&self) -> bool {
        let writable = matches!(self.kind, MountKind::Cache | MountKind::Tmpfs);
        self.read_only.unwrap_or(!writable)
    }

    fn set_switch(&mut self, field: &str) -> Check {
        match field.to_ascii_lowercase().as_str() {
            "readonly" | "ro" => self.read_only = Some(true),
            "readwrite" | "rw" => self.read_only = Some(false),
            "required" => {
                self.expect_kind("required", MountKind::takes_required)?;
                self.required = true;
            }
            _ => return refuse(format!("invalid field '{field}' must be a key=value pair")),
        }
        Ok(())
    }

    fn set(&mut self, field: &str, key: &str, value: &str) -> Check {
        let text = Some(value.to_owned());
        match key {
            "type" => self.set_kind(value)?,
            "from" => {
                check_from(value)?;
                self.from = text;
            }
            "source" | "src" => self.source = text,
            "target" | "dst" | "destination" => self.target = text,
            "readonly" | "ro" => self.read_only = boolean(key, value)?,
            "readwrite" | "rw" => self.read_only = boolean(key, value)?.map(|write| !write),
            "required" => {
                self.expect_kind(key, MountKind::takes_required)?;
                self.required = boolean(key, value)?.unwrap_or(true);
            }
            "size" => {
                self.expect_kind(key, |kind| kind == MountKind::Tmpfs)?;
                check_size(key, value)?;
                self.size = text;
            }
            "id" => self.id = text,
            "sharing" => {
                check_sharing_mode(value)?;
                self.sharing = text;
            }
            "mode" => {
                check_number(key, value, 8)?;
                self.mode = text;
            }
            "uid" => {
                check_number(key, value, 10)?;
                self.uid = text;
            }
            "gid" => {
                check_number(key, value, 10)?;
                self.gid = text;
            }
            "env" => self.env = text,
            _ => {
                let message = format!("unexpected key '{key}' in '{field}'");
                return Err(MountError { message, help: did_you_mean(key, KEYS) });
            }
        }
        Ok(())
    }

    fn set_kind(&mut self, value: &str) -> Check {
        self.kind_unknown = !is_known(value);
        if self.kind_unknown {
            return Ok(());
        }
        let lower = value.to_ascii_lowercase();
        match KINDS.iter().find(|(name, _)| *name == lower) {
            Some((_, kind)) => self.kind = *kind,
            None => {
                let message = format!("unsupported mount type {}", quote(value));
                let names = KINDS.map(|(name, _)| name);
                let help = did_you_mean(value, names)
                    .or_else(|| Some(format!("the types are {}", names.join(", "))));
                return Err(MountError { message, help });
            }
        }
        Ok(())
    }

    fn expect_kind(&self, key: &str, fits: fn(MountKind) -> bool) -> Check {
        if self.kind_unknown || fits(self.kind) {
            return Ok(());
        }
        refuse(format!("unexpected key '{key}' for mount type '{}'", self.kind.name()))
    }

    fn check_owner(&self) -> Check {
        let owner = [("mode", &self.mode), ("uid", &self.uid), ("gid", &self.gid)];
        let Some((key, _)) = owner.into_iter().find(|(_, value)| value.is_some()) else {
            return Ok(());
        };
        if self.kind_unknown || self.kind.takes_owner() {
            return Ok(());
        }
        refuse(format!("{key} not allowed for {} type mounts", quote(self.kind.name())))
    }

    fn check_secret(&self) -> Check {
        if self.kind != MountKind::Secret || self.kind_unknown {
            return Ok(());
        }
        let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        if given(&self.from) {
            return refuse("secret mount should not have a from".to_owned());
        }
        if given(&self.sharing) {
            return refuse("secret mount should not define sharing".to_owned());
        }
        if ![&self.source, &self.target, &self.id].into_iter().any(given) {
            let message = "invalid secret mount. one of source, target required".to_owned();
            return Err(MountError { message, help: Some("add id=<name>".to_owned()) });
        }
        if given(&self.source) && given(&self.id) {
            return refuse("both source and id can't be set".to_owned());
        }
        Ok(())
    }

    fn check_sharing(&self) -> Check {
        if self.sharing.is_none() || self.kind_unknown || self.kind == MountKind::Cache {
            return Ok(());
        }
        refuse(format!("invalid cache sharing set for {} mount", self.kind.name()))
    }
}

fn check_from(value: &str) -> Check {
    match value.find('$') {
        Some(dollar) if dollar + 1 < value.len() => Err(MountError {
            message: "'from' doesn't support variable expansion, define alias stage instead"
                .to_owned(),
            help: Some(format!("add `FROM {value} AS <name>` and write from=<name>")),
        }),
        _ => Ok(()),
    }
}

/// `None` if a variable hides it.
fn boolean(key: &str, value: &str) -> Result<Option<bool>, MountError> {
    match parse_bool(value) {
        None if is_known(value) => refuse(format!("invalid value for {key}: {value}")),
        parsed => Ok(parsed),
    }
}

fn check_number(key: &str, value: &str, radix: u32) -> Check {
    let digits = value.chars().all(|c| c.is_digit(radix));
    if !is_known(value) || (digits && u32::from_str_radix(value, radix).is_ok()) {
        return Ok(());
    }
    refuse(format!("invalid value {value} for {key}"))
}

fn check_sharing_mode(value: &str) -> Check {
    if !is_known(value) || SHARING.contains(&value.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    let message = format!("unsupported sharing value {}", quote(value));
    Err(MountError { message, help: did_you_mean(value, SHARING) })
}

/// A size such as `64m` or `1.5GiB`.
fn check_size(key: &str, value: &str) -> Check {
    let number_end = value.rfind(|c: char| c.is_ascii_digit() || c == '.').map_or(0, |at| at + 1);
    let (number, unit) = value.split_at(number_end);
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or(unit.strip_suffix('b')).unwrap_or(&unit);
    let fits = matches!(unit, "" | "k" | "m" | "g" | "t" | "p")
        && decimal::parse(number).is_some_and(|size| size >= 0.0);
    match fits || !is_known(value) {
        true => Ok(()),
        false => refuse(format!("invalid value for {key}: {value}")),
    }
}

/// Checks the value of `--device`.
pub(super) fn check_device(value: &str) -> Check {
    let Some(fields) = csv_fields(value) else {
        return refuse("failed to parse csv devices: bare \" in non-quoted-field".to_owned());
    };
    let mut name: Option<&str> = None;
    for field in &fields {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_ascii_lowercase(), Some(value)),
            None => (field.to_ascii_lowercase(), None),
        };
        match (key.as_str(), value, name) {
            ("required", None, _) => {}
            ("name", Some(_), Some(name)) if !name.is_empty() => {
                return refuse(format!("device name already set to {name}"));
            }
            ("name", Some(value), _) => name = Some(value),
            ("required", Some(value), _) if parse_bool(value).is_some() => {}
            ("required", Some(value), _) => {
                return refuse(format!("invalid value for {key}: {value}"));
            }
            (_, _, None | Some("")) => name = Some(field),
            (_, None, _) => {
                return refuse(format!("invalid field '{field}' must be a key=value pair"));
            }
            (_, Some(_), _) => {
                let message = format!("unexpected key '{key}' in '{field}'");
                return Err(MountError { message, help: did_you_mean(&key, ["name", "required"]) });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &str) -> String {
        Mount::parse(value).unwrap_err().message
    }

    #[test]
    fn reads_all_kinds() {
        for value in [
            "target=/x,source=y,from=stage,rw",
            "type=cache,target=/x,sharing=locked,id=a,mode=0755,uid=1,gid=2,ro=false",
            "type=tmpfs,target=/x,size=64m",
            "type=secret,id=a,target=/x,required,mode=0400,env=TOKEN",
            "type=SSH,required=true",
            "type=$KIND,size=1",
        ] {
            assert!(Mount::parse(value).is_ok(), "{value}");
        }
        let cache = Mount::parse("type=cache,dst=/x").unwrap();
        assert_eq!((cache.kind, cache.is_read_only()), (MountKind::Cache, false));
    }

    #[test]
    fn refuses_what_buildkit_refuses() {
        assert_eq!(message("type=cash"), r#"unsupported mount type "cash""#);
        assert_eq!(message("tagret=/x"), "unexpected key 'tagret' in 'tagret=/x'");
        assert_eq!(message("size=1"), "unexpected key 'size' for mount type 'bind'");
        assert_eq!(message("mode=0777"), r#"mode not allowed for "bind" type mounts"#);
        assert_eq!(message("type=secret"), "invalid secret mount. one of source, target required");
        assert_eq!(message("sharing=locked"), "invalid cache sharing set for bind mount");
        assert_eq!(message("foo"), "invalid field 'foo' must be a key=value pair");
        assert_eq!(message("type=cache,uid=+1"), "invalid value +1 for uid");
        assert!(message("from=$X").starts_with("'from' doesn't support"));
    }

    #[test]
    fn devices() {
        for value in ["vendor.com/gpu=all", "name=a,required", "a,required=false"] {
            assert!(check_device(value).is_ok(), "{value}");
        }
        for value in ["a,b", "a,b=c", "a,name=b", "required=x"] {
            assert!(check_device(value).is_err(), "{value}");
        }
    }
}
