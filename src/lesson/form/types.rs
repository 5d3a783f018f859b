//! What values of the format are made of: each type says to serde how it is read, and to a schema what it may be.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::rules;
use crate::lesson::Batch;
use crate::lesson::limits::{MAX_NUMBER, MAX_SAMPLES, MAX_TEXT, MAX_VALUE_NAME};

/// Text with something in it, in which values may be named.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(pub(crate) String);

/// Text of one line and at most so many characters.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Line<const MOST: usize>(String);

/// The name of a column, a class or a file as it is written, which may look like a number.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Name(pub(crate) String);

/// The bound of a value, as it is written: `all`, `below 0.1`.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Bound(pub(crate) String);

/// What is expected of one.
pub(crate) const A_BOUND: &str =
    "`all`, `below 0.1`, `above 0.9`, `at least 3`, `at most 3` or `between 0.4 and 0.6`";

/// A finite number, not too large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number(pub(crate) f64);

/// A whole number from … to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Whole<const LEAST: usize, const MOST: usize>(pub(crate) usize);

/// Only a key, with nothing behind it.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing;

/// One of the words of a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Word<T>(pub(crate) T);

/// What words there are, and what each means where its name does not say.
pub(crate) trait Vocabulary: Copy + 'static {
    fn all() -> Vec<Self>;
    fn word(self) -> &'static str;
    fn about(self) -> &'static str {
        ""
    }
    /// Other names by which it is known elsewhere.
    fn aliases(self) -> &'static [&'static str] {
        &[]
    }
    /// What is expected, where the words are too many to be listed.
    fn expected() -> Option<&'static str> {
        None
    }
}

/// A map from names of the author's own, in the order of the file.
#[derive(Debug)]
pub(crate) struct Entries<T>(pub(crate) Vec<(String, T)>);

/// One thing or another, which is a map.
#[derive(Debug)]
pub(crate) enum Either<A, B> {
    One(A),
    Map(B),
}

impl<const MOST: usize> Line<MOST> {
    /// Without the blanks around it.
    pub(crate) fn text(&self) -> &str {
        self.0.trim()
    }
}

/// A key with nothing behind it is there all the same.
pub(crate) fn present<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

/// Numbers are read from what is written, so that no reader of YAML has a say in what `017`, `0x10` or `-0` is.
fn written<'de, D, T>(from: D, expected: &str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
{
    let text = String::deserialize(from)?;
    text.parse()
        .map_err(|_| Error::custom(format_args!("expected {expected}")))
}

/// A flag, from what is written as well: the name of a column may be `true`.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    written(from, "true or false")
}

/// The same, where it may be left out.
pub(crate) fn some_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    flag(from).map(Some)
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        written(from, "a number").map(Self)
    }
}

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Whole<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        written(from, "a whole number").map(Self)
    }
}

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        match text.as_str() {
            "all" => Ok(Self::All),
            size => written(
                StrDeserializer::<D::Error>::new(size),
                "a whole number, or all",
            )
            .map(Self::Size),
        }
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let word = T::all().into_iter().find(|word| word.word() == text);
        word.map(Self)
            .ok_or_else(|| Error::custom("a word that is not known"))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Visit(PhantomData))
    }
}

/// Told apart by what comes, and read straight on: `untagged` would keep what comes, and lose how it was written.
impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Deserialize<'de> for Either<A, B> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit<A, B>(PhantomData<(A, B)>);
        impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Visitor<'de> for Visit<A, B> {
            type Value = Either<A, B>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map, or one of the other forms")
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                A::deserialize(().into_deserializer()).map(Either::One)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                A::deserialize(StrDeserializer::new(text)).map(Either::One)
            }

            fn visit_seq<S: SeqAccess<'de>>(self, list: S) -> Result<Self::Value, S::Error> {
                A::deserialize(SeqAccessDeserializer::new(list)).map(Either::One)
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
                B::deserialize(MapAccessDeserializer::new(map)).map(Either::Map)
            }
        }
        use serde::de::IntoDeserializer as _;
        from.deserialize_any(Visit(PhantomData))
    }
}

/// A schema that stands where it is used.
macro_rules! inline {
    ($($name:literal, [$($generics:tt)*], $type:ty, $generator:pat => $schema:expr;)*) => {
        $(impl<$($generics)*> JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        })*
    };
}

inline! {
    "text", [], Text, _ =>
        json_schema!({"type": "string", "maxLength": MAX_TEXT, "pattern": rules::NOT_BLANK});
    "line", [const MOST: usize], Line<MOST>, _ =>
        json_schema!({"type": "string", "maxLength": MOST, "pattern": rules::ONE_LINE});
    "bound", [], Bound, _ => json_schema!({
        "type": "string",
        "maxLength": MAX_VALUE_NAME,
        "pattern": rules::BOUND,
        "x-expected": A_BOUND,
        "x-help": "write, for example, `at least {}`",
    });
    "name", [], Name, _ =>
        json_schema!({"type": ["string", "number", "boolean"], "pattern": rules::NOT_BLANK});
    "number", [], Number, _ =>
        json_schema!({"type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER});
    "whole", [const LEAST: usize, const MOST: usize], Whole<LEAST, MOST>, _ =>
        json_schema!({"type": "integer", "minimum": LEAST, "maximum": MOST});
    "nothing", [], Nothing, _ => json_schema!({"const": null});
    "batch", [], Batch, generator => json_schema!({"anyOf": [
        generator.subschema_for::<Whole<1, MAX_SAMPLES>>(),
        {"enum": ["all"]},
    ]});
    "word", [T: Vocabulary], Word<T>, _ => {
        let mut schema = words(&T::all());
        if let Some(expected) = T::expected() {
            schema.insert("x-expected".to_owned(), expected.into());
        }
        schema
    };
    "entries", [T: JsonSchema], Entries<T>, generator => json_schema!({
        "type": "object",
        "additionalProperties": generator.subschema_for::<T>(),
    });
    "either", [A: JsonSchema, B: JsonSchema], Either<A, B>, generator => json_schema!({"anyOf": [
        generator.subschema_for::<A>(),
        generator.subschema_for::<B>(),
    ]});
}

fn words<T: Vocabulary>(all: &[T]) -> Schema {
    if all.iter().all(|word| word.about().is_empty()) {
        let words: Vec<&str> = all.iter().map(|word| word.word()).collect();
        return json_schema!({"enum": words});
    }
    let words: Vec<serde_json::Value> = all
        .iter()
        .map(|word| serde_json::json!({"const": word.word(), "description": word.about()}))
        .collect();
    json_schema!({"oneOf": words})
}
