//! A YAML document as a tree in which everything knows its line.
//!
//! JSON is YAML too, so one reader serves both. An alias repeats what its anchor
//! names, and each repetition counts against the limit: a small file cannot become
//! a large one.

mod read;

pub(crate) use read::{ReadError, read};

use domain::limits;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::HashMap;

/// A thing in a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Its first line, from 1.
    pub line: usize,
    /// What it is.
    pub value: Value,
}

/// What a thing is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A text; without quotes it may mean a number or nothing.
    Scalar { text: String, quoted: bool },
    /// A list.
    List(Vec<Node>),
    /// Keys and what they are for, in their order.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub line: usize,
    pub text: String,
}

/// Why a text is no tree, and on which line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TreeError {
    pub line: usize,
    pub message: String,
}

fn fail<T>(line: usize, message: impl Into<String>) -> Result<T, TreeError> {
    Err(TreeError {
        line,
        message: message.into(),
    })
}

impl Node {
    /// The deepest thing on the way that a path names.
    pub fn follow(&self, path: &[String]) -> &Self {
        let mut node = self;
        for step in path {
            let next = match &node.value {
                Value::Scalar { .. } => None,
                Value::List(items) => step.parse().ok().and_then(|n: usize| items.get(n)),
                Value::Map(entries) => {
                    let entry = entries.iter().find(|(key, _)| key.text == *step);
                    entry.map(|(_, value)| value)
                }
            };
            match next {
                Some(next) => node = next,
                None => return node,
            }
        }
        node
    }

    /// How many things it holds, itself included.
    fn size(&self) -> usize {
        let inside: usize = match &self.value {
            Value::Scalar { .. } => 0,
            Value::List(items) => items.iter().map(Self::size).sum(),
            Value::Map(entries) => entries.iter().map(|(_, value)| value.size()).sum(),
        };
        inside + 1
    }

    /// How deep things stand inside it, itself included.
    fn depth(&self) -> usize {
        let inside = match &self.value {
            Value::Scalar { .. } => None,
            Value::List(items) => items.iter().map(Self::depth).max(),
            Value::Map(entries) => entries.iter().map(|(_, value)| value.depth()).max(),
        };
        inside.unwrap_or(0) + 1
    }
}

/// Reads the one document of a text.
pub(crate) fn parse(text: &str) -> Result<Node, TreeError> {
    let mut builder = Builder::default();
    let joined = text
        .trim_start()
        .starts_with('{')
        .then(|| join_surrogates(text));
    for event in Parser::new_from_str(joined.as_deref().unwrap_or(text)) {
        match event {
            Ok((event, span)) => builder.take(event, &span)?,
            Err(error) => {
                return fail(error.marker().line(), format!("not YAML: {}", error.info()));
            }
        }
    }
    match builder.document {
        Some(node) => Ok(node),
        None => fail(1, "the file is empty"),
    }
}

/// JSON writes a character beyond the first 65,536 as two escapes, which YAML does
/// not know; as itself both read it.
fn join_surrogates(json: &str) -> String {
    let mut joined = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        joined.push_str(before);
        let unit = |at: usize| {
            let digits = escape.get(at..at + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let pair = unit(0).zip(unit(6)).map(|(high, low)| [high, low]);
        let decoded = pair.and_then(|pair| String::from_utf16(&pair).ok());
        let length = match decoded.filter(|text| text.chars().count() == 1) {
            Some(text) => {
                joined.push_str(&text);
                12
            }
            None => {
                // What follows a backslash belongs to it, another backslash too.
                let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
                joined.push_str(&escape[..length]);
                length
            }
        };
        rest = &escape[length..];
    }
    joined.push_str(rest);
    joined
}

/// A list or a map that is not yet closed.
struct Open {
    line: usize,
    anchor: usize,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Node>),
    Map {
        entries: Vec<(Key, Node)>,
        key: Option<Key>,
    },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// What anchors name, with its size.
    named: HashMap<usize, (Node, usize)>,
    nodes: usize,
    document: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), TreeError> {
        let line = span.start.line();
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.document.is_some() => fail(
                line,
                "a second document begins here; a file holds one schedule",
            ),
            Event::DocumentStart(_) => Ok(()),
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                fail(line, "tags (`!…`) have no meaning here; leave them out")
            }
            Event::Scalar(text, style, anchor, None) => {
                self.count(line, 1)?;
                let value = Value::Scalar {
                    text: text.into_owned(),
                    quoted: style != ScalarStyle::Plain,
                };
                self.close(Node { line, value }, anchor)
            }
            Event::SequenceStart(anchor, None) => {
                self.open(line, anchor, OpenKind::List(Vec::new()))
            }
            Event::MappingStart(anchor, None) => {
                let entries = Vec::new();
                self.open(line, anchor, OpenKind::Map { entries, key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { line, anchor, kind }) = self.open.pop() else {
                    return fail(line, "not YAML: something ends that did not begin");
                };
                let value = match kind {
                    OpenKind::List(items) => Value::List(items),
                    OpenKind::Map { entries, .. } => Value::Map(entries),
                };
                self.close(Node { line, value }, anchor)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.named.get(&anchor) else {
                    return fail(line, "this alias names what is not yet complete");
                };
                let (node, size) = (node.clone(), *size);
                self.count(line, size)?;
                if self.open.len() + node.depth() > limits::SCHEDULE_FILE_DEPTH_MAX {
                    return too_deep(line);
                }
                self.close(node, 0)
            }
        }
    }

    fn count(&mut self, line: usize, more: usize) -> Result<(), TreeError> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > limits::SCHEDULE_FILE_NODES_MAX {
            let most = limits::SCHEDULE_FILE_NODES_MAX;
            return fail(line, format!("the file holds more than {most} things"));
        }
        Ok(())
    }

    fn open(&mut self, line: usize, anchor: usize, kind: OpenKind) -> Result<(), TreeError> {
        self.count(line, 1)?;
        if self.open.len() >= limits::SCHEDULE_FILE_DEPTH_MAX {
            return too_deep(line);
        }
        self.open.push(Open { line, anchor, kind });
        Ok(())
    }

    /// Puts a complete thing where it belongs.
    fn close(&mut self, node: Node, anchor: usize) -> Result<(), TreeError> {
        if anchor != 0 {
            let size = node.size();
            self.named.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.document = Some(node);
            return Ok(());
        };
        match &mut open.kind {
            OpenKind::List(items) => items.push(node),
            OpenKind::Map { entries, key } => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let Value::Scalar { text, .. } = node.value else {
                        return fail(node.line, "a key is a word, not a list or a map");
                    };
                    if entries.iter().any(|(known, _)| known.text == text) {
                        return fail(node.line, format!("`{text}` is written twice"));
                    }
                    *key = Some(Key {
                        line: node.line,
                        text,
                    });
                }
            },
        }
        Ok(())
    }
}

fn too_deep<T>(line: usize) -> Result<T, TreeError> {
    let most = limits::SCHEDULE_FILE_DEPTH_MAX;
    fail(
        line,
        format!("things stand more than {most} deep inside each other"),
    )
}
