//! Grants in words and as a form.

use crate::{texts::settings as t, viewer::role};
use domain::{
    estate::Environment,
    i18n::Lang,
    limits,
    people::{Grant, Reach, Role},
    time::DAY_MS,
};

/// `operator in dev, staging`.
pub(super) fn grant_text(lang: Lang, grant: &Grant) -> String {
    let place = match &grant.reach {
        Reach::All => t::everywhere(lang).to_owned(),
        Reach::Only(list) => list
            .iter()
            .map(Environment::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    };
    format!("{} · {place}", role(lang, grant.role))
}

/// A grant from the two fields of a form: an empty place is everywhere.
pub(super) fn read_grant(role: &str, place: &str) -> Grant {
    Grant {
        role: Role::parse(role).unwrap_or(Role::Viewer),
        reach: Environment::parse(place).map_or(Reach::All, |one| Reach::Only(vec![one])),
    }
}

/// The longest life of a token, in days.
pub(super) const DAYS_MAX: i64 = limits::TOKEN_AGE_MS_MAX / DAY_MS;

/// Days of a token's life as typed.
pub(super) fn read_days(text: &str) -> Option<u32> {
    let days: u32 = text.trim().parse().ok()?;
    (1..=DAYS_MAX).contains(&i64::from(days)).then_some(days)
}

/// Whether a password is as long as passwords are. The services say what else
/// is wrong with it.
pub(super) fn has_password_length(password: &str) -> bool {
    (limits::PASSWORD_CHARS_MIN..=limits::PASSWORD_CHARS_MAX).contains(&password.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_read_as_they_were_chosen() {
        assert_eq!(
            grant_text(Lang::En, &read_grant("operator", "")),
            "operator · everywhere"
        );
        assert_eq!(
            grant_text(Lang::Ko, &read_grant("approver", "prod")),
            "승인자 · prod"
        );
        assert_eq!(read_grant("emperor", "").role, Role::Viewer);
    }

    #[test]
    fn days_are_bounded() {
        for (text, days) in [
            ("90", Some(90)),
            ("0", None),
            ("366", Some(366)),
            ("367", None),
            ("", None),
            ("1e3", None),
        ] {
            assert_eq!(read_days(text), days, "{text}");
        }
    }
}
