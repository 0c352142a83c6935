//! Which crate may depend on which. Under `app/` everything may run in a browser and does no I/O;
//! under `server/` nothing reaches the browser; and each outside world has one crate that knows it,
//! so that a change of library, or a review of everything that talks to it, stays in one place.

use serde_json::Value;

use super::{Finding, SourceFile};

/// A crate, its folder, and the crates of the project that it may use.
struct Layer {
    name: &'static str,
    folder: &'static str,
    may_use: &'static [&'static str],
}

const LAYERS: [Layer; 17] = [
    Layer {
        name: "domain",
        folder: "app/domain",
        may_use: &[],
    },
    Layer {
        name: "api",
        folder: "app/api",
        may_use: &["domain"],
    },
    Layer {
        name: "kit",
        folder: "app/kit",
        may_use: &["domain"],
    },
    Layer {
        name: "app",
        folder: "app",
        may_use: &["api", "domain", "kit"],
    },
    Layer {
        name: "web",
        folder: "app/web",
        may_use: &["app"],
    },
    Layer {
        name: "ports",
        folder: "server/ports",
        may_use: &["domain"],
    },
    Layer {
        name: "store",
        folder: "server/store",
        may_use: &["domain"],
    },
    Layer {
        name: "aws",
        folder: "server/aws",
        may_use: &["domain", "ports"],
    },
    Layer {
        name: "connect",
        folder: "server/connect",
        may_use: &["domain", "ports"],
    },
    Layer {
        name: "demo",
        folder: "server/demo",
        may_use: &["api", "domain", "ports"],
    },
    Layer {
        name: "files",
        folder: "server/files",
        may_use: &["domain"],
    },
    Layer {
        name: "logs",
        folder: "server/logs",
        may_use: &["domain"],
    },
    Layer {
        name: "services",
        folder: "server/services",
        may_use: &["api", "domain", "files", "ports", "store"],
    },
    Layer {
        name: "server",
        folder: "server",
        may_use: &[
            "api", "app", "aws", "connect", "demo", "domain", "files", "logs", "ports", "services",
            "store",
        ],
    },
    Layer {
        name: "testkit",
        folder: "server/testkit",
        may_use: &[
            "api", "connect", "demo", "domain", "ports", "services", "store",
        ],
    },
    Layer {
        name: "bundle",
        folder: "server/bundle",
        may_use: &[],
    },
    Layer {
        name: "xtask",
        folder: "server/xtask",
        may_use: &[],
    },
];

/// Tests of the server's crates may also use these: a simulated world and the means to run it.
const FOR_SERVER_TESTS: [&str; 2] = ["demo", "testkit"];

/// An outside library and the only crates that may name it.
struct Owned {
    matches: fn(&str) -> bool,
    owners: &'static [&'static str],
    why: &'static str,
}

const OWNED: [Owned; 5] = [
    Owned {
        matches: |name| name.starts_with("aws-"),
        owners: &["aws"],
        why: "only `aws` knows Amazon's libraries; the others see the ports",
    },
    Owned {
        matches: |name| name.starts_with("sqlx"),
        owners: &["store"],
        why: "only `store` writes SQL",
    },
    Owned {
        matches: |name| {
            [
                "axum",
                "hyper",
                "tower",
                "tower-http",
                "leptos_axum",
                "utoipa-axum",
            ]
            .contains(&name)
        },
        owners: &["server"],
        why: "only `server` speaks HTTP to callers",
    },
    Owned {
        matches: |name| {
            [
                "reqwest",
                "ureq",
                "isahc",
                "hyper-rustls",
                "lettre",
                "rustls",
            ]
            .contains(&name)
        },
        owners: &["aws", "connect"],
        why: "only `aws` and `connect` call other machines",
    },
    Owned {
        matches: |name| name.starts_with("tokio"),
        owners: &[
            "aws", "connect", "demo", "server", "services", "store", "testkit",
        ],
        why: "the browser's half, the ports and the tools spawn nothing",
    },
];

/// The dependency rule, from `cargo metadata --no-deps`.
pub fn check_metadata(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let path = package["manifest_path"].as_str().unwrap_or_default();
        let path = path
            .strip_prefix(root)
            .unwrap_or(path)
            .trim_start_matches('/');
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
            let message =
                format!("crate `{name}` has no place yet: add it to LAYERS with what it may use");
            findings.push(Finding::new(path, 0, message));
            continue;
        };
        if path != format!("{}/Cargo.toml", layer.folder) {
            let message = format!("crate `{name}` lives in {}", layer.folder);
            findings.push(Finding::new(path, 0, message));
        }
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if let Some(message) = refused(layer, dependency) {
                findings.push(Finding::new(path, 0, message));
            }
        }
    }
    findings
}

fn refused(layer: &Layer, dependency: &Value) -> Option<String> {
    let name = dependency["name"].as_str().unwrap_or_default();
    let for_tests = dependency["kind"].as_str() == Some("dev");
    if LAYERS.iter().any(|other| other.name == name) {
        let allowed = layer.may_use.contains(&name)
            || (for_tests
                && layer.folder.starts_with("server")
                && FOR_SERVER_TESTS.contains(&name));
        return (!allowed).then(|| {
            format!(
                "`{}` may not use `{name}`; it may use {:?}",
                layer.name, layer.may_use
            )
        });
    }
    OWNED
        .iter()
        .find(|owned| (owned.matches)(name) && !owned.owners.contains(&layer.name))
        .filter(|owned| !(for_tests && owned.why.contains("spawn")))
        .map(|owned| format!("`{}` may not use `{name}`: {}", layer.name, owned.why))
}

/// Versions and features stand in the top Cargo.toml, once; lints are the same for every crate.
pub fn check_manifests(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        if !file.path.ends_with("/Cargo.toml") {
            continue;
        }
        if !file.text.contains("[lints]\nworkspace = true") {
            let message = "every crate has the workspace's lints: `[lints]` `workspace = true`";
            findings.push(Finding::new(&file.path, 0, message));
        }
        let mut in_dependencies = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies
                && names_a_crate(line)
                && !line.replace(' ', "").contains("workspace=true")
            {
                let message = "versions stand in the top Cargo.toml: write `name.workspace = true`";
                findings.push(Finding::new(&file.path, index + 1, message));
            }
        }
    }
    findings
}

fn names_a_crate(line: &str) -> bool {
    let Some((name, _)) = line.split_once('=') else {
        return false;
    };
    let name = name.trim();
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;
    use serde_json::json;

    fn check(name: &str, folder: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        let metadata = json!({ "workspace_root": "/x", "packages": [{
            "name": name,
            "manifest_path": format!("/x/{folder}/Cargo.toml"),
            "dependencies": [{ "name": dependency, "kind": kind }],
        }]});
        check_metadata(&metadata)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_crate_uses_only_what_its_layer_allows() {
        assert_eq!(check("services", "server/services", "store", None), [""; 0]);
        assert_eq!(check("app", "app", "store", None).len(), 1);
        assert_eq!(check("app", "app", "store", Some("dev")).len(), 1);
        assert_eq!(check("domain", "app/domain", "ports", None).len(), 1);
        assert_eq!(check("services", "server/services", "demo", None).len(), 1);
        assert_eq!(
            check("services", "server/services", "demo", Some("dev")),
            [""; 0]
        );
        assert_eq!(check("api", "app/api", "testkit", Some("dev")).len(), 1);
    }

    #[test]
    fn an_outside_world_has_one_crate_that_knows_it() {
        for (owner, folder, library) in [
            ("aws", "server/aws", "aws-sdk-ecs"),
            ("store", "server/store", "sqlx"),
            ("server", "server", "axum"),
        ] {
            assert_eq!(check(owner, folder, library, None), [""; 0]);
            assert_eq!(
                check("services", "server/services", library, None).len(),
                1,
                "{library}"
            );
            assert_eq!(check("app", "app", library, None).len(), 1, "{library}");
        }
        assert_eq!(check("server", "server", "reqwest", None).len(), 1);
        assert_eq!(check("domain", "app/domain", "tokio", None).len(), 1);
        assert_eq!(check("api", "app/api", "tokio", Some("dev")), [""; 0]);
    }

    #[test]
    fn a_crate_without_a_place_or_in_the_wrong_one_is_named() {
        assert!(check("helpers", "server/helpers", "serde", None)[0].contains("LAYERS"));
        assert!(check("kit", "kit", "serde", None)[0].contains("app/kit"));
    }

    #[test]
    fn manifests_take_versions_and_lints_from_the_workspace() {
        let good = "[dependencies]\nserde.workspace = true\nweb-sys = { workspace = true, features = [\n  \"Element\",\n] }\n\n[lints]\nworkspace = true\n";
        assert_eq!(check_manifests(&[file("app/Cargo.toml", good)]), []);
        let bad = "[dev-dependencies]\nserde = \"1\"\n";
        let findings = check_manifests(&[file("app/Cargo.toml", bad)]);
        assert_eq!(
            findings
                .iter()
                .map(|finding| finding.line)
                .collect::<Vec<_>>(),
            [0, 2]
        );
    }
}
