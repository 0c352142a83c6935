//! What Rust sources may not contain, and where. Comments are free to speak of anything, so only
//! code is looked at; an item marked `#[cfg(test)]` may do more, where a rule says so.

use super::{Finding, SourceFile};

/// Words that may not stand in the code of some files.
struct Ban {
    words: &'static [&'static str],
    /// Files it is about, by path.
    applies: fn(&str) -> bool,
    /// Whether tests may.
    tests_may: bool,
    why: &'static str,
}

const BANS: [Ban; 10] = [
    Ban {
        words: &["<input", "<select", "<textarea", "<svg"],
        applies: |path| is_view(path) && !path.starts_with("app/kit/"),
        tests_may: true,
        why: "only `kit` writes raw fields and pictures; use its components (a raw textarea is \
              not escaped when rendered on the server)",
    },
    Ban {
        words: &["inner_html"],
        applies: |path| is_view(path) && !path.starts_with("app/kit/"),
        tests_may: true,
        why: "raw HTML is a door for scripts; only `kit` may, with constant text",
    },
    Ban {
        words: &[" style="],
        applies: is_view,
        tests_may: true,
        why: "the content security policy refuses style attributes; use a class or a data attribute",
    },
    Ban {
        words: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
        ],
        applies: |path| path.starts_with("app/domain/src/") || path.starts_with("app/api/src/"),
        tests_may: true,
        why: "domain and contract do no I/O: they run in the browser too",
    },
    Ban {
        words: &["TcpListener", "TcpStream", "UdpSocket", "UnixStream"],
        applies: |path| {
            [
                "app/",
                "server/services/",
                "server/store/",
                "server/demo/",
                "server/ports/",
            ]
            .iter()
            .any(|folder| path.starts_with(folder))
        },
        tests_may: true,
        why: "only `aws`, `connect` and the server's own listener open sockets",
    },
    Ban {
        words: &["axum::"],
        applies: |path| {
            path.starts_with("server/src/")
                && !path.starts_with("server/src/http")
                && path != "server/src/accept.rs"
        },
        tests_may: true,
        why: "only server/src/http knows the web framework, and accept.rs, which gives it a socket",
    },
    Ban {
        words: &[".route("],
        applies: |path| path.starts_with("server/src/http/") && path != "server/src/http/mod.rs",
        tests_may: true,
        why: "a route that is no part of the contract is written in server/src/http/mod.rs, where \
              a test reads the list of them",
    },
    Ban {
        words: &[concat!("#[al", "low("), concat!("#![al", "low(")],
        applies: |_| true,
        tests_may: false,
        why: "write #[expect(…, reason = \"…\")]: it tells why, and tells when it is no longer needed",
    },
    Ban {
        words: &[
            concat!("un", "safe {"),
            concat!("un", "safe fn"),
            concat!("un", "safe impl"),
        ],
        applies: |_| true,
        tests_may: false,
        why: "the project has no unsafe code",
    },
    Ban {
        words: &[concat!("set_", "var("), concat!("remove_", "var(")],
        applies: |_| true,
        tests_may: false,
        why: "the environment belongs to the whole process; pass configuration as values",
    },
];

fn is_view(path: &str) -> bool {
    path.starts_with("app/") && path.contains("/src/") || path.starts_with("app/src/")
}

/// Every rule about Rust sources.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        if !file.text.starts_with("//!") {
            let message = "a file begins with `//!`: what it is and what it may not do";
            findings.push(Finding::new(&file.path, 1, message));
        }
        for ban in BANS.iter().filter(|ban| (ban.applies)(&file.path)) {
            check_ban(file, ban, &mut findings);
        }
    }
    findings
}

fn check_ban(file: &SourceFile, ban: &Ban, findings: &mut Vec<Finding>) {
    let whole_is_tests = file.path.contains("/tests/") || file.path.ends_with("/tests.rs");
    let mut in_tests = whole_is_tests;
    for (index, line) in file.text.lines().enumerate() {
        let is_test = in_tests;
        if line == "#[cfg(test)]" {
            in_tests = true;
        } else if ends_item(line) {
            in_tests = whole_is_tests;
        }
        if (ban.tests_may && is_test) || line.trim_start().starts_with("//") {
            continue;
        }
        if let Some(word) = ban.words.iter().find(|word| contains_word(line, word)) {
            findings.push(Finding::new(
                &file.path,
                index + 1,
                format!("`{word}`: {}", ban.why),
            ));
        }
    }
}

/// Whether an item of the file ends with this line, as rustfmt sets it.
fn ends_item(line: &str) -> bool {
    line == "}" || (line.ends_with(';') && !line.starts_with(' '))
}

/// Whether `word` stands in `line`, not merely as the beginning of a longer name.
fn contains_word(line: &str, word: &str) -> bool {
    let name_like = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    line.match_indices(word).any(|(at, found)| {
        let next = line[at + found.len()..].chars().next();
        let open_ended = !found.ends_with(name_like);
        open_ended || !next.is_some_and(name_like)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn lines(path: &str, code: &str) -> Vec<usize> {
        let text = format!("//! Words.\n{code}\n");
        check(&[file(path, &text)])
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn each_ban_catches_its_words_where_it_applies() {
        for (path, code) in [
            (
                "app/src/pages/alarms/mod.rs",
                "view! { <input name=\"q\"/> }",
            ),
            (
                "app/src/pages/alarms/mod.rs",
                "view! { <textarea>{text}</textarea> }",
            ),
            ("app/src/layout/nav.rs", "view! { <svg></svg> }"),
            ("app/src/lib.rs", "view! { <div inner_html=text></div> }"),
            (
                "app/kit/src/button.rs",
                "view! { <b style=\"color:red\">x</b> }",
            ),
            ("app/domain/src/time.rs", "use std::fs::read;"),
            (
                "server/services/src/alarms.rs",
                "let s = tokio::net::TcpStream::connect(a);",
            ),
            ("server/src/compose.rs", "use axum::Router;"),
            (
                "server/store/src/lib.rs",
                concat!("#[al", "low(dead_code)]"),
            ),
            ("server/aws/src/lib.rs", concat!("un", "safe { x() }")),
            (
                "server/src/main.rs",
                concat!("std::env::set_", "var(\"A\", \"b\");"),
            ),
            (
                "server/src/http/rest/mod.rs",
                "router.route(\"/x\", get(x))",
            ),
        ] {
            assert_eq!(lines(path, code), [2], "{path}: {code}");
        }
    }

    #[test]
    fn each_ban_leaves_its_owner_and_comments_alone() {
        for (path, code) in [
            ("app/kit/src/field.rs", "view! { <input name=\"q\"/> }"),
            ("app/src/pages/alarms/mod.rs", "// no <input> here"),
            (
                "app/src/pages/alarms/mod.rs",
                "let x: Vec<inputs::Row> = all();",
            ),
            ("server/src/http/mod.rs", "use axum::Router;"),
            ("server/xtask/src/http.rs", "let s = TcpStream::connect(a);"),
            (
                "app/kit/src/theme.rs",
                "#[cfg(test)]\nmod tests { fn x() { f(\" style=\"); } }",
            ),
            ("app/domain/tests/cases.rs", "use std::fs::read;"),
        ] {
            assert_eq!(lines(path, code), [0; 0], "{path}: {code}");
        }
    }

    #[test]
    fn tests_do_not_excuse_every_ban() {
        let code = concat!("#[cfg(test)]\n#[al", "low(unused)]");
        assert_eq!(lines("server/src/lib.rs", code), [3]);
    }

    #[test]
    fn what_stands_below_an_item_for_tests_is_looked_at() {
        let fixture = "#[cfg(test)]\nmod fixture {\n    use std::fs::read;\n}\nuse std::fs::write;";
        assert_eq!(lines("app/domain/src/time.rs", fixture), [6]);
        let named = "#[cfg(test)]\nmod fixture;\nuse std::fs::write;";
        assert_eq!(lines("app/domain/src/time.rs", named), [4]);
    }

    #[test]
    fn a_file_without_its_opening_words_is_named() {
        assert_eq!(check(&[file("app/src/x.rs", "use a::b;\n")])[0].line, 1);
        assert_eq!(check(&[file("style/x.css", "a{}\n")]), []);
    }
}
