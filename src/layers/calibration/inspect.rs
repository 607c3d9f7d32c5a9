//! `docker image inspect`.

use super::paste::{Content, Read, bytes};
use crate::context::json::Value;

/// Reads what `docker image inspect` prints for one image or several, of which
/// the first counts.
pub fn document(value: &Value, _line: u32) -> Option<Read> {
    let image = match value {
        Value::Array(images) => images.first()?,
        image => image,
    };
    let layers = image.at(&["RootFS", "Layers"])?.as_array()?;
    // With the containerd image store (driver overlayfs) Size is that of the
    // compressed content, or, since moby's pull request 53426 of 2026-08,
    // compressed and unpacked bytes together: of no use either way.
    let driver = image.at(&["GraphDriver", "Name"]).and_then(Value::as_str);
    let size = image.get("Size").and_then(bytes).filter(|_| driver != Some("overlayfs"));
    Some(Ok(Content::Inspect { size, layers: layers.len() as u32 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::json;

    #[test]
    fn the_size_of_the_containerd_store_is_not_taken() {
        for (driver, size) in [("overlay2", Some(7)), ("overlayfs", None)] {
            let text = format!(
                r#"[{{"Size":7,"GraphDriver":{{"Name":"{driver}"}},"RootFS":{{"Layers":["a","b"]}}}}]"#
            );
            let read = document(&json::parse(&text).expect("JSON"), 1);
            assert_eq!(read, Some(Ok(Content::Inspect { size, layers: 2 })));
        }
    }
}
