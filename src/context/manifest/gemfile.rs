//! `Gemfile`: the gems and the groups that they are in.

use super::Package;

/// Groups that an image leaves out.
const DEVELOPMENT: [&str; 2] = ["development", "test"];

/// Reads `gem` lines; `dev` is set where all groups are development's.
pub(super) fn read(text: &str) -> Vec<Package> {
    let mut gems = Vec::new();
    // Open blocks: true for groups of development.
    let mut blocks: Vec<bool> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or("").trim();
        if let Some(arguments) = line.strip_prefix("gem ").or_else(|| line.strip_prefix("gem(")) {
            let dev = blocks.contains(&true) || is_development(arguments, true);
            gems.extend(name(arguments).map(|name| Package { name, dev, ..Package::default() }));
        } else if line.ends_with(" do") || line.starts_with("if ") || line.starts_with("unless ") {
            blocks.push(line.starts_with("group") && is_development(line, false));
        } else if line == "end" {
            blocks.pop();
        }
    }
    gems
}

/// The first quoted word.
fn name(arguments: &str) -> Option<String> {
    let quote = arguments.chars().find(|c| matches!(c, '"' | '\''))?;
    arguments.split(quote).nth(1).map(str::to_owned)
}

/// Whether the groups that are named are all development's; `keyed`: only
/// words after `group:` are groups.
fn is_development(text: &str, keyed: bool) -> bool {
    let groups = match keyed {
        false => text,
        true => match text.split_once("group:").or_else(|| text.split_once("groups:")) {
            Some((_, groups)) => groups,
            None => return false,
        },
    };
    let mut symbols = groups
        .split(':')
        .skip(1)
        .map(|word| word.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
        .filter(|word| !word.is_empty())
        .peekable();
    symbols.peek().is_some() && symbols.all(|word| DEVELOPMENT.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_blocks_are_followed() {
        let text = "source 'x'\ngem \"rails\", \"~> 7\" # comment\ngem 'a', group: [:development, :test]\n\
                    gem 'b', groups: [:default, :test]\ngroup :production do\n  gem 'c'\nend\n\
                    group :test do\n  platforms :ruby do\n    gem 'd'\n  end\nend\ngem 'e'\n";
        let read: Vec<(String, bool)> =
            read(text).into_iter().map(|gem| (gem.name, gem.dev)).collect();
        let names = |dev: bool| -> Vec<&str> {
            read.iter().filter(|(_, is)| *is == dev).map(|(name, _)| name.as_str()).collect()
        };
        assert_eq!(names(false), ["rails", "b", "c", "e"]);
        assert_eq!(names(true), ["a", "d"]);
    }
}
