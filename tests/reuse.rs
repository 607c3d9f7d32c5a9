//! What of a build is followed again gives what following all of it gives, on every
//! fixture: after an edit of a file, and in the version that the recipes write.

use std::path::{Path, PathBuf};

use dockerfile_playground::filesystem::{Contents, Earlier, Inputs, evaluate};
use dockerfile_playground::identity::Identity;
use dockerfile_playground::{Analysis, Project, analyze};

/// The Dockerfiles below a folder.
fn dockerfiles(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("one").path())
    {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() {
            dockerfiles(&entry, found);
        } else if name == "Dockerfile" || name.ends_with(".Dockerfile") {
            found.push(entry);
        }
    }
}

/// Whether following `now` is the same with what an earlier version gave.
fn is_the_same(earlier: Earlier<'_>, now: &Inputs<'_>) -> bool {
    format!("{:?}", evaluate(now, None)) == format!("{:?}", evaluate(now, Some(earlier)))
}

#[test]
fn what_is_kept_is_what_it_would_be() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    dockerfiles(&root.join("tests/fixtures"), &mut files);
    dockerfiles(&root.join("www/examples"), &mut files);
    assert!(files.len() > 100, "{}", files.len());
    for file in files {
        let dockerfile = std::fs::read_to_string(&file).expect("a text");
        let project = Project { dockerfile, ..Project::default() };
        let was = Analysis::new(&project);
        let earlier = Earlier { inputs: was.inputs(), evaluation: &was.evaluation };
        // Some files from all over the folder.
        let entries = &was.context.entries;
        for entry in entries.iter().step_by(entries.len() / 4 + 1) {
            let contents = Contents::from([(entry.path.clone(), Identity::of("other"))]);
            let now = Inputs { contents: &contents, ..was.inputs() };
            assert!(is_the_same(earlier, &now), "{} after {}", file.display(), entry.path);
        }
        let optimized = analyze(&project).optimized.dockerfile;
        let version = was.with_dockerfile(&optimized);
        assert!(is_the_same(earlier, &version.inputs()), "{} optimized", file.display());
    }
}
