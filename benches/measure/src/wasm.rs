//! The same for JavaScript.

use wasm_bindgen::prelude::*;

use crate::Subject;

/// A [`Subject`].
#[wasm_bindgen(js_name = Subject)]
pub struct JsSubject(Subject);

#[wasm_bindgen(js_class = Subject)]
impl JsSubject {
    #[wasm_bindgen(constructor)]
    pub fn new(dockerfile: String, listing: Option<String>) -> Self {
        Self(Subject::new(dockerfile, listing))
    }

    pub fn check(&self) -> usize {
        self.0.check()
    }

    pub fn optimize(&self) -> usize {
        self.0.optimize()
    }

    pub fn replay(&self, log: &str) -> usize {
        self.0.replay(log)
    }
}

/// The syntax tree of a text, which crosses over from JavaScript each time.
#[wasm_bindgen]
pub fn parse(text: &str) -> usize {
    let dockerfile = dockerfile_playground::syntax::Dockerfile::parse(text);
    dockerfile.instructions.len() + dockerfile.tokens.len()
}
