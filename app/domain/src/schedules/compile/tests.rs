//! Compiling against the evaluator.
