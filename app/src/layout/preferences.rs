//! One's own preferences: as they were last chosen, and the one way in which
//! they are kept.
//!
//! They are kept as a whole, from several places: the buttons of the frame, the
//! form of the settings. So saves go out one after the other, each with all
//! that was chosen so far: none overtakes another, and none takes back what
//! another changed.

use crate::{pages::settings::save_profile, rpc::UiError};
use api::people::{Profile, Theme, Viewer};
use leptos::{prelude::*, task::spawn_local};

type Told = Box<dyn FnOnce(Result<(), UiError>) + Send + Sync>;

/// The preferences of the person who looks.
#[derive(Clone, Copy)]
pub(crate) struct Preferences {
    /// As chosen, kept already or not.
    pub chosen: RwSignal<Profile>,
    /// Being kept.
    pub busy: RwSignal<bool>,
    kept: StoredValue<Profile>,
    waiting: StoredValue<Vec<Told>>,
}

/// The preferences of this page; none for a stranger.
pub(crate) fn use_preferences() -> Option<Preferences> {
    use_context()
}

impl Preferences {
    /// Those that came with the page; once, at the root of the application.
    pub fn new(viewer: &Viewer) -> Self {
        let profile = Profile {
            lang: viewer.lang_chosen.then_some(viewer.lang),
            zone: viewer.zone.name().to_owned(),
            theme: viewer.theme,
        };
        Self {
            chosen: RwSignal::new(profile.clone()),
            busy: RwSignal::new(false),
            kept: StoredValue::new(profile),
            waiting: StoredValue::new(Vec::new()),
        }
    }

    /// Changes them and keeps the change. `told` learns how it ended, once
    /// everything that was chosen meanwhile is kept, too.
    pub fn keep(
        self,
        change: impl FnOnce(&mut Profile),
        told: impl FnOnce(Result<(), UiError>) + Send + Sync + 'static,
    ) {
        self.chosen.update(change);
        self.chosen
            .with_untracked(|chosen| show_theme(chosen.theme));
        self.waiting
            .update_value(|waiting| waiting.push(Box::new(told)));
        if !self.busy.get_untracked() {
            self.busy.set(true);
            spawn_local(self.keep_all());
        }
    }

    async fn keep_all(self) {
        loop {
            let wanted = self.chosen.get_untracked();
            let result = save_profile(wanted.clone()).await;
            if result.is_ok() {
                self.kept.set_value(wanted.clone());
            }
            if self.chosen.with_untracked(|chosen| *chosen != wanted) {
                continue;
            }
            if result.is_err() {
                // The page must not show what is not so.
                let kept = self.kept.get_value();
                show_theme(kept.theme);
                self.chosen.set(kept);
            }
            self.busy.set(false);
            let waiting = self.waiting.try_update_value(std::mem::take);
            for told in waiting.unwrap_or_default() {
                told(result.clone());
            }
            return;
        }
    }
}

/// Shows a theme at once; the next page comes with it from the server.
fn show_theme(theme: Theme) {
    let Some(root) = document().document_element() else {
        return;
    };
    // Both fail only for a malformed attribute name.
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        _ => root.set_attribute("data-theme", theme.as_str()),
    };
}

/// Loads the page anew, as every text of it changes.
pub(crate) fn reload_page() {
    // Fails only where there is no window left.
    let _ = window().location().reload();
}
