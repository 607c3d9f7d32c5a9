//! Browsers that `playwright install` and `puppeteer browsers install` fetch.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Kind;

/// Playwright's own command, of Node.js and of Python.
pub const TOOL: Tool = Tool { commands: &["playwright"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&[]).map(|word| &*word.text).collect();
    install(machine, &words, call.has(&["--with-deps"]));
    Outcome::success()
}

/// Runs the words after `playwright`; true when they install something.
pub fn install(machine: &mut Machine<'_>, words: &[&str], with_libraries: bool) -> bool {
    let ["install" | "install-deps", browsers @ ..] = words else { return false };
    let folder = machine.variable("PLAYWRIGHT_BROWSERS_PATH").filter(|path| path != "0");
    let folder = folder.unwrap_or_else(|| project::inside(&machine.home(), ".cache/ms-playwright"));
    let all = ["chromium", "firefox", "webkit"];
    let browsers = if browsers.is_empty() { &all[..] } else { browsers };
    if words[0] == "install" {
        for browser in browsers {
            let size = match *browser {
                "chromium" | "chrome" => fact("browser.chromium.bytes"),
                "firefox" => fact("browser.firefox.bytes"),
                _ => fact("browser.webkit.bytes"),
            };
            let path = project::inside(&folder, browser);
            fetch(machine, &path, size, &format!("{browser} that Playwright downloads"));
        }
    }
    if with_libraries || words[0] == "install-deps" {
        let size = fact("browser.libraries.bytes");
        fetch(machine, "/usr/(browser libraries)", size, "libraries that browsers need");
    }
    true
}

/// Downloads a browser.
pub fn fetch(machine: &mut Machine<'_>, path: &str, size: crate::data::Fact, what: &str) {
    machine.download((size.expected * 0.4) as u64, None);
    machine.spend(size.expected / fact("unpack.bytes_per_second").expected, 0.0, None);
    let content = Content {
        size,
        factor: 1.0,
        files: 300,
        kind: Kind::Package,
        compression: 0.4,
        identity: Identity::of(("browser", what)),
        what,
    };
    content.write(machine, path);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn browsers_are_weighed_however_they_are_asked_for() {
        let one = run(&[], "npx playwright install chromium");
        let all = run(&[], "playwright install");
        let python = run(&[], "python -m playwright install --with-deps chromium");
        let cache = "/root/.cache/ms-playwright";
        assert!(bytes(&one, cache) > 200_000_000 && bytes(&all, cache) > bytes(&one, cache));
        assert_eq!(bytes(&python, cache), bytes(&one, cache));
        assert!(bytes(&python, "/usr") > 0);
        assert!(
            run(&[], "PLAYWRIGHT_BROWSERS_PATH=/b && npx -y playwright@1.40 install").has("/b")
        );
    }
}
