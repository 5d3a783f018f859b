//! What the learner can ask for, what that has the outside do, and what the keys are about.

/// What the learner can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// One step on.
    Next,
    /// One step back.
    Back,
    /// To the next phase.
    NextPhase,
    /// To the start of this phase, or of the one before.
    BackPhase,
    /// To the next epoch.
    NextEpoch,
    /// To the epoch before.
    BackEpoch,
    /// To the first step, or with a number typed before, to that step.
    Start,
    /// To the last step, or with a number typed before, to that step.
    End,
    /// Asks for the number of a step.
    GoTo,
    /// A digit of a number.
    Digit(u8),
    /// A character of an answer.
    Type(char),
    /// Takes the last digit or character back.
    Erase,
    /// Takes back all that was typed of an answer.
    Clear,
    /// Has what was typed judged; with nothing typed shows the answer; with the answer in sight, or where nothing is
    /// asked, one step on.
    Answer,
    /// Shows a hint more.
    Hint,
    /// To the line for the answer, or once more to a question that was answered.
    AskAgain,
    /// Hides what steps make until it is answered or asked for, or no longer does.
    Hide,
    /// Ends what is being asked for.
    Confirm,
    /// To the numbers on the screen, or on to the next group of them.
    Numbers,
    /// To the group of numbers before.
    NumbersBack,
    /// The cursor one number to the left.
    Left,
    /// The cursor one number to the right.
    Right,
    /// The cursor one number up.
    Up,
    /// The cursor one number down.
    Down,
    /// To the step that made the number under the cursor, or into the epoch of a training step.
    WhereFrom,
    /// Back from there; out of the numbers; out of the help.
    Return,
    /// One decimal more in every number.
    MoreDecimals,
    /// One decimal fewer.
    FewerDecimals,
    /// The text one line on.
    ScrollDown,
    /// The text one line back.
    ScrollUp,
    /// The text a page on.
    PageDown,
    /// The text a page back.
    PageUp,
    /// Another panel beside the page.
    NextPanel,
    /// The one before it.
    BackPanel,
    /// Shows the step as lines of NumPy, or hides them.
    NumPy,
    /// What the keys do.
    Help,
    /// The list of lessons.
    Menu,
    /// Opens the lesson that the menu points at.
    Open,
    /// Stops the process, to be continued.
    Suspend,
    /// Ends the program.
    Quit,
}

/// What the outside has to do after a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Draw again.
    Draw,
    /// Open this lesson.
    Open(String),
    /// Show the list of lessons.
    Menu,
    /// Suspend the process.
    Suspend,
    /// Make another exercise.
    Exercise,
    /// End the program.
    Quit,
}

/// What the keys are about at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Walking from step to step.
    Walk,
    /// Moving a cursor over the numbers.
    Numbers,
    /// Typing the number of a step.
    GoTo,
    /// Typing an answer.
    Ask,
    /// Deciding whether to go on at the step where the lesson was left.
    Offer,
    /// Looking at the questions that were missed.
    Review,
    /// Reading what the keys do.
    Help,
    /// Choosing a lesson.
    Menu,
}
