//! The variables that a step sees.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::syntax::Variables;

/// ENV and ARG values in scope, shared between steps until one changes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    env: Rc<BTreeMap<String, String>>,
    arguments: Rc<BTreeMap<String, String>>,
}

/// Build arguments that every RUN may read without an ARG and that do not
/// count for the cache (BuildKit's proxy arguments).
const PROXY_ARGUMENTS: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "no_proxy",
    "all_proxy",
];

impl Environment {
    /// Sets an environment variable of the image.
    pub fn set_env(&mut self, name: &str, value: &str) {
        Rc::make_mut(&mut self.env).insert(name.to_owned(), value.to_owned());
    }

    /// The value of an environment variable of the image.
    pub fn get_env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    /// Sets a build argument of the stage.
    pub fn set_argument(&mut self, name: &str, value: &str) {
        Rc::make_mut(&mut self.arguments).insert(name.to_owned(), value.to_owned());
    }

    /// The environment that a stage built on this one starts with: build
    /// arguments do not cross FROM.
    pub fn inherited(&self) -> Self {
        Self { env: Rc::clone(&self.env), arguments: Rc::default() }
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.env.keys().chain(self.arguments.keys()).map(String::as_str)
    }

    /// What a RUN's cache key holds of it, in a fixed order: all of ENV, and
    /// the build arguments that ENV does not shadow.
    pub fn keyed(&self) -> impl Iterator<Item = (&str, &str)> {
        let arguments = self.arguments.iter().filter(|(name, _)| {
            !self.env.contains_key(*name) && !PROXY_ARGUMENTS.contains(&name.as_str())
        });
        self.env.iter().chain(arguments).map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Variables for Environment {
    fn get(&self, name: &str) -> Option<&str> {
        self.env.get(name).or_else(|| self.arguments.get(name)).map(String::as_str)
    }
}
