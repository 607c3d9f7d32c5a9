//! The wasm-bindgen skin over [`crate::analyze`]. It converts, and decides
//! nothing.
#![allow(unsafe_code)] // wasm-bindgen's generated glue

use serde::Serialize;
use wasm_bindgen::prelude::*;

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

/// Analyses a project. Throws an `Error` when the argument is not a `Project`.
#[wasm_bindgen]
pub fn analyze(project: JsProject) -> Result<JsReport, JsError> {
    let project = serde_wasm_bindgen::from_value(project.into())?;
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(crate::analyze(&project).serialize(&serializer)?.into())
}
