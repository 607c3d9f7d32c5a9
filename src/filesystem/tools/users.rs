//! `useradd`, `adduser`, `groupadd` and relatives.

use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// Commands that change `/etc/passwd` and what belongs to it.
pub const TOOL: Tool = Tool {
    commands: &[
        "useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "deluser", "userdel",
        "passwd", "chpasswd", "gpasswd",
    ],
    run,
};

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    machine.write(
        "/etc/(accounts)",
        Output {
            bytes: fact("users.etc.bytes").bytes(),
            files: 6,
            kind: Kind::Os,
            compression: Compression(0.3),
            identity: Identity::of(("accounts", call.joined())),
            label: Some("account files in /etc".into()),
            evidence: fact("users.etc.bytes")
                .evidence("passwd, group, shadow and their backups are written whole"),
        },
    );
    let named = call
        .operands(&[
            "-u", "-g", "-G", "-s", "-d", "-c", "-h", "--uid", "--gid", "--home", "--shell",
        ])
        .last();
    let makes_home = call.has_letter('m')
        || call.has(&["--create-home"])
        || (call.command() == "adduser" && !call.has_letter('H'));
    if let Some(name) = named.filter(|name| makes_home && name.known) {
        let home = call
            .value(&["-d", "-h", "--home"])
            .map_or(format!("/home/{}", name.text), str::to_owned);
        machine.make_folder(&home);
    }
    Outcome::success()
}
