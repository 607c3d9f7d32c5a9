//! The wasm-bindgen skin over [`crate::analyze_knowing`]. It converts, and
//! decides nothing.
#![allow(unsafe_code)] // wasm-bindgen's generated glue

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::data::Catalog;
use crate::editor;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../pkg/report.d.ts");

#[wasm_bindgen]
extern "C" {
    /// A [`crate::Project`] as a plain object.
    #[wasm_bindgen(typescript_type = "Project")]
    pub type JsProject;
    /// A [`crate::Report`] as a plain object.
    #[wasm_bindgen(typescript_type = "Report")]
    pub type JsReport;
    /// A [`crate::editor::Outline`] as a plain object.
    #[wasm_bindgen(typescript_type = "Outline")]
    pub type JsOutline;
    /// [`crate::editor::Completions`] as a plain object.
    #[wasm_bindgen(typescript_type = "Completions")]
    pub type JsCompletions;
    /// A [`crate::editor::Hover`] as a plain object, or null.
    #[wasm_bindgen(typescript_type = "Hover | null")]
    pub type JsHover;
}

/// An answer as a plain object.
fn plain(answer: &impl Serialize) -> Result<JsValue, JsError> {
    Ok(answer.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// Makes a panic readable in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Analyses projects with what it knows of images and packages.
#[wasm_bindgen]
pub struct Analyzer {
    catalog: Catalog,
}

#[wasm_bindgen]
impl Analyzer {
    /// Knows what is compiled in.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // a constructor of JavaScript
    pub fn new() -> Self {
        Self { catalog: Catalog::embedded() }
    }

    /// Learns what a data pack (`packs/NAME.pack`) knows; reports name those that
    /// they want. Throws an `Error` when it is damaged or of another version.
    pub fn load(&mut self, pack: &[u8]) -> Result<(), JsError> {
        self.catalog.load(pack)?;
        Ok(())
    }

    /// Analyses a project. Throws an `Error` when the argument is not a `Project`.
    pub fn analyze(&self, project: JsProject) -> Result<JsReport, JsError> {
        let project = serde_wasm_bindgen::from_value(project.into())?;
        Ok(plain(&crate::analyze_knowing(&self.catalog, &project))?.into())
    }

    /// The parts of a Dockerfile, for colours and folding.
    pub fn outline(&self, dockerfile: &str) -> Result<JsOutline, JsError> {
        Ok(plain(&editor::outline(dockerfile))?.into())
    }

    /// What may be written at a place of the project's Dockerfile, an offset in
    /// UTF-16 code units.
    pub fn complete(&self, project: JsProject, offset: u32) -> Result<JsCompletions, JsError> {
        let project = serde_wasm_bindgen::from_value(project.into())?;
        Ok(plain(&editor::complete(&self.catalog, &project, offset))?.into())
    }

    /// What stands at a place of the project's Dockerfile, an offset in UTF-16
    /// code units.
    pub fn hover(&self, project: JsProject, offset: u32) -> Result<JsHover, JsError> {
        let project = serde_wasm_bindgen::from_value(project.into())?;
        Ok(plain(&editor::hover(&self.catalog, &project, offset))?.into())
    }

    /// A Dockerfile, laid out; it says the same as before.
    pub fn format(&self, dockerfile: &str) -> String {
        crate::format::format(dockerfile)
    }
}

/// Analyses a project with what is compiled in. Throws an `Error` when the
/// argument is not a `Project`.
#[wasm_bindgen]
pub fn analyze(project: JsProject) -> Result<JsReport, JsError> {
    Analyzer::new().analyze(project)
}
