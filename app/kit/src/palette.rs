//! The command palette: a dialog with one input and a list of what it found.
//! The input keeps the focus; the arrow keys move through the list, Enter picks.

use crate::dialog::follow;
use crate::{Glyph, Icon, Kbd};
use leptos::{ev, html, prelude::*};

/// How many matches are listed.
const MATCHES_MAX: usize = 50;

/// One thing to go to or do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteItem {
    /// Handed to `on_pick`: usually an address.
    pub value: String,
    /// What is read and searched.
    pub label: String,
    /// What it is ("Page", "Group in prod").
    pub hint: Option<String>,
    /// Other words that find it.
    pub keywords: String,
    /// Its icon.
    pub glyph: Glyph,
}

/// The items that contain every word of the query, in their given order;
/// those whose label begins with the query first.
#[must_use]
pub fn palette_matches(items: &[PaletteItem], query: &str) -> Vec<PaletteItem> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for item in items {
        let label = item.label.to_lowercase();
        let haystack = format!(
            "{label} {} {}",
            item.keywords.to_lowercase(),
            item.hint.as_deref().unwrap_or("").to_lowercase()
        );
        if !words.iter().all(|word| haystack.contains(word)) {
            continue;
        }
        if !query.is_empty() && label.starts_with(&query) {
            first.push(item.clone())
        } else {
            rest.push(item.clone())
        }
    }
    first.append(&mut rest);
    first.truncate(MATCHES_MAX);
    first
}

/// The palette. Open it by its signal; it closes itself when something is picked.
#[component]
pub fn CommandPalette(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is.
    #[prop(into)]
    title: String,
    /// What to type.
    #[prop(into)]
    placeholder: String,
    /// Said when nothing matches.
    #[prop(into)]
    empty_text: String,
    /// Everything that can be found.
    #[prop(into)]
    items: Signal<Vec<PaletteItem>>,
    /// Told what is typed, to search on the server too.
    #[prop(optional, into)]
    on_query: Option<Callback<String>>,
    /// Told the picked item's value.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    let node = follow(open);
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let matches =
        Memo::new(move |_| items.with(|items| query.with(|query| palette_matches(items, query))));
    let pick = move |value: String| {
        open.set(false);
        on_pick.run(value);
    };
    let typed = move |event: ev::Event| {
        let text = event_target_value(&event);
        active.set(0);
        query.set(text.clone());
        if let Some(on_query) = on_query {
            on_query.run(text);
        }
    };
    let list = NodeRef::<html::Ul>::new();
    let key = move |event: ev::KeyboardEvent| {
        let count = matches.with_untracked(Vec::len);
        let now = active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" if count > 0 => (now + 1) % count,
            "ArrowUp" if count > 0 => (now + count - 1) % count,
            "Enter" => {
                event.prevent_default();
                if let Some(item) = matches.with_untracked(|matches| matches.get(now).cloned()) {
                    pick(item.value);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(next);
        reveal(list, next);
    };
    // It opens empty, whatever was typed last time.
    Effect::new(move |_| {
        if open.get() {
            query.set(String::new());
            active.set(0)
        }
    });
    let options = move || {
        matches.get().into_iter().enumerate().map(|(index, item)| {
        let value = item.value;
        view! {
            <li class="palette-item" role="option" id=format!("palette-{index}")
                aria-selected=move || if active.get() == index { "true" } else { "false" }
                on:pointermove=move |_| if active.get_untracked() != index { active.set(index) }
                on:click=move |_| pick(value.clone())>
                <Icon glyph=item.glyph/>
                <span class="palette-label">{item.label}</span>
                {item.hint.map(|hint| view! { <span class="palette-hint">{hint}</span> })}
            </li>
        }
    }).collect_view()
    };
    view! {
        <dialog class="dialog palette" aria-label=title node_ref=node on:close=move |_| open.set(false)>
            <div class="palette-query">
                <Icon glyph=Glyph::Search/>
                <input class="palette-input" type="text" role="combobox" autocomplete="off" spellcheck="false"
                    aria-label=placeholder.clone()
                    placeholder=placeholder
                    aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
                    aria-activedescendant=move || matches.with(|matches| !matches.is_empty())
                        .then(|| format!("palette-{}", active.get()))
                    prop:value=query
                    on:input=typed on:keydown=key/>
                <Kbd>"Esc"</Kbd>
            </div>
            <ul class="palette-list" id="palette-list" role="listbox" aria-label=move || query.get() node_ref=list>{options}</ul>
            {move || matches.with(Vec::is_empty).then(|| view! {
                <p class="palette-empty" role="status">{empty_text.clone()}</p>
            })}
        </dialog>
    }
}

fn reveal(list: NodeRef<html::Ul>, index: usize) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let Ok(index) = u32::try_from(index) else {
        return;
    };
    if let Some(item) = list.children().item(index) {
        item.scroll_into_view_with_bool(false);
    }
}
