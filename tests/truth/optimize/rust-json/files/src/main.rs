//! Prints how often each word occurs, as JSON.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Serialize;

#[derive(Serialize)]
struct Summary {
    words: BTreeMap<String, usize>,
}

fn main() {
    let word = Regex::new(r"\w+").expect("a pattern");
    let mut words = BTreeMap::new();
    for found in word.find_iter("one two two three three three") {
        *words.entry(found.as_str().to_owned()).or_insert(0) += 1;
    }
    println!("{}", serde_json::to_string(&Summary { words }).expect("JSON"));
}
