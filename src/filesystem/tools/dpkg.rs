//! `dpkg`: packages from files.

use super::{Invocation, Outcome, Tool, archive, rpm};
use crate::data::fact;
use crate::filesystem::machine::Machine;

/// dpkg.
pub const TOOL: Tool = Tool { commands: &["dpkg"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    if call.has(&["--print-architecture"]) {
        return Outcome::printed("amd64");
    }
    let files: Vec<String> = call
        .operands(&[])
        .filter(|file| file.known && file.text.ends_with(".deb"))
        .map(|file| file.text.clone())
        .collect();
    if call.has(&["-i", "--install", "-x", "--extract"]) {
        for pattern in files {
            let pattern = machine.resolve(&pattern);
            for file in machine.tree().glob(&pattern) {
                let found = machine.tree().get(&file);
                let guess = fact("download.archive.bytes").bytes();
                let packed = found.map_or(guess, |entry| entry.bytes);
                let address = archive::address(found);
                rpm::install_file(machine, &file, packed, &address);
            }
        }
    }
    Outcome::success()
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn a_file_is_unpacked_and_stays_until_it_is_removed() {
        let kept = run(&[], "wget https://host/tool_1.0_amd64.deb && dpkg -i *.deb");
        assert!(bytes(&kept, "/usr/(tool_1.0_amd64.deb)") > bytes(&kept, "/app"));
        assert!(bytes(&kept, "/app") > 0);
        let known = run(
            &[],
            "curl -o c.deb https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb \
             && dpkg -i c.deb; rm c.deb",
        );
        assert!(bytes(&known, "/usr") > 200_000_000 && bytes(&known, "/app") == 0);
    }
}
