//! The six tones a state can have. A tone picks a colour *and* a shape; it has
//! no text of its own.

/// What a state means to the person who reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// As it should be.
    Ok,
    /// Wrong now; somebody must act.
    Alarm,
    /// May go wrong; look at it.
    Warning,
    /// Worth knowing, nothing to do.
    Info,
    /// We cannot tell.
    Unknown,
    /// Neither good nor bad.
    #[default]
    Neutral,
}

impl Tone {
    /// The value of `data-tone`, which the style sheet maps to colours.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Alarm => "alarm",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Unknown => "unknown",
            Self::Neutral => "neutral",
        }
    }
}
