//! `echo`, `printf`, `tee`, `sed -i`.

use super::{Invocation, Outcome, Stream, Tool, redirect};
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
            if call.is_known() { Outcome::printed(&text) } else { about(&text) }
        }
        "printf" => about(&call.joined()),
        "tee" => {
            let append = call.has_letter('a');
            call.operands(&[]).for_each(|file| redirect(machine, file, call.input.clone(), append));
            Outcome { output: call.input.clone(), ..Outcome::success() }
        }
        _ => {
            sed(call, machine);
            Outcome { output: call.input.clone(), ..Outcome::success() }
        }
    }
}

/// Text whose length is known only roughly.
fn about(text: &str) -> Outcome {
    let length = text.len() as u64;
    let bytes = crate::units::Range::new(length / 2, length, length * 4);
    Outcome {
        output: Some(Stream { bytes, text: None, ..Stream::text(text) }),
        ..Outcome::success()
    }
}

/// `sed -i` stores the files that it edits once more.
fn sed(call: &Invocation, machine: &mut Machine<'_>) {
    if call.texts().any(|flag| flag.starts_with("-i") || flag == "--in-place") {
        let script_is_flag = call.has(&["-e", "-f", "--expression"]);
        let files = call.operands(&["-e", "-f", "--expression"]).skip(usize::from(!script_is_flag));
        for file in files {
            let path = machine.resolve(&file.text);
            machine.store_again(&path, Some(Identity::of(("sed", call.joined()))));
        }
    }
}
