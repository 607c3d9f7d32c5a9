//! The shell's builtins, and commands that only read.

use super::{Invocation, Outcome, Tool, filter};
use crate::data::PackageManager;
use crate::filesystem::machine::Machine;

/// `cd`, `test`, `set` and the like.
pub const TOOL: Tool = Tool {
    commands: &[
        ":",
        "true",
        "false",
        "cd",
        "pushd",
        "popd",
        "pwd",
        "set",
        "shopt",
        "export",
        "readonly",
        "local",
        "declare",
        "unset",
        "command",
        "which",
        "type",
        "hash",
        "alias",
        "trap",
        "ulimit",
        "umask",
        "wait",
        "read",
        "return",
        "shift",
        "sleep",
        "source",
        ".",
        "ls",
        "find",
        "stat",
        "du",
        "df",
        "file",
        "diff",
        "gpg",
        "gpgv",
        "gpgconf",
        "id",
        "whoami",
        "getent",
        "uname",
        "arch",
        "nproc",
        "getconf",
        "date",
        "hostname",
        "env",
        "printenv",
        "basename",
        "dirname",
        "realpath",
        "readlink",
        "ldconfig",
        "update-ca-certificates",
        "ldd",
        "strip",
        "kill",
        "ps",
        "seq",
        "expr",
        "openssl",
        "dpkg-query",
        "dpkg-reconfigure",
        "locale-gen",
        "update-locale",
        "update-alternatives",
        "apt-mark",
        "apt-key",
        "apt-config",
        "corepack",
        "mktemp",
        "patch",
        "sync",
        "exit",
        "cmp",
        "let",
        "scanelf",
    ],
    run,
};

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let first = call.arguments.first();
    match call.command() {
        "false" => Outcome::tested(Some(false)),
        "cd" | "pushd" => {
            match first {
                None => machine.folder = machine.home(),
                Some(folder) if folder.known && folder.text != "-" => machine.folder = machine.resolve(&folder.text),
                Some(_) => machine.assume("`cd` to a folder that is not known: paths after it are relative to the one before."),
            }
            Outcome::success()
        }
        "pwd" => Outcome::printed(&machine.folder.clone()),
        "export" | "readonly" | "local" | "declare" => {
            for argument in call.operands(&[]) {
                if let Some((name, value)) = argument.text.split_once('=') {
                    machine.set_variable(name, argument.known.then(|| value.to_owned()));
                }
            }
            Outcome::success()
        }
        "unset" => {
            call.operands(&[])
                .for_each(|name| machine.set_variable(&name.text, Some(String::new())));
            Outcome::success()
        }
        "command" | "which" | "type" | "hash" => {
            let name = call.operands(&[]).last().map(|name| name.text.clone()).unwrap_or_default();
            Outcome { status: has_command(&name, machine).into(), output: None }
        }
        "uname" => match first.map(|flag| &*flag.text) {
            None | Some("-s") => Outcome::printed("Linux"),
            Some("-m") => Outcome::printed("x86_64"),
            Some(_) => Outcome::success(),
        },
        "arch" => Outcome::printed("x86_64"),
        "id" if call.operands(&[]).next().is_some() => Outcome::tested(None),
        "id" | "whoami" => {
            let user = if machine.user().is_empty() {
                "root".to_owned()
            } else {
                machine.user().to_owned()
            };
            if call.command() == "whoami" { Outcome::printed(&user) } else { Outcome::success() }
        }
        "basename" | "dirname" => {
            let (folder, name) = match first.filter(|path| path.known) {
                Some(path) => path.text.rsplit_once('/').unwrap_or((".", &path.text)),
                None => return Outcome::success(),
            };
            Outcome::printed(if call.command() == "basename" { name } else { folder })
        }
        "date" => {
            machine.unrepeatable = Some("it reads the clock".to_owned());
            Outcome::success()
        }
        // They are asked whether something is so, which is not known.
        "grep" | "egrep" if call.has_letter('q') => Outcome::tested(None),
        "getent" | "cmp" | "diff" => Outcome::tested(None),
        // `find PATH … -delete` and its relatives remove what they name; how
        // much that is, nobody knows without the files.
        "find" if call.has(&["-delete", "-exec"]) => {
            machine.assume("`find` with an action: taken to remove little.");
            machine.spend(1.0, 0.0, None);
            Outcome::success()
        }
        "ls" | "find" => Outcome { output: filter::names(call, machine), ..Outcome::success() },
        _ => Outcome::success(),
    }
}

/// Whether a command can be found; `None` when that is not known.
fn has_command(name: &str, machine: &Machine<'_>) -> Option<bool> {
    let image = machine.world.image;
    if image.tools.iter().any(|tool| tool == name) || machine.tree().has(&format!("/usr/({name})"))
    {
        return Some(true);
    }
    match name {
        "apt-get" | "apt" | "dpkg" => Some(image.package_manager == PackageManager::Apt),
        "apk" => Some(image.package_manager == PackageManager::Apk),
        _ => None,
    }
}
