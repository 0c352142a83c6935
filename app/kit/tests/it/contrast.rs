//! Text must be readable in both themes: WCAG 2.2, success criteria 1.4.3
//! (text, 4.5:1) and 1.4.11 (marks and edges of controls, 3:1), computed from
//! the tokens the browser gets.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../../style/10-tokens.css");

type Rgb = [f64; 3];

/// The colour tokens: light and dark.
fn tokens() -> BTreeMap<&'static str, (Rgb, Rgb)> {
    let colours = TOKENS.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
        let pair = value
            .trim()
            .strip_prefix("light-dark(#")?
            .strip_suffix(");")?;
        let (light, dark) = pair.split_once(", #")?;
        Some((name, (rgb(light), rgb(dark))))
    });
    colours.collect()
}

fn rgb(hex: &str) -> Rgb {
    assert_eq!(hex.len(), 6, "write colours as #rrggbb, not #{hex}");
    [0, 2, 4].map(|at| {
        f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits")) / 255.0
    })
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn check(text: &str, surfaces: &[&str], least: f64) {
    let tokens = tokens();
    let colour = |name: &str| {
        *tokens
            .get(name)
            .unwrap_or_else(|| panic!("no colour token --{name}"))
    };
    for surface in surfaces {
        let ((light, dark), (on_light, on_dark)) = (colour(text), colour(surface));
        for (theme, found) in [
            ("light", contrast(light, on_light)),
            ("dark", contrast(dark, on_dark)),
        ] {
            assert!(
                found >= least,
                "--{text} on --{surface} is {found:.2}:1 in the {theme} theme, not {least}:1"
            );
        }
    }
}

#[test]
fn the_formula_is_the_standards() {
    assert!((contrast(rgb("000000"), rgb("ffffff")) - 21.0).abs() < 1e-9);
    assert!((contrast(rgb("777777"), rgb("ffffff")) - 4.478).abs() < 1e-3);
}

#[test]
fn text_is_readable_on_every_surface() {
    let surfaces = ["bg", "surface", "surface-2"];
    for text in ["text", "text-2", "text-3", "accent"] {
        check(text, &surfaces, 4.5);
    }
    check("text", &["surface-3"], 4.5);
    check("text-2", &["surface-3"], 4.5);
    check("accent", &["accent-bg"], 4.5);
    check("text", &["accent-bg"], 4.5);
    for (text, solid) in [
        ("on-accent", "accent-solid"),
        ("on-accent", "accent-solid-hover"),
        ("on-danger", "danger-solid"),
        ("on-danger", "danger-solid-hover"),
        ("on-tip", "tip-bg"),
    ] {
        check(text, &[solid], 4.5);
    }
}

#[test]
fn states_are_readable_on_surfaces_and_on_their_tint() {
    for tone in ["ok", "alarm", "warning", "info", "unknown"] {
        let tint = format!("{tone}-bg");
        check(tone, &["bg", "surface", "surface-2", &tint], 4.5);
        check("text", &[&tint], 4.5);
        check(&format!("{tone}-mark"), &["surface", "bg", &tint], 3.0);
    }
}

#[test]
fn curves_and_edges_of_controls_are_visible() {
    for series in 1..=6 {
        check(&format!("series-{series}"), &["surface"], 3.0);
    }
    check("line-strong", &["surface", "bg"], 3.0);
}
