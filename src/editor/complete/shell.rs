//! The command that is being typed in a RUN.

use super::Finder;
use super::packages::Source;

/// Programs that install packages, and the words after which their names stand.
const INSTALLERS: [(&[&str], &[&str], Source); 6] = [
    (&["apt-get", "apt", "aptitude"], &["install"], Source::Apt),
    (&["apk"], &["add"], Source::Apk),
    (&["npm", "pnpm", "yarn", "bun"], &["install", "i", "add"], Source::Npm),
    (&["pip", "pip3", "uv", "poetry", "pipenv"], &["install", "add"], Source::Pip),
    (&["dnf", "yum", "microdnf"], &["install"], Source::Rpm),
    (&["pnpm", "yarn"], &["dlx"], Source::Npm),
];

impl Finder<'_> {
    /// Names of packages after a program that installs them.
    pub(super) fn script(&mut self, text: &str) {
        let command = text.rsplit(['\n', ';', '&', '|', '(']).next().unwrap_or("");
        let word = command.rsplit(char::is_whitespace).next().unwrap_or("");
        word.clone_into(&mut self.typed);
        let before: Vec<&str> = command[..command.len() - word.len()].split_whitespace().collect();
        let is_name = !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "-+._@/".contains(c))
            && !word.starts_with(['-', '.', '/']);
        // A requirements file, an index, a target.
        let is_value = before.last().is_some_and(|last| {
            last.starts_with('-')
                && matches!(*last, "-r" | "-c" | "-t" | "--target" | "--repository")
        });
        if let Some(source) = installer(&before).filter(|_| is_name && !is_value) {
            self.packages(source);
        }
    }
}

/// The installer whose packages stand after these words.
fn installer(words: &[&str]) -> Option<Source> {
    INSTALLERS.into_iter().find_map(|(programs, verbs, source)| {
        let program = words.iter().position(|word| programs.contains(word))?;
        words[program + 1..].iter().any(|word| verbs.contains(word)).then_some(source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installer_is_known_by_its_verb() {
        let of = |text: &str| installer(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(of("apt-get install -y --no-install-recommends git"), Some(Source::Apt));
        assert_eq!(of("apk --no-cache add"), Some(Source::Apk));
        assert_eq!(of("python -m pip install -U"), Some(Source::Pip));
        assert_eq!(of("sudo npm i -g"), Some(Source::Npm));
        assert_eq!(of("apt-get update"), None);
        assert_eq!(of("echo install apt-get"), None);
    }
}
