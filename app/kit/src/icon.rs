//! The icon set: one path per glyph on a 24 × 24 grid, drawn with the text's
//! colour, and the filled marks that give each [`Tone`] its own shape.

use crate::Tone;
use leptos::prelude::*;

/// Every icon of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says what is drawn")]
pub enum Glyph {
    Activity,
    ArrowDown,
    ArrowLeft,
    ArrowRight,
    ArrowUp,
    Bell,
    Book,
    Calendar,
    Chart,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Clock,
    Copy,
    Dollar,
    Edit,
    External,
    Filter,
    Gear,
    Globe,
    Home,
    Info,
    Key,
    Lamp,
    Layers,
    List,
    Lock,
    Logout,
    Menu,
    Minus,
    Moon,
    Pause,
    Play,
    Plus,
    Refresh,
    Scale,
    Search,
    Server,
    Shield,
    Sun,
    Trash,
    User,
    Users,
    Warning,
    X,
}

impl Glyph {
    /// All glyphs, for galleries and tests.
    pub const ALL: [Self; 47] = [
        Self::Activity,
        Self::ArrowDown,
        Self::ArrowLeft,
        Self::ArrowRight,
        Self::ArrowUp,
        Self::Bell,
        Self::Book,
        Self::Calendar,
        Self::Chart,
        Self::Check,
        Self::ChevronDown,
        Self::ChevronLeft,
        Self::ChevronRight,
        Self::ChevronUp,
        Self::Clock,
        Self::Copy,
        Self::Dollar,
        Self::Edit,
        Self::External,
        Self::Filter,
        Self::Gear,
        Self::Globe,
        Self::Home,
        Self::Info,
        Self::Key,
        Self::Lamp,
        Self::Layers,
        Self::List,
        Self::Lock,
        Self::Logout,
        Self::Menu,
        Self::Minus,
        Self::Moon,
        Self::Pause,
        Self::Play,
        Self::Plus,
        Self::Refresh,
        Self::Scale,
        Self::Search,
        Self::Server,
        Self::Shield,
        Self::Sun,
        Self::Trash,
        Self::User,
        Self::Users,
        Self::Warning,
        Self::X,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Activity => "M3 12h4l3-8 4 16 3-8h4",
            Self::ArrowDown => "M12 4v16M5 13l7 7 7-7",
            Self::ArrowLeft => "M20 12H4M11 5l-7 7 7 7",
            Self::ArrowRight => "M4 12h16M13 5l7 7-7 7",
            Self::ArrowUp => "M12 20V4M5 11l7-7 7 7",
            Self::Bell => "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
            Self::Book => {
                "M3.5 5.5c2.8-1.3 5.7-1.3 8.5 0 2.8-1.3 5.7-1.3 8.5 0V19c-2.8-1.3-5.7-1.3-8.5 0-2.8-1.3-5.7-1.3-8.5 0zM12 5.5V19"
            }
            Self::Calendar => "M4 6h16v14.5H4zM4 10.5h16M8 3v5M16 3v5",
            Self::Chart => "M4 4v16h16M8 15l4-5 3 3 5-7",
            Self::Check => "M4 12.5l5.5 5.5L20 6.5",
            Self::ChevronDown => "M6 9l6 6 6-6",
            Self::ChevronLeft => "M15 6l-6 6 6 6",
            Self::ChevronRight => "M9 6l6 6-6 6",
            Self::ChevronUp => "M6 15l6-6 6 6",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18zM12 7v5l3.5 2",
            Self::Copy => "M9 9h11v11H9zM15 9V4H4v11h5",
            Self::Dollar => {
                "M12 2.5v19M17 8c0-2.2-2.1-3.4-5-3.4S7 5.8 7 8c0 4.7 10 2.9 10 7.7 0 2.3-2.2 3.7-5 3.7s-5-1.3-5-3.5"
            }
            Self::Edit => "M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5l3.5 3.5",
            Self::External => "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
            Self::Filter => "M4 5h16l-6 7.5V18l-4 2.5v-8z",
            Self::Gear => {
                "M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 1 0 0-5.6zM12 5.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 1 0 0-13zM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M5.3 18.7l2.1-2.1M16.6 7.4l2.1-2.1"
            }
            Self::Globe => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18zM3 12h18M12 3c2.5 2.6 3.8 5.6 3.8 9s-1.3 6.4-3.8 9c-2.5-2.6-3.8-5.6-3.8-9s1.3-6.4 3.8-9z"
            }
            Self::Home => "M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z",
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18zM12 11v5.5M12 7.5v.1",
            Self::Key => "M8 11a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9zM11.2 12.3L20 3.5M16.5 7l3 3",
            Self::Lamp => "M8 8.5h8l1.5 9h-11zM9.5 8.5L12 3.5l2.5 5M12 12v2.5M9 20.5h6",
            Self::Layers => "M12 3l9 5-9 5-9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5",
            Self::List => "M8 6h13M8 12h13M8 18h13M3.5 6h.1M3.5 12h.1M3.5 18h.1",
            Self::Lock => "M5 11h14v9.5H5zM8 11V7.5a4 4 0 0 1 8 0V11",
            Self::Logout => "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
            Self::Menu => "M4 6h16M4 12h16M4 18h16",
            Self::Minus => "M5 12h14",
            Self::Moon => "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
            Self::Pause => "M8.5 5v14M15.5 5v14",
            Self::Play => "M7 4.5v15l12-7.5z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Refresh => {
                "M20 11A8 8 0 0 0 5.6 7L3 9.5M3 4.5v5h5M4 13a8 8 0 0 0 14.4 4l2.6-2.5M21 19.5v-5h-5"
            }
            Self::Scale => "M8 20V4M4 8l4-4 4 4M16 4v16M12 16l4 4 4-4",
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 1 0 0-13zM15.5 15.5L21 21",
            Self::Server => "M4 4h16v6.5H4zM4 13.5h16V20H4zM7.5 7.2h.1M7.5 16.8h.1",
            Self::Shield => "M12 3l8 3v6c0 4.5-3.4 7.7-8 9-4.6-1.3-8-4.5-8-9V6z",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            Self::Trash => "M4 7h16M9 7V4h6v3M6 7l1 13.5h10L18 7M10 11v6M14 11v6",
            Self::User => "M12 4a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM4 20.5c.6-4 3.8-6 8-6s7.4 2 8 6",
            Self::Users => {
                "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7zM2.5 19.5c.5-3.6 3-5.3 6.5-5.3s6 1.7 6.5 5.3M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6c2 .7 3.2 2.3 3.5 4.9"
            }
            Self::Warning => "M12 4L2.5 20h19zM12 10v4.5M12 17.3v.1",
            Self::X => "M6 6l12 12M18 6L6 18",
        }
    }
}

/// One icon. Without `label` it is decoration and hidden from assistive
/// technology; with one it is an image of that name.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
    /// The name of the image, when no text beside it says the same.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let hidden = label.is_none().then_some("true");
    let role = label.is_some().then_some("img");
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="16" height="16" fill="none"
            focusable="false" aria-hidden=hidden role=role aria-label=label>
            <path d=glyph.path()/>
        </svg>
    }
}

/// The shape of a tone: circle with a check, octagon, triangle, square, dashed
/// ring, ring. Decoration: the text beside it is what is read out.
#[component]
pub fn ToneMark(
    /// Which shape.
    tone: Tone,
) -> impl IntoView {
    let (solid, line) = match tone {
        Tone::Ok => (
            "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1z",
            "M4.8 8.3l2.2 2.2 4.2-4.5",
        ),
        Tone::Alarm => (
            "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z",
            "M8 4.2v4.6M8 11.5v.1",
        ),
        Tone::Warning => ("M8 1.2l7.2 13.3H.8z", "M8 6v4M8 12.3v.1"),
        Tone::Info => ("M1.5 1.5h13v13h-13z", "M8 7.3v4.2M8 4.6v.1"),
        Tone::Unknown | Tone::Neutral => ("", "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z"),
    };
    view! {
        <svg class="tone-mark" data-tone=tone.as_str() viewBox="0 0 16 16" width="12" height="12"
            focusable="false" aria-hidden="true">
            <path class="tone-solid" d=solid/>
            <path class="tone-line" d=line/>
        </svg>
    }
}
