//! The symbols that a lesson has shown: what each means, its shape here, and where it came up first.

use super::{SegmentBody, Trace};
use crate::algebra::{Decimals, Operation, Quantity, Symbol};
use crate::lesson::{Action, Answer, Text, TextPiece};

/// A symbol that the learner has met.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownSymbol {
    /// The symbol and its meaning.
    pub symbol: Symbol,
    /// What it is here: the rows and columns of each layer's, a number, or a function; empty for a sign.
    pub here: String,
    /// The number of the step that has it first.
    pub first: usize,
}

impl KnownSymbol {
    /// Returns all that is known of it, in one line without the symbol itself.
    pub fn words(&self) -> String {
        let Symbol { name, meaning, .. } = self.symbol;
        let here = match &self.here[..] {
            "" => String::new(),
            here => format!(" Here {here}."),
        };
        format!("{name}: {meaning}.{here} First at step {}.", self.first)
    }
}

impl Trace {
    /// Returns the symbols of the steps up to an index, in the order in which they come up. The step `known` is the last
    /// one whose values are known. `is_asked` tells whether the question at a step waits for its answer: a shape that is
    /// asked for is not told.
    pub fn symbols(
        &self,
        index: usize,
        known: usize,
        is_asked: impl Fn(usize) -> bool,
    ) -> Vec<KnownSymbol> {
        let texts = self.symbolic_texts(index);
        let mut found: Vec<(usize, Symbol)> = Symbol::all()
            .into_iter()
            .filter_map(|symbol| {
                let (at, _) = texts.iter().find(|(_, text)| symbol.is_in(text))?;
                Some((*at, symbol))
            })
            .collect();
        found.sort_by_key(|(first, _)| *first);
        let is_shape = |index: &usize| {
            let ask = self.ask(*index);
            ask.is_some_and(|ask| matches!(ask.answer, Answer::Shape(_))) && is_asked(*index)
        };
        let asked: Vec<Quantity> = (0..self.len)
            .filter(is_shape)
            .filter_map(|index| Some(self.target(index)?.cell(self)?.symbol))
            .collect();
        found
            .into_iter()
            .map(|(first, symbol)| KnownSymbol {
                here: self.here(&symbol, known.min(index), &asked),
                symbol,
                first: self.number(first),
            })
            .collect()
    }

    /// Returns the texts of steps up to an index in which symbols may come up, each with its step. What comes again is
    /// left out.
    fn symbolic_texts(&self, index: usize) -> Vec<(usize, String)> {
        let mut texts = Vec::new();
        let mut worked: Vec<(usize, Operation)> = Vec::new();
        for segment in self
            .segments
            .iter()
            .take_while(|segment| segment.first <= index)
        {
            match (&segment.body, self.action(segment.scene)) {
                (SegmentBody::Walk(batch), _) => {
                    for (at, operation) in (segment.first..=index).zip(batch.shown()) {
                        let work = (segment.network, operation);
                        if !worked.contains(&work) {
                            worked.push(work);
                            let formula = self.step(at).veiled_formula();
                            texts.extend(formula.map(|text| (at, text.text(Decimals::default()))));
                        }
                    }
                }
                (SegmentBody::Train(_), _) => {
                    let formula = self.step(segment.first).formula();
                    texts.extend(
                        formula.map(|text| (segment.first, text.text(Decimals::default()))),
                    );
                }
                (SegmentBody::Say, Action::Ask(ask)) => {
                    texts.push((segment.first, words(&ask.text)));
                }
                (SegmentBody::Say, Action::Say(text)) => texts.push((segment.first, words(text))),
                (SegmentBody::Say | SegmentBody::Set(_), _) => {}
            }
        }
        texts
    }

    /// Returns what a symbol is at a step, in a few words.
    fn here(&self, symbol: &Symbol, index: usize, asked: &[Quantity]) -> String {
        let step = self.step(index);
        let last = step.last();
        let network = step.network();
        if symbol.sign == "φ" {
            let of = |l: usize| Some(format!("{} in layer {l}", network.activation(l)?.name()));
            let all: Vec<String> = (1..=last).filter_map(of).collect();
            return all.join(", ");
        }
        let shape = |quantity: Quantity| {
            let (rows, columns) = step.shape(quantity)?;
            let name = step.context().name(quantity);
            Some(if asked.contains(&quantity) {
                format!("{name} ?")
            } else if (rows, columns) == (1, 1) {
                format!("{name} one number")
            } else {
                format!("{name} {rows}×{columns}")
            })
        };
        let all: Vec<String> = symbol
            .of_layers(last)
            .into_iter()
            .filter_map(shape)
            .collect();
        match symbol.quantity {
            Some(Quantity::Rate | Quantity::Alpha | Quantity::Alpha1) => "one number".to_owned(),
            _ => all.join(", "),
        }
    }
}

/// Returns the words of a text, without its values.
fn words(text: &Text) -> String {
    let pieces = text.pieces.iter().map(|piece| match piece {
        TextPiece::Words(words) => words.as_str(),
        TextPiece::Value { .. } => " ",
    });
    pieces.collect()
}
