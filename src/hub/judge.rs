//! Judges answers with the tutor, from what was typed, and puts questions into the words of the class.

use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, OnceLock};
use std::thread;

use crate::algebra::{Decimals, RichText};
use crate::class::message::{LessonName, LessonTexts, ToAsk};
use crate::class::{Asked, AskedKind, QuestionId, SlipFound, StepRef, Verdict};
use crate::lesson::{Lesson, LessonError, forbidden};
use crate::session::LONGEST;
use crate::trace::{CompileError, Trace};
use crate::tutor::{self, Kind, Level, Outcome, Question};

/// The largest number of verdicts that are remembered: a class gives the same few answers.
const MOST_REMEMBERED: usize = 4_096;
/// The largest number of characters of a question made on the spot.
const LONGEST_QUESTION: usize = 500;
/// The largest number of options of one, and of characters of each.
const MOST_OPTIONS: usize = 8;
const LONGEST_OPTION: usize = 120;
/// The largest number of paragraphs of feedback that are kept.
const MOST_FEEDBACK: usize = 6;
/// The largest number of slips that are kept of an answer.
const MOST_SLIPS: usize = 6;

/// A lesson of a class.
struct Course {
    name: String,
    lesson: Arc<Lesson>,
    texts: LessonTexts,
    /// Compiled when it is first needed; the error in words if it cannot be.
    trace: OnceLock<Result<Arc<Trace>, String>>,
}

impl Course {
    fn trace(&self) -> Result<&Arc<Trace>, String> {
        let compiled = self.trace.get_or_init(|| {
            Trace::compile(Arc::clone(&self.lesson))
                .map(Arc::new)
                .map_err(|CompileError::Lesson(error)| error.message().to_owned())
        });
        compiled.as_ref().map_err(Clone::clone)
    }
}

/// What an answer is given to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// A question that was put to the class.
    Asked(QuestionId),
    /// A question of a lesson.
    Step(StepRef),
}

/// Judges answers to the questions of some lessons.
pub(super) struct Judge {
    courses: Arc<Vec<Course>>,
    /// The questions that were needed last.
    question: Option<(Subject, Arc<Question>)>,
    remembered: HashMap<(Subject, String), Result<Verdict, String>>,
}

impl Judge {
    /// Returns the judge of these lessons, each with its name in positions. Reads the CSV files that they name.
    pub(super) fn new(lessons: Vec<(String, Lesson)>) -> Result<Self, LessonError> {
        let courses = lessons.into_iter().map(|(name, lesson)| {
            let texts = LessonTexts::of(&name, &lesson)?;
            // What is judged by is what the students get.
            let lesson = Arc::new(texts.open()?);
            Ok(Course {
                name,
                lesson,
                texts,
                trace: OnceLock::new(),
            })
        });
        Ok(Self {
            courses: Arc::new(courses.collect::<Result<_, LessonError>>()?),
            question: None,
            remembered: HashMap::new(),
        })
    }

    /// Returns the lessons.
    pub(super) fn names(&self) -> Vec<LessonName> {
        let courses = self.courses.iter();
        courses
            .map(|course| LessonName {
                name: course.name.clone(),
                title: course.lesson.title.clone(),
            })
            .collect()
    }

    /// Returns the texts of a lesson.
    pub(super) fn texts(&self, name: &str) -> Option<&LessonTexts> {
        self.course(name).map(|course| &course.texts)
    }

    fn course(&self, name: &str) -> Option<&Course> {
        self.courses.iter().find(|course| course.name == name)
    }

    /// Has a lesson compiled on a thread beside this one, so that nobody waits for it later.
    pub(super) fn prepare(&self, name: &str) {
        let Some(at) = self.courses.iter().position(|course| course.name == name) else {
            return;
        };
        if self.courses[at].trace.get().is_none() {
            let courses = Arc::clone(&self.courses);
            // Without a thread it is compiled once it is needed.
            let _ = thread::Builder::new().spawn(move || {
                let _ = courses[at].trace();
            });
        }
    }

    pub(super) fn trace(&self, name: &str) -> Result<Arc<Trace>, String> {
        let course = self.course(name).ok_or(NO_LESSON)?;
        course.trace().cloned()
    }

    /// Checks that there is such a step. Where that is not known yet because the lesson is not compiled, it is waited for
    /// or believed.
    pub(super) fn check_step(&self, lesson: &str, step: usize, waits: bool) -> Result<(), String> {
        let course = self.course(lesson).ok_or(NO_LESSON)?;
        let last = match course.trace.get() {
            Some(Ok(trace)) => trace.len(),
            None if waits => course.trace()?.len(),
            _ => return Ok(()),
        };
        if (1..=last).contains(&step) {
            Ok(())
        } else {
            Err(NO_STEP.to_owned())
        }
    }

    /// Returns the question of a step, or for one number of it.
    fn question_of(
        &self,
        step: &StepRef,
        cell: Option<(usize, usize)>,
        by_author_only: bool,
    ) -> Result<Question, String> {
        let trace = self.trace(&step.lesson)?;
        let index = step.step.checked_sub(1);
        let index = index.filter(|index| *index < trace.len()).ok_or(NO_STEP)?;
        let question = match cell {
            Some(cell) => tutor::question_for(&trace, index, cell),
            None => tutor::question(&trace, index).or_else(|| {
                let asks = !by_author_only;
                asks.then(|| tutor::question_at_level(&trace, index, Level::Value))?
            }),
        };
        question.ok_or_else(|| NOTHING.to_owned())
    }

    /// Puts a question into the words of the class.
    ///
    /// # Errors
    /// If it cannot be asked; the message says why.
    pub(super) fn asked(&self, ask: &ToAsk) -> Result<Asked, String> {
        match ask {
            ToAsk::Step { step, cell } => {
                let question = self.question_of(step, *cell, false)?;
                let trace = self.trace(&step.lesson)?;
                let kind = match question.kind {
                    Kind::Numbers { .. } => AskedKind::Numbers,
                    Kind::Shape(_) | Kind::Sign(_) | Kind::Direction(..) => AskedKind::Words,
                    Kind::Options(_) => AskedKind::Options,
                    Kind::Open(_) => AskedKind::Open,
                    Kind::Goal(_) => return Err(GOAL.to_owned()),
                };
                let options = question.options();
                let right = question.options().enumerate();
                Ok(Asked {
                    step: Some(step.clone()),
                    cell: *cell,
                    kind,
                    form: question.kind.form(),
                    text: texts(&question.text),
                    options: options
                        .map(|(_, choice)| texts(&choice.text).join(" "))
                        .collect(),
                    right: right
                        .filter(|(_, (_, choice))| choice.right)
                        .map(|(index, _)| index)
                        .collect(),
                    answer: texts(&question.reveal(&trace)),
                    number: None,
                })
            }
            ToAsk::Options {
                text,
                options,
                right,
            } => {
                let text = prose(text, LONGEST_QUESTION)?;
                let options: Vec<String> = options
                    .iter()
                    .map(|option| prose(option, LONGEST_OPTION))
                    .collect::<Result<_, _>>()?;
                if !(2..=MOST_OPTIONS).contains(&options.len()) {
                    return Err(format!("A question has 2 to {MOST_OPTIONS} options."));
                }
                let mut right = right.clone();
                right.sort_unstable();
                right.dedup();
                if right.iter().any(|right| *right >= options.len()) {
                    return Err("The right option is none of them.".to_owned());
                }
                let lettered = ('a'..='z').zip(&options).enumerate();
                let answer = lettered.filter(|(index, _)| right.contains(index));
                let mut asked = Asked {
                    answer: answer
                        .map(|(_, (letter, option))| format!("{letter}) {option}"))
                        .collect(),
                    options,
                    right,
                    ..made(AskedKind::Options, String::new(), text)
                };
                asked.form = if asked.right.is_empty() {
                    "a letter, or several".to_owned()
                } else {
                    Self::on_the_spot(&asked).kind.form()
                };
                Ok(asked)
            }
            ToAsk::Number {
                text,
                answer,
                within,
            } => {
                if !answer.is_finite() || !within.is_finite() || *within < 0.0 {
                    return Err("The answer is no number.".to_owned());
                }
                let shown = RichText::new().number(*answer).text(Decimals::ALL);
                let text = prose(text, LONGEST_QUESTION)?;
                Ok(Asked {
                    answer: vec![shown],
                    number: Some((*answer, *within)),
                    ..made(AskedKind::Numbers, form_of_number(*within), text)
                })
            }
            ToAsk::Open { text, answer } => {
                let answer = match answer.trim() {
                    "" => Vec::new(),
                    answer => vec![prose(answer, LONGEST_QUESTION)?],
                };
                let text = prose(text, LONGEST_QUESTION)?;
                Ok(Asked {
                    answer,
                    ..made(AskedKind::Open, "in your own words".to_owned(), text)
                })
            }
        }
    }

    /// Judges an answer to a question that was put to the class.
    ///
    /// # Errors
    /// If it cannot be read as an answer; the message tells what was expected.
    pub(super) fn answer(
        &mut self,
        id: QuestionId,
        asked: &Asked,
        typed: &str,
    ) -> Result<Verdict, String> {
        self.remembering(Subject::Asked(id), typed, |judge, subject| {
            if let Some((answer, within)) = asked.number {
                let verdict = tutor::grade_number(answer, within, typed);
                return Ok(kept(
                    &verdict.map_err(|error| error.to_string())?,
                    Vec::new(),
                ));
            }
            let (question, trace) = match &asked.step {
                Some(step) => judge.question(subject, step, asked.cell)?,
                None => (Self::on_the_spot(asked), judge.any_trace()?),
            };
            let mut verdict = graded(&question, &trace, typed)?;
            if asked.kind == AskedKind::Open && asked.answer.is_empty() {
                // There is nothing to compare it with.
                verdict.feedback.clear();
            }
            if asked.kind == AskedKind::Options && asked.right.is_empty() {
                // Nobody is wrong where nothing is right.
                verdict.outcome = Outcome::Open;
                verdict.feedback.clear();
            }
            Ok(verdict)
        })
    }

    /// Judges an answer to the question that the author asks at a step.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub(super) fn work(&mut self, step: &StepRef, typed: &str) -> Result<Verdict, String> {
        self.remembering(Subject::Step(step.clone()), typed, |judge, subject| {
            let (question, trace) = judge.question(subject, step, None)?;
            graded(&question, &trace, typed)
        })
    }

    /// Returns a verdict that is known, or else finds it and remembers it.
    fn remembering(
        &mut self,
        subject: Subject,
        typed: &str,
        judge: impl FnOnce(&mut Self, &Subject) -> Result<Verdict, String>,
    ) -> Result<Verdict, String> {
        if typed.chars().count() > LONGEST {
            return Err(format!("No answer has more than {LONGEST} characters."));
        }
        if typed.chars().any(|c| c == '\n' || forbidden(c).is_some()) {
            return Err("There is something in it that cannot be seen.".to_owned());
        }
        let key = (subject, typed.to_owned());
        if let Some(known) = self.remembered.get(&key) {
            return known.clone();
        }
        // The class goes on, whatever somebody finds to type.
        let judged = panic::catch_unwind(AssertUnwindSafe(|| judge(self, &key.0)));
        let verdict = judged.unwrap_or_else(|_| Err("That cannot be judged.".to_owned()));
        if self.remembered.len() >= MOST_REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(key, verdict.clone());
        verdict
    }

    /// Returns the question of a step, which is made once for all who answer it, with its trace.
    fn question(
        &mut self,
        subject: &Subject,
        step: &StepRef,
        cell: Option<(usize, usize)>,
    ) -> Result<(Arc<Question>, Arc<Trace>), String> {
        let trace = self.trace(&step.lesson)?;
        if let Some((known, question)) = &self.question
            && known == subject
        {
            return Ok((Arc::clone(question), trace));
        }
        let by_author_only = matches!(subject, Subject::Step(_));
        let question = Arc::new(self.question_of(step, cell, by_author_only)?);
        self.question = Some((subject.clone(), Arc::clone(&question)));
        Ok((question, trace))
    }

    fn on_the_spot(asked: &Asked) -> Arc<Question> {
        let text = asked.text.join("\n");
        Arc::new(if asked.kind == AskedKind::Options {
            Question::with_options(&text, &asked.options, &asked.right)
        } else {
            Question::open(&text, &asked.answer.join("\n"))
        })
    }

    /// Returns a trace for questions that need no number of it.
    fn any_trace(&self) -> Result<Arc<Trace>, String> {
        let course = self.courses.first().ok_or(NO_LESSON)?;
        course.trace().cloned()
    }
}

/// Returns a question made on the spot, without an answer.
fn made(kind: AskedKind, form: String, text: String) -> Asked {
    Asked {
        step: None,
        cell: None,
        kind,
        form,
        text: vec![text],
        options: Vec::new(),
        right: Vec::new(),
        answer: Vec::new(),
        number: None,
    }
}

/// Returns the form of a number that may be off by so much: with as many decimals as that leaves.
fn form_of_number(within: f64) -> String {
    let rounded = |decimals: &i32| (0.5 * 10_f64.powi(-decimals) - within).abs() < within / 1e6;
    match (0..=9).find(rounded) {
        Some(0) => "a number, rounded to a whole one".to_owned(),
        Some(1) => "a number, rounded to 1 decimal".to_owned(),
        Some(decimals) => format!("a number, rounded to {decimals} decimals"),
        None => "a number".to_owned(),
    }
}

/// Grades an answer; what the class keeps of the verdict.
fn graded(question: &Question, trace: &Trace, typed: &str) -> Result<Verdict, String> {
    let verdict = question.grade(trace, typed);
    let verdict = verdict.map_err(|error| error.to_string())?;
    Ok(kept(&verdict, question.chosen(typed)))
}

/// Returns what the class keeps of a verdict.
pub(super) fn kept(verdict: &tutor::Verdict, chosen: Vec<usize>) -> Verdict {
    let slips = verdict.slips.iter().take(MOST_SLIPS);
    let mut feedback = texts(&verdict.feedback);
    feedback.truncate(MOST_FEEDBACK);
    Verdict {
        outcome: verdict.when_handed_in(),
        chosen,
        slips: slips
            .map(|slip| SlipFound {
                slip: slip.name().to_owned(),
                text: slip.brief().to_owned(),
            })
            .collect(),
        feedback,
    }
}

/// Returns a text of a teacher's without spaces around it.
fn prose(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("Nothing is written yet.".to_owned());
    }
    if text.chars().count() > most {
        return Err(format!("That is too long: at most {most} characters."));
    }
    if text.chars().any(|c| forbidden(c).is_some()) {
        return Err("There is something in it that cannot be seen.".to_owned());
    }
    Ok(text.to_owned())
}

const NO_LESSON: &str = "The class has no such lesson.";
const NO_STEP: &str = "The lesson has no such step.";
const NOTHING: &str = "There is nothing to ask at this step.";
const GOAL: &str = "A goal is reached by changing numbers: f frees the class for it.";

/// Returns paragraphs as text.
fn texts(paragraphs: &[RichText]) -> Vec<String> {
    let paragraphs = paragraphs.iter();
    paragraphs
        .map(|paragraph| paragraph.text(Decimals::default()))
        .collect()
}
