//! openSUSE's `zypper`.

use super::rpm::{self, Lean};
use super::{Invocation, Outcome, Tool, dnf};
use crate::filesystem::machine::Machine;

/// zypper.
pub const TOOL: Tool = Tool { commands: &["zypper"], run };

const CACHE: &str = "/var/cache/zypp";
const WITH_VALUE: [&str; 7] = ["-r", "--repo", "-p", "--plus-repo", "-t", "--type", "--from"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<String> = call
        .operands(&WITH_VALUE)
        .filter(|word| word.known)
        .map(|word| word.text.clone())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match &words[..] {
        ["install" | "in", names @ ..] => {
            rpm::metadata(machine, CACHE, "zypper");
            let lean = Lean { weak: call.has(&["--no-recommends"]), documents: false };
            // zypper throws the packages away once they are installed.
            names.iter().for_each(|name| rpm::install(machine, name, lean, None));
        }
        ["update" | "up" | "dist-upgrade" | "dup" | "patch", ..] => {
            rpm::metadata(machine, CACHE, "zypper");
            dnf::upgrade(machine);
        }
        ["refresh" | "ref", ..] => rpm::metadata(machine, CACHE, "zypper"),
        ["remove" | "rm", names @ ..] => names.iter().for_each(|name| rpm::remove(machine, name)),
        ["clean" | "cc", ..] => machine.remove(CACHE),
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn packages_stay_and_the_indexes_go_with_clean() {
        let kept = run(&[], "zypper --non-interactive install git && zypper rm git");
        assert!(bytes(&kept, "/var/cache/zypp") > 0 && !kept.has("/usr/(git)"));
        let lean = run(&[], "zypper -n in --no-recommends git && zypper clean -a");
        assert_eq!(bytes(&lean, "/var/cache/zypp"), 0);
        assert!(bytes(&lean, "/usr") < bytes(&run(&[], "zypper -n in git"), "/usr"));
    }
}
