//! From a tree to a value of any type that can be deserialised; what goes wrong is
//! told with its line and the way to its field.

use super::{Key, Node, Value};
use domain::text;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor, value::StrDeserializer,
};
use std::fmt;

/// Reads a value.
pub(crate) fn read<'de, T: de::Deserialize<'de>>(node: &'de Node) -> Result<T, ReadError> {
    T::deserialize(Reader(node))
}

/// Why a tree is no such value, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadError {
    /// The line, from 1; none until someone who knows it has been passed.
    pub line: Option<usize>,
    /// The way to the field, the last step first.
    steps: Vec<String>,
    /// What is wrong.
    pub message: String,
}

impl ReadError {
    fn at(mut self, line: usize) -> Self {
        self.line = self.line.or(Some(line));
        self
    }

    fn under(mut self, step: impl ToString) -> Self {
        self.steps.push(step.to_string());
        self
    }

    /// The way to the field: `windows`, `2`, `capacity`.
    pub fn path(&self) -> Vec<String> {
        self.steps.iter().rev().cloned().collect()
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            line: None,
            steps: Vec::new(),
            message: text::with_nearest(&message.to_string()),
        }
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map of keys".to_owned(),
            Unexpected::Str(text) => format!("the text `{text}`"),
            other => other.to_string(),
        };
        Self::custom(format!("here is {found}; write {wanted}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("`{field}` is missing; write it"))
    }
}

struct Reader<'a>(&'a Node);

/// What a text without quotes means, by YAML's core schema.
enum Plain<'a> {
    Nothing,
    Truth(bool),
    Number(i64),
    Text(&'a str),
}

fn plain(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Nothing,
        "true" | "True" | "TRUE" => Plain::Truth(true),
        "false" | "False" | "FALSE" => Plain::Truth(false),
        text => text.parse().map_or(Plain::Text(text), Plain::Number),
    }
}

impl Reader<'_> {
    fn unexpected(&self) -> Unexpected<'_> {
        match &self.0.value {
            Value::List(_) => Unexpected::Seq,
            Value::Map(_) => Unexpected::Map,
            Value::Scalar { text, quoted: true } => Unexpected::Str(text),
            Value::Scalar { text, .. } => match plain(text) {
                Plain::Nothing => Unexpected::Unit,
                _ => Unexpected::Str(text),
            },
        }
    }

    fn wrong(&self, wanted: &dyn Expected) -> ReadError {
        de::Error::invalid_type(self.unexpected(), wanted)
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let Node { line, value } = self.0;
        match value {
            Value::List(items) => visitor.visit_seq(Items {
                items: items.iter(),
                index: 0,
            }),
            Value::Map(entries) => visitor.visit_map(Entries {
                entries: entries.iter(),
                value: None,
            }),
            Value::Scalar { text, quoted: true } => visitor.visit_borrowed_str(text),
            Value::Scalar { text, .. } => match plain(text) {
                Plain::Nothing => visitor.visit_unit(),
                Plain::Truth(truth) => visitor.visit_bool(truth),
                Plain::Number(number) => match u64::try_from(number) {
                    Ok(number) => visitor.visit_u64(number),
                    Err(_) => visitor.visit_i64(number),
                },
                Plain::Text(text) => visitor.visit_borrowed_str(text),
            },
        }
        .map_err(|error: ReadError| error.at(*line))
    }

    /// Whatever stands without quotes is its text here: a name may look like a number.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let read = match &self.0.value {
            Value::Scalar { text, quoted } if *quoted || !matches!(plain(text), Plain::Nothing) => {
                visitor.visit_borrowed_str(text)
            }
            _ => Err(self.wrong(&visitor)),
        };
        read.map_err(|error: ReadError| error.at(self.0.line))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let read = match &self.0.value {
            Value::Scalar {
                text,
                quoted: false,
            } if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() => {
                match text.parse() {
                    Ok(number) => visitor.visit_u32(number),
                    Err(_) => Err(self.wrong(&"a smaller whole number")),
                }
            }
            _ => Err(self.wrong(&"a whole number, 0 or more, without quotes")),
        };
        read.map_err(|error: ReadError| error.at(self.0.line))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.0.value {
            Value::Scalar {
                text,
                quoted: false,
            } if matches!(plain(text), Plain::Nothing) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let line = self.0.line;
        let read = match &self.0.value {
            Value::Scalar { text, .. } => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Map(entries) => match entries.as_slice() {
                [(key, value)] => visitor.visit_enum(OneOf { key, value }),
                _ => Err(de::Error::custom("write one key here, and only one")),
            },
            Value::List(_) => Err(self.wrong(&visitor)),
        };
        read.map_err(|error: ReadError| error.at(line))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a> {
    items: std::slice::Iter<'a, Node>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some(node) = self.items.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        let value = seed.deserialize(Reader(node));
        value
            .map(Some)
            .map_err(|error| error.at(node.line).under(index))
    }
}

struct Entries<'a> {
    entries: std::slice::Iter<'a, (Key, Node)>,
    value: Option<(&'a Key, &'a Node)>,
}

fn key_reader(key: &Key) -> StrDeserializer<'_, ReadError> {
    key.text.as_str().into_deserializer()
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let read = seed.deserialize(key_reader(key));
        read.map(Some)
            .map_err(|error| error.at(key.line).under(&key.text))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((key, value)) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        let read = seed.deserialize(Reader(value));
        read.map_err(|error| error.at(value.line).under(&key.text))
    }
}

/// A map of one key, which names the variant.
struct OneOf<'a> {
    key: &'a Key,
    value: &'a Node,
}

impl<'de> EnumAccess<'de> for OneOf<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let read = seed.deserialize(key_reader(self.key));
        let key = self.key;
        read.map(|variant| (variant, self))
            .map_err(|error| error.at(key.line).under(&key.text))
    }
}

impl<'de> VariantAccess<'de> for OneOf<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Err(de::Error::custom(format!(
            "`{}` takes no value",
            self.key.text
        )))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        let Self { key, value } = self;
        let read = seed.deserialize(Reader(value));
        read.map_err(|error| error.at(value.line).under(&key.text))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        Reader(self.value).deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        Reader(self.value).deserialize_any(visitor)
    }
}
