//! The wasm-bindgen skin over [`crate::analyze_knowing`]. It converts, and
//! decides nothing.
#![allow(unsafe_code)] // wasm-bindgen's generated glue

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::data::Catalog;

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
        let report = crate::analyze_knowing(&self.catalog, &project);
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        Ok(report.serialize(&serializer)?.into())
    }
}

/// Analyses a project with what is compiled in. Throws an `Error` when the
/// argument is not a `Project`.
#[wasm_bindgen]
pub fn analyze(project: JsProject) -> Result<JsReport, JsError> {
    Analyzer::new().analyze(project)
}
