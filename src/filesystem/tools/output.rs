//! `echo`, `printf`, `tee`, `sed -i`.

use super::{Invocation, Outcome, Stream, Tool, filter, redirect};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;

/// Commands that print or edit text.
pub const TOOL: Tool = Tool { commands: &["echo", "printf", "tee", "sed"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    match call.command() {
        "echo" => {
            let words: Vec<&str> = call
                .texts()
                .skip_while(|word| matches!(*word, "-n" | "-e" | "-ne" | "-en"))
                .collect();
            let text = format!("{}\n", words.join(" "));
            if call.is_known() { Outcome::printed(&text) } else { about(&text, call, machine) }
        }
        "printf" => about(&call.joined(), call, machine),
        "tee" => {
            let append = call.has_letter('a');
            call.operands(&[]).for_each(|file| redirect(machine, file, call.input.clone(), append));
            Outcome { output: call.input.clone(), ..Outcome::success() }
        }
        _ => {
            if call.texts().any(|flag| flag.starts_with("-i") || flag == "--in-place") {
                edit(call, machine);
                return Outcome::success();
            }
            let scripts = usize::from(!call.has(&SCRIPT));
            Outcome { output: filter::output(call, machine, scripts), ..Outcome::success() }
        }
    }
}

/// Text whose length is known only roughly. What is not known of it may be
/// another each time.
fn about(text: &str, call: &Invocation, machine: &Machine<'_>) -> Outcome {
    let unknown = (!call.is_known()).then_some(machine.step);
    let length = text.len() as u64;
    let bytes = crate::units::Range::new(length / 2, length, length * 4);
    let identity = Identity::of((text, unknown));
    Outcome {
        output: Some(Stream { bytes, identity, text: None, ..Stream::text(text) }),
        ..Outcome::success()
    }
}

/// Flags of sed that give its script.
const SCRIPT: [&str; 4] = ["-e", "-f", "--expression", "--file"];

/// `sed -i` stores the files that it edits once more.
fn edit(call: &Invocation, machine: &mut Machine<'_>) {
    let files = call.operands(&SCRIPT).skip(usize::from(!call.has(&SCRIPT)));
    for file in files {
        let path = machine.resolve(&file.text);
        machine.store_again(&path, Some(Identity::of(("sed", call.joined()))));
    }
}
