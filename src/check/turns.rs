//! What becomes of a turn, resolved: the effect, the desk, and for a priority turn its kind and how long it is good.

use super::Checker;
use super::amounts::Kind;
use super::tools::{did_you_mean, number};
use crate::finding::Code;
use crate::policy::{RotaId, TurnTo, Valid};
use crate::syntax::{Text, WrittenTurn};
use crate::vocabulary::words::TurnEffect;

impl Checker<'_> {
    /// What becomes of somebody's turn.
    pub fn turn(&mut self, written: &WrittenTurn) -> Option<TurnTo> {
        // That a priority turn is over is for time to say.
        let effects: Vec<(&str, TurnEffect)> = (TurnEffect::ALL.iter())
            .filter(|effect| **effect != TurnEffect::Expired)
            .map(|effect| (effect.text(), *effect))
            .collect();
        let effect = self.one_of(&written.effect, &effects, "what becomes of a turn")?;
        let desk = match &written.desk {
            Some(desk) => Some(self.desk(desk)?),
            None => None,
        };
        if effect != TurnEffect::Priority {
            for text in written.kind.iter().chain(&written.valid) {
                let message = "only a priority turn has a kind, and an end";
                let help = "leave it out, or give a turn: effect = \"priority\"";
                self.helped(
                    Code::WrongType,
                    message,
                    &text.place,
                    "not of this turn",
                    help,
                );
            }
        }
        let kind = written.kind.as_ref().map(|kind| self.free_word(kind));
        let valid = match &written.valid {
            Some(text) => Some(self.valid(text)?),
            None => None,
        };
        Some(TurnTo {
            effect,
            desk,
            kind,
            valid,
        })
    }

    fn valid(&mut self, text: &Text) -> Option<Valid> {
        match text.value.as_str() {
            "day" => Some(Valid::Day),
            "round" => Some(Valid::Round),
            _ => self
                .amount_of(text, &[Kind::Length], "how long a turn is good")
                .map(Valid::Length),
        }
    }

    /// A rota of the title page.
    pub fn desk(&mut self, text: &Text) -> Option<RotaId> {
        let rotas = &self.written.title.rotas;
        let found = rotas
            .iter()
            .position(|rota| rota.name.value == text.value)
            .map(|at| RotaId(number(at)));
        if found.is_none() {
            let names = rotas.iter().map(|rota| rota.name.value.as_str());
            let help = did_you_mean(&text.value, names, "rotas");
            let message = format!("there is no rota `{}`", text.value);
            self.helped(
                Code::UnknownName,
                message,
                &text.place,
                "no such desk",
                help,
            );
        }
        found
    }
}
