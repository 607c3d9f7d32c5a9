//! Scripts that install something, run from a file or from a pipe:
//! `curl https://sh.rustup.rs | sh -s -- -y`, `bash Miniconda3.sh -b -p /opt/conda`,
//! and `nvm install`.

use super::{Argument, Invocation, Outcome, Stream, Tool, archive, unknown};
use crate::data::{self, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// Shells that run a script whose text is not known.
pub const TOOL: Tool = Tool { commands: &["sh", "bash", "ash", "dash", "zsh"], run };
/// nvm, a function of the shell.
pub const NVM: Tool = Tool { commands: &["nvm"], run: nvm };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    if install(call, machine) { Outcome::success() } else { unknown(call, machine) }
}

/// Installs what a known script installs; false when it is not known.
pub fn install(call: &Invocation, machine: &mut Machine<'_>) -> bool {
    let file = call.operands(&["-p", "-m"]).next().filter(|file| file.known && file.text != "-");
    let entry = file.and_then(|file| machine.tree().get(&machine.resolve(&file.text)));
    let piped = call.input.as_ref().map(|input| input.what.clone());
    let address = entry.map(|entry| archive::address(Some(entry))).or(piped).unwrap_or_default();
    run_script(call, machine, &address)
}

/// Runs a program that was downloaded and is called by its path.
pub fn downloaded(call: &Invocation, machine: &mut Machine<'_>) -> bool {
    let address = archive::address(machine.tree().get(&machine.resolve(&call.name)));
    if call.name.ends_with("aws/install") {
        return aws(call, machine);
    }
    run_script(call, machine, &address)
}

fn run_script(call: &Invocation, machine: &mut Machine<'_>, address: &str) -> bool {
    let Some((known, folder)) =
        data::archive(address).and_then(|known| Some((known, known.installs?)))
    else {
        return false;
    };
    if call.value(&["--default-toolchain"]) == Some("none") {
        return true;
    }
    let folder = match call.value(&["-p", "--prefix", "--install-dir"]) {
        Some(folder) => machine.resolve(folder),
        None => target(machine, folder),
    };
    let downloads = (known.unpacked.expected as f64 * 0.35) as u64;
    machine.download(downloads, None);
    machine.spend(known.unpacked.expected as f64 / 50e6 + 2.0, 0.0, None);
    machine.unrepeatable = Some("an installer takes what is newest".to_owned());
    let name = address.trim_end_matches('/').rsplit('/').next().unwrap_or(address).to_owned();
    let output = Output {
        bytes: known.unpacked,
        files: known.files,
        kind: Kind::Package,
        compression: Compression(0.35),
        identity: Identity::of((address, call.joined())),
        label: Some(format!("installed by {name}").into()),
        evidence: known.evidence(&format!("what {name} installs")),
    };
    machine.write(&format!("{}/({name})", folder.trim_end_matches('/')), output);
    true
}

/// `VARIABLE|FOLDER`: the folder that the variable names, else the one given.
fn target(machine: &Machine<'_>, folder: &str) -> String {
    let (variable, folder) = folder.split_once('|').unwrap_or(("", folder));
    machine.variable(variable).unwrap_or_else(|| machine.resolve(folder))
}

/// `aws/install` copies what was unpacked to its own place.
fn aws(call: &Invocation, machine: &mut Machine<'_>) -> bool {
    let Some((group, entry)) = archive::holding(machine, &machine.resolve(&call.name)) else {
        return false;
    };
    let folder = call.value(&["-i", "--install-dir"]).unwrap_or("/usr/local/aws-cli").to_owned();
    let name = group.rsplit('/').next().unwrap_or("(aws)").to_owned();
    let folder = machine.resolve(&folder);
    machine.put(format!("{folder}/{name}").into(), entry);
    true
}

/// `nvm install VERSION` unpacks a release of Node.js below `$NVM_DIR`.
fn nvm(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let mut words = call.operands(&[]).map(|word| word.text.clone());
    if words.next().as_deref() != Some("install") {
        return Outcome::success();
    }
    let version = words.next().unwrap_or_else(|| "node".to_owned());
    let home = machine.variable("NVM_DIR").unwrap_or_else(|| machine.resolve("~/.nvm"));
    let address = format!("https://nodejs.org/dist/{version}/node-{version}-linux-x64.tar.xz");
    let Some(known) = data::archive(&address) else { return Outcome::success() };
    machine.download(known.packed.expected, None);
    let seconds = known.unpacked.expected as f64 / fact("unpack.bytes_per_second").expected;
    machine.spend(seconds, 0.0, None);
    // The archive stays in nvm's cache.
    let bytes = known.unpacked + known.packed;
    let output = Output {
        bytes,
        files: known.files,
        kind: Kind::Package,
        compression: Compression(0.33),
        identity: Identity::of(("nvm", &version)),
        label: Some(format!("Node.js {version} and nvm's cache of it").into()),
        evidence: known.evidence("what nvm installs"),
    };
    machine.write(&format!("{home}/versions/node/({version})"), output);
    Outcome::success()
}

/// The text that a shell reads from a pipe or a heredoc, where it is known.
pub fn piped_script<'c>(arguments: &[Argument], input: Option<&'c Stream>) -> Option<&'c str> {
    let reads = arguments.iter().all(|argument| argument.text.starts_with('-'));
    input?.text.as_deref().filter(|_| reads)
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn piped_installers_install() {
        let rust = run(&[], "curl -sSf https://sh.rustup.rs | sh -s -- -y");
        assert!(bytes(&rust, "/root/.rustup") > 400_000_000);
        let moved = run(
            &[],
            "export POETRY_HOME=/opt/poetry; curl -sSL https://install.python-poetry.org | python3 -",
        );
        assert!(bytes(&moved, "/opt/poetry") > 20_000_000);
    }

    #[test]
    fn a_downloaded_installer_takes_its_prefix() {
        let tree = run(
            &[],
            "wget -q https://repo.example/Miniconda3-latest-Linux-x86_64.sh -O /tmp/m.sh && \
             bash /tmp/m.sh -b -p /opt/conda && rm /tmp/m.sh",
        );
        assert!(bytes(&tree, "/opt/conda") > 300_000_000);
        assert_eq!(bytes(&tree, "/tmp"), 0);
    }

    #[test]
    fn the_command_line_of_aws_is_stored_twice_until_it_is_removed() {
        let script = "curl https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip -o a.zip && \
                      unzip -q a.zip && ./aws/install";
        let kept = run(&[], script);
        assert_eq!(bytes(&kept, "/app/(a.zip)"), bytes(&kept, "/usr/local/aws-cli"));
        let lean = run(&[], &format!("{script} && rm -rf aws a.zip"));
        assert_eq!(bytes(&lean, "/app"), 0);
    }

    #[test]
    fn text_in_a_heredoc_is_run() {
        assert!(run(&[], "sh <<E\nmkdir -p /a/b\nE").has("/a/b"));
        assert!(run(&[], "echo 'mkdir -p /a/b' | bash -e").has("/a/b"));
    }
}
