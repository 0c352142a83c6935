//! What no component may write, whatever it is given.

use std::{fs, path::Path};

#[test]
fn no_component_writes_an_inline_style_or_raw_html() {
    let mut files = 0;
    for folder in ["src", "src/chart"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            files += 1;
            let source = fs::read_to_string(&path).unwrap();
            for banned in [" style=", "style:", "inner_html", "now()"] {
                assert!(
                    !source.contains(banned),
                    "{} contains {banned:?}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 20, "only {files} sources found");
}
