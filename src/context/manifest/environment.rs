//! `environment.yml`, conda's.

/// A conda environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `name`.
    pub name: Option<String>,
    /// `dependencies` of conda, as written: `numpy=1.26`.
    pub packages: Vec<String>,
    /// Those below `pip:`, as written.
    pub pip: Vec<String>,
}

/// Reads the lists; the file is YAML in the one layout that all of them have.
pub(super) fn read(text: &str) -> Environment {
    let mut environment = Environment::default();
    let (mut inside, mut pip) = (false, None);
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or("").trim_end();
        let indent = line.len() - line.trim_start().len();
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if !content.starts_with('-') {
            inside = content == "dependencies:";
            if let Some(name) = content.strip_prefix("name:").filter(|_| indent == 0) {
                environment.name = Some(name.trim().trim_matches(['"', '\'']).to_owned());
            }
            continue;
        }
        if !inside {
            continue;
        }
        let item = content.trim_start_matches('-').trim().trim_matches(['"', '\'']);
        match pip {
            Some(depth) if indent > depth => environment.pip.push(item.to_owned()),
            _ if item == "pip:" => pip = Some(indent),
            _ => {
                pip = None;
                environment.packages.push(item.to_owned());
            }
        }
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_conda_and_of_pip_are_told_apart() {
        let read = read(
            "# made by hand\nname: \"lab\"\nchannels:\n- defaults\ndependencies:\n- python=3.11\n- pip:\n  \
             - flask==3 # web\n  - -r extra.txt\n- 'gdal'\nprefix: /x\n",
        );
        assert_eq!(read.name.as_deref(), Some("lab"));
        assert_eq!(read.packages, ["python=3.11", "gdal"]);
        assert_eq!(read.pip, ["flask==3", "-r extra.txt"]);
    }
}
