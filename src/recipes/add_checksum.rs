//! Holds what ADD downloads to a checksum.

use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Operation, Step};
use crate::report::Applicability;
use crate::syntax::Keyword;

/// Applies to an ADD of one file by its address. It must not apply where the
/// address has variables (each value has a checksum of its own). The checksum
/// cannot be known here, so the build has to be given it: off unless it is
/// switched on.
pub const RECIPE: Recipe = Recipe {
    id: "add-checksum",
    title: "Hold downloads to their checksum",
    why: "An address can serve another file tomorrow. With --checksum the build stops when it does, and where it does not, the cache answers without a download. The build needs the checksum as an argument.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let steps = analysis.graph.stages.iter().flat_map(|stage| &stage.steps);
    let downloads: Vec<(&Step, &str)> =
        steps.filter_map(|step| Some((step, download(analysis, step)?))).collect();
    let mut edits = Vec::new();
    let mut arguments = Vec::new();
    for (step, address) in &downloads {
        let instruction = analysis.instruction(step);
        let name = argument(address);
        let declare = format!("{} {name}", analysis.keyword("ARG"));
        edits.push(analysis.insert_before(instruction, &[declare]));
        let flag = format!(" --checksum=sha256:${{{name}}}");
        edits.push(Edit::insert(instruction.keyword.span.end, flag));
        arguments.push(format!(
            "--build-arg {name}=$(curl -fsSL {address} | sha256sum | cut -d' ' -f1)"
        ));
    }
    let verify = format!("docker build {} .", arguments.join(" "));
    Rewrite::of(edits, Some(verify))
}

/// The address of the one file that an ADD downloads unchecked.
fn download<'a>(analysis: &Analysis<'_>, step: &'a Step) -> Option<&'a str> {
    let Operation::Copy(copy) = &step.operation else { return None };
    let instruction = analysis.instruction(step);
    let [address] = &copy.sources[..] else { return None };
    let is_file = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme))
        && !address.split(['#', '?']).next().is_some_and(|path| path.ends_with(".git"))
        && address.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/%+".contains(c));
    let plain = instruction.keyword.value == Keyword::Add
        && copy.checksum.is_none()
        && !instruction.arguments.text.contains('$');
    (plain && is_file).then_some(address)
}

/// The build argument for a file's checksum: `TOOL_1_2_TAR_GZ_SHA256`.
fn argument(address: &str) -> String {
    let name = address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = name.chars().map(letter).collect();
    let first = if name.starts_with(|c: char| c.is_ascii_digit()) { "FILE_" } else { "" };
    format!("{first}{name}_SHA256")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, project};

    const TOOL: &str = "FROM a:1\n# The tool\nADD https://example.org/tool-1.2.tar.gz /opt/\n";

    #[test]
    fn the_checksum_comes_from_outside() {
        let expected = "FROM a:1\nARG TOOL_1_2_TAR_GZ_SHA256\n# The tool\n\
            ADD --checksum=sha256:${TOOL_1_2_TAR_GZ_SHA256} https://example.org/tool-1.2.tar.gz /opt/\n";
        assert_eq!(after(&RECIPE, TOOL).as_deref(), Some(expected));
    }

    #[test]
    fn the_command_reads_it_from_the_address() {
        let project = project(TOOL);
        let rewrite = rewrite(&Analysis::new(&project)).expect("it applies");
        let verify = rewrite.verify.expect("it says how");
        assert!(verify.contains("curl -fsSL https://example.org/tool-1.2.tar.gz |"), "{verify}");
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM a:1\nADD --checksum=sha256:00 https://example.org/a /a\n",
            "FROM a:1\nARG V=1\nADD https://example.org/a-$V /a\n",
            "FROM a:1\nADD https://example.org/a.git /a\n",
            "FROM a:1\nADD https://example.org/a;id /a\n",
            "FROM a:1\nADD a.tar.gz /a\n",
            "FROM a:1\nCOPY a /a\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
    }
}
