//! From rhai's syntax tree to ours.

use std::ops::Range;

use rhai::{Expr as Tree, FnCallExpr, Position, Stmt, Token};

use super::super::place::Places;
use super::tokens::{Piece, refuse};
use super::{ArithmeticOp, CompareOp, Expr, ExpressionFault, MAX_DEPTH, Node, Segment};

/// Lowers what rhai's parser made of a condition.
pub(super) fn lower(
    statements: &[Stmt],
    pieces: &[Piece],
    places: &Places<'_>,
) -> Result<Expr, ExpressionFault> {
    let lowering = Lowering { pieces, places };
    match statements {
        [Stmt::Expr(tree)] => lowering.expr(tree, 0),
        [Stmt::FnCall(call, position)] => lowering.call(call, *position, 0),
        _ => Err(refuse("a statement", 0..0, "a condition is one expression")),
    }
}

struct Lowering<'a> {
    pieces: &'a [Piece],
    places: &'a Places<'a>,
}

impl Lowering<'_> {
    fn expr(&self, tree: &Tree, depth: usize) -> Result<Expr, ExpressionFault> {
        let at = self.piece(tree.start_position()).at.clone();
        if depth >= MAX_DEPTH {
            let message = format!("the condition is nested deeper than {MAX_DEPTH}");
            return Err(ExpressionFault::TooLarge { message, at });
        }
        let leaf = |node| {
            Ok(Expr {
                node,
                at: at.clone(),
            })
        };
        match tree {
            Tree::BoolConstant(value, _) => leaf(Node::Bool(*value)),
            Tree::IntegerConstant(value, position) => {
                let at = self.signed(*position);
                Ok(Expr {
                    node: Node::Int(*value),
                    at,
                })
            }
            Tree::StringConstant(value, _) => leaf(Node::Text(value.to_string())),
            Tree::Variable(..) | Tree::Dot(..) => self.path(tree),
            Tree::Array(items, position) => self.list(items, *position, depth),
            Tree::And(parts, _) => self.parts(parts, depth, true),
            Tree::Or(parts, _) => self.parts(parts, depth, false),
            Tree::FnCall(call, position) => self.call(call, *position, depth),
            _ => Err(refuse(
                "this",
                at,
                "use comparisons, `in`, `&&`, `||`, `!`, `+`, `-`, `*`",
            )),
        }
    }

    fn path(&self, tree: &Tree) -> Result<Expr, ExpressionFault> {
        let mut segments = Vec::new();
        self.segments(tree, &mut segments)?;
        let start = segments
            .first()
            .map_or(0, |segment: &Segment| segment.at.start);
        let end = segments.last().map_or(0, |segment| segment.at.end);
        Ok(Expr {
            node: Node::Path(segments),
            at: start..end,
        })
    }

    /// The names of a chain of dots; the pre-scan has bounded its length.
    fn segments(&self, tree: &Tree, found: &mut Vec<Segment>) -> Result<(), ExpressionFault> {
        let (name, position) = match tree {
            Tree::Dot(sides, ..) => {
                self.segments(&sides.lhs, found)?;
                return self.segments(&sides.rhs, found);
            }
            Tree::Variable(variable, _, position) if variable.2.is_empty() => {
                (&variable.1, *position)
            }
            Tree::Property(property, position) => (&property.2, *position),
            Tree::Variable(_, _, position) => {
                let at = self.piece(*position).at.clone();
                return Err(refuse(
                    "a name in a module",
                    at,
                    "call it: `module::function(a)`",
                ));
            }
            other => {
                let at = self.piece(other.start_position()).at.clone();
                return Err(refuse("a dot after this", at, "only names have properties"));
            }
        };
        let at = self.piece(position).at.clone();
        found.push(Segment {
            name: name.to_string(),
            at,
        });
        Ok(())
    }

    fn list(
        &self,
        items: &[Tree],
        position: Position,
        depth: usize,
    ) -> Result<Expr, ExpressionFault> {
        let items = self.all(items, depth)?;
        let at = self.bracketed(self.index(position));
        Ok(Expr {
            node: Node::List(items),
            at,
        })
    }

    fn parts(&self, parts: &[Tree], depth: usize, all: bool) -> Result<Expr, ExpressionFault> {
        let mut flat = Vec::new();
        for part in self.all(parts, depth)? {
            match part.node {
                Node::All(inner) if all => flat.extend(inner),
                Node::Any(inner) if !all => flat.extend(inner),
                _ => flat.push(part),
            }
        }
        let at = match (flat.first(), flat.last()) {
            (Some(first), Some(last)) => self.span(&first.at, &last.at),
            _ => 0..0,
        };
        let node = if all {
            Node::All(flat)
        } else {
            Node::Any(flat)
        };
        Ok(Expr { node, at })
    }

    fn all(&self, trees: &[Tree], depth: usize) -> Result<Vec<Expr>, ExpressionFault> {
        trees
            .iter()
            .map(|tree| self.expr(tree, depth + 1))
            .collect()
    }

    /// A call, or an operator: rhai's tree has calls for both, so the written word decides.
    fn call(
        &self,
        call: &FnCallExpr,
        position: Position,
        depth: usize,
    ) -> Result<Expr, ExpressionFault> {
        let piece = self.piece(position);
        match (&piece.token, &call.args[..]) {
            (Token::Identifier(_), args) => self.function(call, position, args, depth),
            (Token::NotIn, [Tree::FnCall(inner, _)]) => match &inner.args[..] {
                [set, item] => self.membership(item, set, true, depth),
                _ => Err(self.strange(piece)),
            },
            (Token::In, [set, item]) => self.membership(item, set, false, depth),
            (token, [inner]) => {
                let inner = Box::new(self.expr(inner, depth + 1)?);
                let at = piece.at.start..self.around(&inner.at).end;
                let node = match token {
                    Token::Bang => Node::Not(inner),
                    Token::Minus | Token::UnaryMinus => Node::Negative(inner),
                    _ => return Err(self.strange(piece)),
                };
                Ok(Expr { node, at })
            }
            (token, [left, right]) => {
                let left = Box::new(self.expr(left, depth + 1)?);
                let right = Box::new(self.expr(right, depth + 1)?);
                let at = self.span(&left.at, &right.at);
                let node = binary(token, left, right).ok_or_else(|| self.strange(piece))?;
                Ok(Expr { node, at })
            }
            _ => Err(self.strange(piece)),
        }
    }

    fn membership(
        &self,
        item: &Tree,
        set: &Tree,
        negated: bool,
        depth: usize,
    ) -> Result<Expr, ExpressionFault> {
        let item = Box::new(self.expr(item, depth + 1)?);
        let set = Box::new(self.expr(set, depth + 1)?);
        let at = self.span(&item.at, &set.at);
        Ok(Expr {
            node: Node::In { item, set, negated },
            at,
        })
    }

    fn function(
        &self,
        call: &FnCallExpr,
        position: Position,
        args: &[Tree],
        depth: usize,
    ) -> Result<Expr, ExpressionFault> {
        let index = self.index(position);
        let name = &self.pieces[index].at;
        let mut modules = call.namespace.path.iter();
        let module = modules.next();
        if let Some(second) = modules.next() {
            let at = self.piece(second.pos).at.clone();
            return Err(refuse(
                "a module in a module",
                at,
                "write `module::function(a)`",
            ));
        }
        let start = module.map_or(name.start, |module| self.places.offset(module.pos));
        let args = self.all(args, depth)?;
        let end = self
            .pieces
            .get(index + 1)
            .map_or(name.end, |_| self.bracketed(index + 1).end);
        let node = Node::Call {
            module: module.map(|module| module.name.to_string()),
            function: call.name.to_string(),
            args,
            at: start..name.end,
        };
        Ok(Expr {
            node,
            at: start..end,
        })
    }

    fn strange(&self, piece: &Piece) -> ExpressionFault {
        refuse(
            &format!("`{}`", piece.token),
            piece.at.clone(),
            "it is no operator of conditions",
        )
    }

    /// A number may stand behind a sign of its own, which rhai folds into it.
    fn signed(&self, position: Position) -> Range<usize> {
        let index = self.index(position);
        let at = &self.pieces[index].at;
        match (&self.pieces[index].token, self.pieces.get(index + 1)) {
            (Token::Minus | Token::UnaryMinus, Some(number)) => {
                let end = number
                    .partner
                    .map_or(number.at.end, |end| self.pieces[end].at.end);
                at.start..end
            }
            _ => at.clone(),
        }
    }

    /// From a bracket to its partner.
    fn bracketed(&self, index: usize) -> Range<usize> {
        let open = &self.pieces[index];
        let end = open
            .partner
            .map_or(open.at.end, |end| self.pieces[end].at.end);
        open.at.start..end
    }

    /// From the left of one operand to the right of another, with the brackets around each.
    fn span(&self, left: &Range<usize>, right: &Range<usize>) -> Range<usize> {
        self.around(left).start..self.around(right).end
    }

    /// The range with the brackets that enclose exactly it, but not those of a call.
    fn around(&self, at: &Range<usize>) -> Range<usize> {
        let mut first = self.find(at.start);
        let mut around = at.clone();
        while let Some(open) = first.checked_sub(1) {
            let call = open
                .checked_sub(1)
                .is_some_and(|name| matches!(self.pieces[name].token, Token::Identifier(_)));
            let closed = self.pieces[open].partner.filter(|&close| {
                self.pieces[open].token == Token::LeftParen
                    && close > 0
                    && self.pieces[close - 1].at.end == around.end
            });
            let (Some(close), false) = (closed, call) else {
                break;
            };
            around = self.pieces[open].at.start..self.pieces[close].at.end;
            first = open;
        }
        around
    }

    fn piece(&self, position: Position) -> &Piece {
        &self.pieces[self.index(position)]
    }

    fn index(&self, position: Position) -> usize {
        self.find(self.places.offset(position))
    }

    /// The piece that starts at an offset, or the last one before it.
    fn find(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at.start <= offset)
            .saturating_sub(1)
    }
}

fn binary(token: &Token, left: Box<Expr>, right: Box<Expr>) -> Option<Node> {
    let compare = match token {
        Token::EqualsTo => Some(CompareOp::Equal),
        Token::NotEqualsTo => Some(CompareOp::NotEqual),
        Token::LessThan => Some(CompareOp::Less),
        Token::LessThanEqualsTo => Some(CompareOp::LessOrEqual),
        Token::GreaterThan => Some(CompareOp::Greater),
        Token::GreaterThanEqualsTo => Some(CompareOp::GreaterOrEqual),
        _ => None,
    };
    if let Some(op) = compare {
        return Some(Node::Compare { op, left, right });
    }
    let op = match token {
        Token::Plus => ArithmeticOp::Add,
        Token::Minus => ArithmeticOp::Subtract,
        Token::Multiply => ArithmeticOp::Multiply,
        _ => return None,
    };
    Some(Node::Arithmetic { op, left, right })
}
