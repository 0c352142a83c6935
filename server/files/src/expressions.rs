//! Expressions in JMESPath that cannot take more than they are allowed.
//!
//! The language has no loops, but `[@, @]` doubles what it is given, twenty times over if it is
//! written twenty times, and a step of two thousand million leaves the list. So before an
//! expression is used its length, its nesting and by how much it can multiply its input are
//! bounded; the two functions that make long texts of short ones are replaced.

use domain::limits;
use jmespath::{
    Context, ErrorReason, JmespathError, Rcvar, Runtime, SearchResult, Variable,
    ast::Ast,
    functions::{Function, JoinFn, ToStringFn},
    interpret,
};
use std::{cell::Cell, sync::LazyLock};

/// Operators and brackets: whatever makes the reader or the interpreter call itself.
const OPERATORS: &str = "([{!&*|.<=>";

/// Of how many copies of its argument `to_string` can make a text: each quote becomes three
/// characters when it is written in another text.
const TO_STRING_COST: u64 = 4;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = Runtime::new();
    runtime.register_builtin_functions();
    runtime.register_function("join", Box::new(Join(JoinFn::new())));
    runtime.register_function("to_string", Box::new(Written(ToStringFn::new())));
    runtime
});

thread_local! {
    /// Bytes of texts that the expression which is looked up on this thread has made so far: a
    /// projection makes one for each of many.
    static WRITTEN: Cell<usize> = const { Cell::new(0) };
}

/// Counts a text that is made; an error when all of them together are too long.
fn count_text(bytes: usize, context: &Context<'_>) -> Result<(), JmespathError> {
    let most = limits::EXPRESSION_TEXT_BYTES_MAX;
    let written = WRITTEN.get().saturating_add(bytes);
    WRITTEN.set(written);
    if written <= most {
        return Ok(());
    }
    let message = format!("makes texts of more than {most} bytes");
    let reason = ErrorReason::Parse(message);
    Err(JmespathError::from_ctx(context, reason))
}

/// Why an expression is none, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The column, from 1; none when it is about the whole.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl Fault {
    fn whole(message: String) -> Self {
        Self {
            column: None,
            message,
        }
    }

    fn of(error: &JmespathError) -> Self {
        let message = match &error.reason {
            ErrorReason::Parse(message) => message.clone(),
            ErrorReason::Runtime(error) => error.to_string(),
        };
        Self {
            column: Some(error.column + 1),
            message,
        }
    }
}

/// An expression that may be used.
#[derive(Clone)]
pub(crate) struct Expression {
    text: String,
    ast: Ast,
    /// By how much it can multiply what it is given.
    pub cost: u64,
}

impl Expression {
    /// Reads one.
    pub fn compile(text: &str) -> Result<Self, Fault> {
        let chars = text.chars().count();
        if chars > limits::EXPRESSION_CHARS_MAX {
            let most = limits::EXPRESSION_CHARS_MAX;
            return Err(Fault::whole(format!(
                "has {chars} characters; {most} at most"
            )));
        }
        // Also in quotes: to tell them apart would take a reader.
        let operators = text.chars().filter(|c| OPERATORS.contains(*c)).count();
        if operators > limits::EXPRESSION_OPERATORS_MAX {
            let most = limits::EXPRESSION_OPERATORS_MAX;
            let message = format!("has {operators} operators and brackets; {most} at most");
            return Err(Fault::whole(message));
        }
        let ast = jmespath::parse(text).map_err(|error| Fault::of(&error))?;
        let cost = cost(&ast, text)?;
        Ok(Self {
            text: text.to_owned(),
            ast,
            cost,
        })
    }

    /// What it finds.
    pub fn find(&self, data: &Rcvar) -> Result<Rcvar, Fault> {
        WRITTEN.set(0);
        let mut context = Context::new(&self.text, &RUNTIME);
        interpret(data, &self.ast, &mut context).map_err(|error| Fault::of(&error))
    }
}

/// By how much an expression can multiply what it is given, in work and in what it answers.
/// An expression sees only what it is given, so what follows another multiplies it and what
/// stands beside another is added.
fn cost(ast: &Ast, text: &str) -> Result<u64, Fault> {
    let of = |ast: &Ast| cost(ast, text);
    let sum = |asts: &[Ast]| {
        let mut total = 1_u64;
        for ast in asts {
            total = total.saturating_add(cost(ast, text)?);
        }
        Ok(total)
    };
    Ok(match ast {
        Ast::Identity { .. } | Ast::Field { .. } => 1,
        Ast::Index { offset, idx } => {
            small(*idx, *offset, text)?;
            1
        }
        Ast::Slice {
            offset,
            start,
            stop,
            step,
        } => {
            for number in [start.unwrap_or(0), stop.unwrap_or(0), *step] {
                small(number, *offset, text)?;
            }
            1
        }
        Ast::Literal { value, .. } => leaves(value),
        Ast::Subexpr { lhs, rhs, .. } | Ast::Projection { lhs, rhs, .. } => {
            of(lhs)?.saturating_mul(of(rhs)?)
        }
        Ast::Comparison { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Condition {
            predicate: lhs,
            then: rhs,
            ..
        } => of(lhs)?.saturating_add(of(rhs)?),
        Ast::Not { node, .. } | Ast::Flatten { node, .. } | Ast::ObjectValues { node, .. } => {
            of(node)?
        }
        Ast::Expref { ast, .. } => of(ast)?,
        Ast::MultiList { elements, .. } => sum(elements)?,
        Ast::MultiHash { elements, .. } => {
            let mut total = 1_u64;
            for pair in elements {
                total = total.saturating_add(of(&pair.value)?);
            }
            total
        }
        Ast::Function { offset, name, args } => {
            if RUNTIME.get_function(name).is_none() {
                return Err(Fault {
                    column: Some(column(text, *offset)),
                    message: format!("there is no function `{name}`"),
                });
            }
            // Of a list of n, an expression is asked about each.
            let asks = args.iter().any(|arg| matches!(arg, Ast::Expref { .. }));
            match asks {
                true => {
                    let mut total = 1_u64;
                    for arg in args {
                        total = total.saturating_mul(of(arg)?);
                    }
                    total.saturating_add(1)
                }
                false if name == "to_string" => sum(args)?.saturating_mul(TO_STRING_COST),
                false => sum(args)?,
            }
        }
    })
}

/// Values in a value, itself among them.
pub(crate) fn leaves(value: &Variable) -> u64 {
    match value {
        Variable::Array(list) => list.iter().map(|value| leaves(value)).sum::<u64>() + 1,
        Variable::Object(object) => object.values().map(|value| leaves(value)).sum::<u64>() + 1,
        _ => 1,
    }
}

fn small(number: i32, offset: usize, text: &str) -> Result<(), Fault> {
    let most = limits::EXPRESSION_INDEX_MAX;
    match (-most..=most).contains(&number) {
        true => Ok(()),
        false => Err(Fault {
            column: Some(column(text, offset)),
            message: format!("`{number}` is out of -{most} to {most}"),
        }),
    }
}

/// The column, from 1, of a place that is counted in bytes.
fn column(text: &str, offset: usize) -> usize {
    let before = text.char_indices().take_while(|(at, _)| *at < offset);
    before.count() + 1
}

/// `join`, whose glue can be as long as the list is: it looks at the length first.
struct Join(JoinFn);

impl Function for Join {
    fn evaluate(&self, args: &[Rcvar], context: &mut Context<'_>) -> SearchResult {
        if let [glue, list] = args
            && let (Some(glue), Some(list)) = (glue.as_string(), list.as_array())
        {
            let parts = list.iter().filter_map(|part| part.as_string());
            let parts: usize = parts.map(String::len).sum();
            let glue = glue.len().saturating_mul(list.len());
            count_text(parts.saturating_add(glue), context)?;
        }
        self.0.evaluate(args, context)
    }
}

/// `to_string`, which writes out a list or an object as often as it is asked. What it is given
/// bounds one text; their number is what is counted.
struct Written(ToStringFn);

impl Function for Written {
    fn evaluate(&self, args: &[Rcvar], context: &mut Context<'_>) -> SearchResult {
        let text = self.0.evaluate(args, context)?;
        count_text(text.as_string().map_or(0, String::len), context)?;
        Ok(text)
    }
}
