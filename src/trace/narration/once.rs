//! What the program says once: a sentence without a number that has stood in the lesson before is left out, and the line
//! of algebra speaks alone.

use std::mem::discriminant;

use super::training::Said;
use crate::algebra::rich_text::Fragment;
use crate::algebra::{Decimals, RichText};
use crate::trace::SegmentBody;
use crate::trace::step::{Step, StepKind};

/// The most earlier steps of a kind that are looked at, so that a lesson of very many steps is as quick as a short one.
const MOST: usize = 100;

impl Step<'_> {
    /// Returns lines of the program's without the sentences that an earlier step of the same kind has said.
    pub(super) fn unsaid(&self, lines: Vec<RichText>) -> Vec<RichText> {
        if !matches!(self.what, StepKind::Operation(_)) || self.is_opened() {
            return lines;
        }
        let mut lines: Vec<Vec<RichText>> = lines.iter().map(sentences).collect();
        let is_stock_left = |lines: &[Vec<RichText>]| lines.iter().flatten().any(is_stock);
        for earlier in self.of_the_same_kind() {
            if !is_stock_left(&lines) {
                break;
            }
            let earlier = self.trace().step(earlier);
            if !earlier.author_words().is_empty() {
                continue;
            }
            let said = earlier.own_words(Said::default());
            let said: Vec<RichText> = said.iter().flat_map(sentences).collect();
            let is_said = |sentence: &RichText| said.iter().any(|other| same(other, sentence));
            for line in &mut lines {
                line.retain(|sentence| !is_stock(sentence) || !is_said(sentence));
            }
        }
        let lines = lines.into_iter().filter(|line| !line.is_empty());
        lines
            .map(|line| {
                line.into_iter()
                    .fold(RichText::new(), RichText::then)
                    .trimmed()
            })
            .collect()
    }

    /// Returns the indices of earlier steps in which the same operation is carried out in a walk of the lesson itself, or
    /// in which a pass is folded if one is here.
    fn of_the_same_kind(&self) -> Vec<usize> {
        let is_folded = self.is_folded();
        let kind = self.operation().map(|operation| discriminant(&operation));
        let mut found = Vec::new();
        for segment in &self.trace().segments {
            if segment.first >= self.index || found.len() >= MOST {
                break;
            }
            let SegmentBody::Walk(batch) = &segment.body else {
                continue;
            };
            for (local, operation) in batch.shown().enumerate() {
                let index = segment.first + local;
                let is_led = batch.led.contains(&batch.stops[local]);
                let folds = batch.folded(local).len() > 1 && !is_led;
                let is_same =
                    folds == is_folded && (folds || Some(discriminant(&operation)) == kind);
                let is_own = !batch.opened.contains(&batch.stops[local]);
                if index < self.index && is_same && is_own {
                    found.push(index);
                }
            }
        }
        found
    }
}

/// Returns the sentences of a line, each with the space behind it.
pub(super) fn sentences(line: &RichText) -> Vec<RichText> {
    let mut all = Vec::new();
    let mut sentence = RichText::new();
    // Whether a sentence may have ended, and whether a space has followed.
    let (mut ended, mut parted) = (false, false);
    for (fragment, lit) in line.pieces() {
        let Fragment::Words(words) = fragment else {
            if parted {
                all.push(std::mem::take(&mut sentence));
            }
            sentence = sentence.piece(fragment.clone(), *lit);
            (ended, parted) = (false, false);
            continue;
        };
        let mut from = 0;
        for (at, letter) in words.char_indices() {
            if parted && !letter.is_whitespace() {
                if !letter.is_lowercase() {
                    sentence = sentence.piece(words[from..at].to_owned().into(), *lit);
                    all.push(std::mem::take(&mut sentence));
                    from = at;
                }
                parted = false;
            }
            if letter.is_whitespace() {
                parted |= ended;
            } else {
                ended = matches!(letter, '.' | '!' | '?');
            }
        }
        sentence = sentence.piece(words[from..].to_owned().into(), *lit);
    }
    all.push(sentence);
    all.retain(|sentence| !sentence.text(Decimals::default()).trim().is_empty());
    all
}

/// Returns whether a sentence has no number of the engine's in it.
pub(super) fn is_stock(sentence: &RichText) -> bool {
    let mut fragments = sentence.pieces().iter();
    fragments.all(|(fragment, _)| matches!(fragment, Fragment::Words(_)))
}

fn same(one: &RichText, other: &RichText) -> bool {
    let text = |sentence: &RichText| sentence.text(Decimals::default()).trim().to_owned();
    text(one) == text(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_where_a_sentence_ends() {
        let line = RichText::from("One. Two, e.g. this: 0.5 of w₀. J was ")
            .number(1.5)
            .words("; now it is ")
            .number(0.5)
            .words(". What now? ")
            .number(3.0)
            .words(" are left.");
        let split: Vec<String> = sentences(&line)
            .iter()
            .map(|sentence| sentence.text(Decimals::default()))
            .collect();
        assert_eq!(
            split,
            [
                "One. ",
                "Two, e.g. this: 0.5 of w₀. ",
                "J was 1.500; now it is 0.500. ",
                "What now? ",
                "3 are left."
            ]
        );
        assert_eq!(split.concat(), line.text(Decimals::default()));
    }
}
