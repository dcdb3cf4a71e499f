//! A tree back to the text of a condition, for traces and for people.

use std::fmt::{self, Display, Formatter, Write};

use super::{ArithmeticOp, CompareOp, Expr, Node};

/// How tightly a shape binds: what binds looser than its surroundings gets brackets.
fn binding(node: &Node) -> u8 {
    match node {
        Node::Any(_) => 1,
        Node::All(_) => 2,
        Node::Compare { .. } | Node::In { .. } => 3,
        Node::Arithmetic {
            op: ArithmeticOp::Multiply,
            ..
        } => 5,
        Node::Arithmetic { .. } => 4,
        Node::Not(_) | Node::Negative(_) => 6,
        Node::Path(_)
        | Node::Text(_)
        | Node::Int(_)
        | Node::Bool(_)
        | Node::List(_)
        | Node::Call { .. } => 7,
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Path(segments) => {
                separated(f, segments, ".", |f, segment| f.write_str(&segment.name))
            }
            Node::Text(text) => quote(f, text),
            Node::Int(value) => write!(f, "{value}"),
            Node::Bool(value) => write!(f, "{value}"),
            Node::List(items) => {
                f.write_char('[')?;
                separated(f, items, ", ", |f, item| write!(f, "{item}"))?;
                f.write_char(']')
            }
            Node::Not(inner) => {
                f.write_char('!')?;
                at_least(f, inner, 7)
            }
            Node::Negative(inner) => {
                f.write_char('-')?;
                at_least(f, inner, 7)
            }
            Node::All(parts) => separated(f, parts, " && ", |f, part| at_least(f, part, 3)),
            Node::Any(parts) => separated(f, parts, " || ", |f, part| at_least(f, part, 2)),
            Node::Compare { op, left, right } => infix(f, left, op, right, (4, 4)),
            Node::In { item, set, negated } => {
                infix(f, item, if *negated { "!in" } else { "in" }, set, (4, 4))
            }
            Node::Arithmetic { op, left, right } => {
                let own = binding(&self.node);
                infix(f, left, op, right, (own, own + 1))
            }
            Node::Call {
                module,
                function,
                args,
                ..
            } => {
                if let Some(module) = module {
                    write!(f, "{module}::")?;
                }
                write!(f, "{function}(")?;
                separated(f, args, ", ", |f, arg| write!(f, "{arg}"))?;
                f.write_char(')')
            }
        }
    }
}

fn at_least(f: &mut Formatter<'_>, expr: &Expr, bound: u8) -> fmt::Result {
    if binding(&expr.node) < bound {
        write!(f, "({expr})")
    } else {
        write!(f, "{expr}")
    }
}

fn infix(
    f: &mut Formatter<'_>,
    left: &Expr,
    op: impl Display,
    right: &Expr,
    bounds: (u8, u8),
) -> fmt::Result {
    at_least(f, left, bounds.0)?;
    write!(f, " {op} ")?;
    at_least(f, right, bounds.1)
}

fn separated<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    between: &str,
    mut each: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        each(f, item)?;
    }
    Ok(())
}

/// A text as rhai reads it back.
fn quote(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl Display for CompareOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl Display for ArithmeticOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
        })
    }
}
