//! The variables that a step sees.
//!
//! BuildKit keeps ENV and ARG in one list, each variable at the place where it
//! was set last (client/llb, `EnvList`): an ARG hides an ENV above it, an ENV
//! hides an ARG above it, and the order is part of a RUN's cache key.

use std::rc::Rc;

use crate::sorted::Map;
use crate::syntax::Variables;

/// Variables set since the last large one was made that are kept apart.
const MOST_RECENT: usize = 64;

type Known = Map<Rc<str>, Variable>;

/// ENV and ARG values in scope. Steps share what was set long before, so that
/// a variable more costs a step as little when there are thousands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    settled: Rc<Known>,
    /// What was set after that; it hides what is there.
    recent: Rc<Known>,
    /// How often a variable was set so far.
    settings: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    value: Rc<str>,
    /// When it was set last.
    set: u32,
    /// Its value in the image's configuration and when it came there first;
    /// `None` for what is a build argument only.
    in_image: Option<(Rc<str>, u32)>,
}

impl Environment {
    /// Sets an environment variable of the image.
    pub fn set_env(&mut self, name: &str, value: &str) {
        let before = self.variable(name).and_then(|variable| variable.in_image.as_ref());
        let first = before.map_or(self.settings, |(_, first)| *first);
        let value = Rc::from(value);
        self.set(name, Rc::clone(&value), Some((value, first)));
    }

    /// The value of an environment variable of the image.
    pub fn get_env(&self, name: &str) -> Option<&str> {
        let (value, _) = self.variable(name)?.in_image.as_ref()?;
        Some(value)
    }

    /// Sets a build argument of the stage.
    pub fn set_argument(&mut self, name: &str, value: &str) {
        let in_image = self.variable(name).and_then(|variable| variable.in_image.clone());
        self.set(name, value.into(), in_image);
    }

    fn set(&mut self, name: &str, value: Rc<str>, in_image: Option<(Rc<str>, u32)>) {
        if self.recent.len() >= MOST_RECENT {
            let recent = std::mem::take(&mut self.recent);
            let recent = recent.iter().map(|(name, variable)| (Rc::clone(name), variable.clone()));
            Rc::make_mut(&mut self.settled).extend(recent);
        }
        let variable = Variable { value, set: self.settings, in_image };
        Rc::make_mut(&mut self.recent).insert(name.into(), variable);
        self.settings += 1;
    }

    fn variable(&self, name: &str) -> Option<&Variable> {
        self.recent.get(name).or_else(|| self.settled.get(name))
    }

    fn variables(&self) -> impl Iterator<Item = (&Rc<str>, &Variable)> {
        let settled = self.settled.iter().filter(|(name, _)| !self.recent.contains_key(*name));
        settled.chain(self.recent.iter())
    }

    /// What a stage built on this one starts with: everything, those of the
    /// image's configuration set anew.
    pub fn inherited(&self) -> Self {
        let image = |(name, variable): (&Rc<str>, &Variable)| {
            let (value, first) = variable.in_image.clone()?;
            Some((first, Rc::clone(name), value))
        };
        let mut image: Vec<_> = self.variables().filter_map(image).collect();
        image.sort_unstable();
        let mut inherited = self.clone();
        for (_, name, value) in image {
            inherited.set_env(&name, &value);
        }
        inherited
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables().map(|(name, _)| &**name)
    }

    /// The variables with their values in the order in which they were set
    /// last, as a RUN's cache key holds them. The predefined proxy arguments
    /// are not among them unless an ARG declares them.
    pub fn keyed(&self) -> Vec<(&str, &str)> {
        let mut variables: Vec<_> = self.variables().collect();
        variables.sort_unstable_by_key(|(_, variable)| variable.set);
        variables.into_iter().map(|(name, variable)| (&**name, &*variable.value)).collect()
    }
}

impl Variables for Environment {
    fn get(&self, name: &str) -> Option<&str> {
        Some(&self.variable(name)?.value)
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
    fn many_variables_are_as_few() {
        let mut environment = Environment::default();
        for round in ["1", "2"] {
            for number in 0..3 * MOST_RECENT {
                environment.set_env(&format!("A{number}"), round);
            }
        }
        let keyed = environment.keyed();
        assert_eq!(keyed.len(), 3 * MOST_RECENT);
        assert!(keyed.iter().enumerate().all(|(at, one)| *one == (&*format!("A{at}"), "2")));
        assert_eq!(environment.names().count(), 3 * MOST_RECENT);
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
