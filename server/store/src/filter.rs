//! Pages and filters: how a list's conditions become SQL. Values are always
//! bound; only constants become text.

use crate::sql::{Sql, Value};
use domain::{estate::Environment, limits, people::Reach};

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Rows left out before it; at most `limits::PAGE_OFFSET_MAX` count.
    pub offset: u32,
    /// Rows in it; at most `limits::PAGE_ROWS_MAX` count.
    pub limit: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Rows of the whole list under the same filters.
    pub total: u64,
}

impl Sql {
    /// `AND column IN (…)`; an empty list means any.
    pub(crate) fn any_of<T>(
        &mut self,
        column: &'static str,
        wanted: &[T],
        word: impl Fn(&T) -> &str,
    ) -> &mut Self {
        if wanted.is_empty() {
            return self;
        }
        let mut words: Vec<&str> = wanted.iter().map(word).collect();
        words.sort_unstable();
        words.dedup();
        self.push(" AND ").push(column).push(" IN ");
        self.push_list(words.into_iter().map(Value::from))
    }

    /// Only environments within reach.
    pub(crate) fn within(&mut self, column: &'static str, reach: &Reach) -> &mut Self {
        match reach {
            Reach::All => self,
            Reach::Only(list) if list.is_empty() => self.push(" AND 1 = 0"),
            Reach::Only(list) => self.any_of(column, list, Environment::as_str),
        }
    }

    /// No environment within reach.
    pub(crate) fn without(&mut self, column: &'static str, reach: &Reach) -> &mut Self {
        match reach {
            Reach::All => self.push(" AND 1 = 0"),
            Reach::Only(list) if list.is_empty() => self,
            Reach::Only(list) => {
                self.push(" AND NOT (1 = 1");
                self.any_of(column, list, Environment::as_str).push(")")
            }
        }
    }

    /// Only rows whose column, kept in lower case, contains every word.
    pub(crate) fn containing(&mut self, column: &'static str, text: &str) -> &mut Self {
        self.containing_in(&[column], text)
    }

    /// Only rows of which, for every word, one of the columns contains it.
    pub(crate) fn containing_in(&mut self, columns: &[&'static str], text: &str) -> &mut Self {
        for word in text.split_whitespace().take(limits::SEARCH_WORDS_MAX) {
            let pattern = format!("%{}%", like_literal(&word.to_lowercase()));
            let mut opening = " AND (";
            for column in columns {
                self.push(opening).push(column).push(" LIKE ");
                self.push_bind(pattern.as_str()).push(" ESCAPE '\\'");
                opening = " OR ";
            }
            self.push(")");
        }
        self
    }

    /// Only rows whose column begins so.
    pub(crate) fn beginning(&mut self, column: &'static str, text: &str) -> &mut Self {
        if text.is_empty() {
            return self;
        }
        self.push(" AND ").push(column).push(" LIKE ");
        self.push_bind(format!("{}%", like_literal(text)));
        self.push(" ESCAPE '\\'")
    }

    /// Only this part of the list.
    pub(crate) fn slice(&mut self, slice: Slice) -> &mut Self {
        self.push(" LIMIT ")
            .push_bind(slice.limit.clamp(1, limits::PAGE_ROWS_MAX))
            .push(" OFFSET ")
            .push_bind(slice.offset.min(limits::PAGE_OFFSET_MAX))
    }
}

/// The text with the signs that LIKE reads made ordinary.
fn like_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}
