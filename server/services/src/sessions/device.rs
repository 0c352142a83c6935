//! What a browser calls itself, in words that its owner knows: "Chrome on Linux".
//!
//! A browser's `User-Agent` also names the browsers that it is like, so the more
//! particular word comes first in the tables. It is a hint for people who look
//! through their sessions and proves nothing.

use crate::sign_in::texts;
use domain::i18n::Lang;

/// What stands in the text, and whose it is.
const BROWSERS: [(&str, &str); 17] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// What stands in the text, and what it runs on.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The device that a browser's own words tell of.
#[must_use]
pub(super) fn name(lang: Lang, agent: &str) -> String {
    let found = |table: &[(&str, &'static str)]| {
        let row = table.iter().find(|(word, _)| agent.contains(word));
        row.map(|(_, name)| *name)
    };
    match (found(&BROWSERS), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => texts::device(lang, browser, system),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => texts::device_unknown(lang).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_the_names_their_owners_know() {
        let check = |agent: &str, expected: &str| assert_eq!(name(Lang::En, agent), expected);
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        check(
            &format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/141.0.0.0 Safari/537.36"),
            "Chrome on Linux",
        );
        check(
            &format!(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0"
            ),
            "Edge on Windows",
        );
        check(
            &format!(
                "Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/138.0.0.0 Whale/4.33 Safari/537.36"
            ),
            "Whale on Windows",
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
            "Firefox on macOS",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 \
             (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        );
        check(
            &format!(
                "Mozilla/5.0 (Linux; Android 15; SM-S928N) {webkit} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36"
            ),
            "Samsung Internet on Android",
        );
        check("curl/8.5.0", "curl");
        check("", "An unknown browser");
        check("<script>alert(1)</script>", "An unknown browser");
    }

    #[test]
    fn korean_has_its_own_order() {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
        assert_eq!(name(Lang::Ko, agent), "Linux의 Firefox");
    }
}
