//! Manifests: `docker manifest inspect -v`, `docker buildx imagetools inspect
//! --raw`, OCI manifests and `skopeo inspect`; and the image's configuration,
//! which tells what made each layer.

use super::paste::{Content, Read, Row, bytes, member};
use crate::context::json::Value;

/// The platform that the analysis is of.
const PLATFORM: (&str, &str) = ("linux", "amd64");
const NO_LAYERS: &str = "This is an index of several platforms: it has no layers' sizes";
const TAKE_ONE: &str = "Paste `docker manifest inspect -v IMAGE`, or the raw manifest of one \
                        platform: `docker buildx imagetools inspect --raw IMAGE@sha256:…`";

/// Reads a manifest or a configuration.
pub fn document(value: &Value, line: u32) -> Option<Read> {
    if let Some(images) = value.as_array() {
        // `-v` of an image for several platforms; attestations have no platform.
        manifest(images.first()?)?;
        let ours = images.iter().find(|image| platform(image) == Some(PLATFORM));
        let ours = ours.or_else(|| (images.len() == 1).then(|| &images[0]));
        return Some(match ours.and_then(manifest) {
            Some(found) => layers(found),
            None => Err((
                "No manifest of this list is for linux/amd64".into(),
                "The figures are for linux/amd64: paste the manifest of that platform".into(),
            )),
        });
    }
    if let Some(config) = config(value) {
        return Some(history(config, line));
    }
    match manifest(value) {
        Some(found) => Some(layers(found)),
        None if value.get("manifests").is_some() => Some(Err((NO_LAYERS.into(), TAKE_ONE.into()))),
        None => None,
    }
}

/// The manifest itself, alone or as `-v` wraps it.
fn manifest(value: &Value) -> Option<&Value> {
    let wrapped = ["SchemaV2Manifest", "OCIManifest"].iter().find_map(|name| value.get(name));
    let found = wrapped.unwrap_or(value);
    ["layers", "LayersData", "fsLayers"]
        .iter()
        .any(|name| found.get(name).is_some())
        .then_some(found)
}

fn platform(image: &Value) -> Option<(&str, &str)> {
    let platform = image.at(&["Descriptor", "platform"])?;
    Some((platform.get("os")?.as_str()?, platform.get("architecture")?.as_str()?))
}

fn layers(manifest: &Value) -> Read {
    if manifest.get("fsLayers").is_some() {
        return Err((
            "Manifests of schema version 1 have no sizes".into(),
            "Push the image again with a current Docker, or paste `docker history`".into(),
        ));
    }
    let list = manifest.get("layers").or_else(|| manifest.get("LayersData"));
    let sizes = list.and_then(Value::as_array).unwrap_or_default().iter();
    let sizes: Option<Vec<u64>> =
        sizes.map(|layer| member(layer, "size").and_then(bytes)).collect();
    let fault = || ("A layer has no readable size".to_owned(), TAKE_ONE.to_owned());
    sizes.filter(|sizes| !sizes.is_empty()).map(Content::Manifest).ok_or_else(fault)
}

/// The image's configuration: alone, or as `imagetools inspect --format
/// '{{json .}}'` wraps it, for one platform or several.
fn config(value: &Value) -> Option<&Value> {
    let image = member(value, "image").unwrap_or(value);
    let image = image.get("linux/amd64").unwrap_or(image);
    let rows = image.get("history")?.as_array()?;
    rows.iter().any(|row| row.get("created_by").is_some()).then_some(image)
}

fn history(config: &Value, line: u32) -> Read {
    let rows = config.get("history").and_then(Value::as_array).unwrap_or_default();
    let row = |row: &Value| Row {
        line,
        text: row.get("created_by").and_then(Value::as_str).unwrap_or("").to_owned(),
        size: None,
        layer: Some(!row.get("empty_layer").is_some_and(Value::is_true)),
    };
    Ok(Content::Config(rows.iter().map(row).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::json;

    fn read(text: &str) -> Read {
        document(&json::parse(text).expect("JSON"), 1).expect("recognised")
    }

    #[test]
    fn finds_the_layers_in_every_wrapping() {
        let layers = r#""layers":[{"size":10},{"size":20}]"#;
        let platform = |arch: &str| {
            format!(r#""Descriptor":{{"platform":{{"os":"linux","architecture":"{arch}"}}}}"#)
        };
        let arm = format!(r#"{{{},"OCIManifest":{{"layers":[{{"size":1}}]}}}}"#, platform("arm64"));
        let amd = format!(r#"{{{},"OCIManifest":{{{layers}}}}}"#, platform("amd64"));
        for text in [
            format!("{{{layers}}}"),
            format!(r#"{{"SchemaV2Manifest":{{{layers}}}}}"#),
            format!("[{arm},{amd}]"),
            r#"{"LayersData":[{"Size":10},{"Size":20}]}"#.to_owned(),
        ] {
            assert_eq!(read(&text), Ok(Content::Manifest(vec![10, 20])), "{text}");
        }
        let problem = read(&format!("[{arm},{arm}]")).expect_err("no amd64");
        assert!(problem.0.contains("linux/amd64"));
    }

    #[test]
    fn an_index_and_a_manifest_of_version_one_say_what_to_paste() {
        assert!(
            read(r#"{"manifests":[]}"#).expect_err("no sizes").1.contains("manifest inspect -v")
        );
        assert!(read(r#"{"schemaVersion":1,"fsLayers":[]}"#).is_err());
        assert!(read(r#"{"layers":[{"digest":"x"}]}"#).is_err());
    }

    #[test]
    fn a_configuration_tells_which_rows_have_a_layer() {
        let text = r#"{"image":{"linux/amd64":{"history":[
            {"created_by":"COPY . . # buildkit"},{"created_by":"CMD [\"x\"]","empty_layer":true}]}}}"#;
        let Ok(Content::Config(rows)) = read(text) else { panic!("no configuration") };
        assert_eq!(rows.iter().map(|row| row.layer).collect::<Vec<_>>(), [Some(true), Some(false)]);
    }
}
