//! The variables that a step sees.
//!
//! BuildKit keeps ENV and ARG in one list, each variable at the place where it
//! was set last (client/llb, `EnvList`): an ARG hides an ENV above it, an ENV
//! hides an ARG above it, and the order is part of a RUN's cache key.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::syntax::Variables;

/// ENV and ARG values in scope, shared between steps until one changes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: Rc<BTreeMap<String, Variable>>,
    /// How often a variable was set so far.
    settings: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    value: String,
    /// When it was set last.
    set: u32,
    /// Its value in the image's configuration and when it came there first;
    /// `None` for what is a build argument only.
    in_image: Option<(String, u32)>,
}

impl Environment {
    /// Sets an environment variable of the image.
    pub fn set_env(&mut self, name: &str, value: &str) {
        let before = self.variables.get(name).and_then(|variable| variable.in_image.as_ref());
        let first = before.map_or(self.settings, |(_, first)| *first);
        self.set(name, value, Some((value.to_owned(), first)));
    }

    /// The value of an environment variable of the image.
    pub fn get_env(&self, name: &str) -> Option<&str> {
        let (value, _) = self.variables.get(name)?.in_image.as_ref()?;
        Some(value)
    }

    /// Sets a build argument of the stage.
    pub fn set_argument(&mut self, name: &str, value: &str) {
        let in_image = self.variables.get(name).and_then(|variable| variable.in_image.clone());
        self.set(name, value, in_image);
    }

    fn set(&mut self, name: &str, value: &str, in_image: Option<(String, u32)>) {
        let variable = Variable { value: value.to_owned(), set: self.settings, in_image };
        Rc::make_mut(&mut self.variables).insert(name.to_owned(), variable);
        self.settings += 1;
    }

    /// What a stage built on this one starts with: everything, those of the
    /// image's configuration set anew.
    pub fn inherited(&self) -> Self {
        let image = |(name, variable): (&String, &Variable)| {
            let (value, first) = variable.in_image.clone()?;
            Some((first, name.clone(), value))
        };
        let mut image: Vec<_> = self.variables.iter().filter_map(image).collect();
        image.sort_unstable();
        let mut inherited = self.clone();
        for (_, name, value) in image {
            inherited.set_env(&name, &value);
        }
        inherited
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// The variables with their values in the order in which they were set
    /// last, as a RUN's cache key holds them. The predefined proxy arguments
    /// are not among them unless an ARG declares them.
    pub fn keyed(&self) -> Vec<(&str, &str)> {
        let mut variables: Vec<_> = self.variables.iter().collect();
        variables.sort_unstable_by_key(|(_, variable)| variable.set);
        variables.into_iter().map(|(name, variable)| (&**name, &*variable.value)).collect()
    }
}

impl Variables for Environment {
    fn get(&self, name: &str) -> Option<&str> {
        Some(&self.variables.get(name)?.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_setting_of_a_variable_counts_and_gives_it_its_place() {
        let mut environment = Environment::default();
        environment.set_env("A", "1");
        environment.set_argument("B", "2");
        environment.set_argument("A", "3");
        assert_eq!(environment.keyed(), [("B", "2"), ("A", "3")]);
        assert_eq!((environment.get("A"), environment.get_env("A")), (Some("3"), Some("1")));
    }

    #[test]
    fn a_stage_inherits_arguments_and_the_images_own_values() {
        let mut environment = Environment::default();
        environment.set_env("A", "1");
        environment.set_argument("A", "2");
        environment.set_argument("B", "3");
        assert_eq!(environment.inherited().keyed(), [("B", "3"), ("A", "1")]);
    }
}
