//! Tables: sortable by links, dense if asked, and readable on a telephone,
//! where rows become cards or the table scrolls.
//!
//! The roles are written out because a browser forgets that a table is a table
//! once the style sheet lays its rows out as cards.

use crate::{Glyph, Icon};
use leptos::prelude::*;

/// How a column is sorted now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sorted {
    /// Not by this column.
    #[default]
    No,
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// One column's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    pub label: String,
    /// Numbers: set to the end, with tabular figures.
    pub numeric: bool,
    /// The label is read out but not shown (a column of buttons).
    pub hidden_label: bool,
    /// How the rows are sorted by it now, and the address that sorts them by it
    /// (or the other way round).
    pub sort: Option<(Sorted, String)>,
}

impl Column {
    /// A column of text.
    pub fn text(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// A column of numbers.
    pub fn number(label: impl Into<String>) -> Self {
        Self {
            numeric: true,
            ..Self::text(label)
        }
    }

    /// A column of actions.
    pub fn actions(label: impl Into<String>) -> Self {
        Self {
            hidden_label: true,
            ..Self::text(label)
        }
    }

    /// The same, sortable: its state now and the address that changes it.
    #[must_use]
    pub fn sort(mut self, sorted: Sorted, href: impl Into<String>) -> Self {
        self.sort = Some((sorted, href.into()));
        self
    }
}

/// What a table does where it does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Narrow {
    /// Each row becomes a card; cells show their column's label.
    #[default]
    Cards,
    /// It scrolls sideways.
    Scroll,
}

/// A table. Its children are [`Row`]s.
#[component]
pub fn Table(
    /// What the table lists; read out, not shown.
    #[prop(into)]
    caption: String,
    /// The heads.
    columns: Vec<Column>,
    /// Less room per row.
    #[prop(optional)]
    dense: bool,
    /// What it does where it does not fit.
    #[prop(optional)]
    narrow: Narrow,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let layout = match narrow {
        Narrow::Cards => "cards",
        Narrow::Scroll => "scroll",
    };
    let name = caption.clone();
    let heads = columns.into_iter().map(head).collect_view();
    view! {
        <div class="table-wrap" data-narrow=layout tabindex="0" role="region" aria-label=name>
            <table class="table" role="table" data-dense=dense.then_some("true")>
                <caption class="visually-hidden">{caption}</caption>
                <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
}

fn head(column: Column) -> AnyView {
    let numeric = column.numeric.then_some("true");
    let Some((sorted, href)) = column.sort else {
        let class = if column.hidden_label {
            "visually-hidden"
        } else {
            ""
        };
        return view! {
            <th role="columnheader" scope="col" data-numeric=numeric><span class=class>{column.label}</span></th>
        }
        .into_any();
    };
    let (aria, glyph) = match sorted {
        Sorted::No => ("none", Glyph::ChevronDown),
        Sorted::Ascending => ("ascending", Glyph::ChevronUp),
        Sorted::Descending => ("descending", Glyph::ChevronDown),
    };
    view! {
        <th role="columnheader" scope="col" data-numeric=numeric aria-sort=aria>
            <a class="sort-link" href=href><span>{column.label}</span><Icon glyph/></a>
        </th>
    }
    .into_any()
}

/// One row. Its children are [`Cell`]s.
#[component]
pub fn Row(
    /// Marks the row as the one being looked at.
    #[prop(optional, into)]
    selected: Signal<bool>,
    /// The cells.
    children: Children,
) -> impl IntoView {
    view! {
        <tr role="row" data-selected=move || selected.get().then_some("true")>{children()}</tr>
    }
}

/// One cell.
#[component]
pub fn Cell(
    /// The column's label, shown before the content where rows are cards.
    #[prop(optional, into)]
    label: Option<String>,
    /// A number: set to the end, with tabular figures.
    #[prop(optional)]
    numeric: bool,
    /// This cell names its row; a card shows it as its title.
    #[prop(optional)]
    heading: bool,
    /// Its content stays on one line; what does not fit is cut with an ellipsis.
    #[prop(optional)]
    truncate: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let numeric = numeric.then_some("true");
    let truncate = truncate.then_some("true");
    let content = view! { <div class="cell">{children()}</div> };
    if heading {
        view! {
            <th role="rowheader" scope="row" data-label=label data-numeric=numeric data-truncate=truncate>{content}</th>
        }
        .into_any()
    } else {
        view! {
            <td role="cell" data-label=label data-numeric=numeric data-truncate=truncate>{content}</td>
        }
        .into_any()
    }
}
