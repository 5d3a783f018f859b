//! The commands of the learner, their effects outside of the session, and the modes that decide what keys do.

/// A command of the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Goes one step on.
    Next,
    /// Goes one step back.
    Back,
    /// Goes to the next phase.
    NextPhase,
    /// Goes to the start of this phase or, from there, of the one before.
    BackPhase,
    /// Goes to the next epoch.
    NextEpoch,
    /// Goes to the epoch before.
    BackEpoch,
    /// Goes to the first step or, after a typed number, to the step with that number.
    Start,
    /// Goes to the last step or, after a typed number, to the step with that number.
    End,
    /// Starts typing the number of a step.
    GoTo,
    /// Adds a digit to a number.
    Digit(u8),
    /// Adds a character to an answer.
    Type(char),
    /// Erases the last digit or character.
    Erase,
    /// Erases the character at the cursor of a field.
    EraseNext,
    /// Erases everything that was typed as an answer.
    Clear,
    /// Grades the typed answer. With nothing typed, shows the answer; if the answer is shown already, or
    /// nothing is asked, goes one step on.
    Answer,
    /// Shows one hint more.
    Hint,
    /// Goes to the line for the answer; asks an answered question once more.
    AskAgain,
    /// Starts or stops hiding the results of steps until they are answered or asked for.
    Hide,
    /// Confirms the typed number of a step, an offer, or the selected question of the review.
    Confirm,
    /// Moves the cursor to the numbers on the screen or, from there, to the next group of them.
    Numbers,
    /// Moves the cursor to the previous group of numbers.
    NumbersBack,
    /// Moves the cursor one number to the left.
    Left,
    /// Moves the cursor one number to the right.
    Right,
    /// Moves the cursor one number up.
    Up,
    /// Moves the cursor one number down.
    Down,
    /// Goes to the step that computed the number under the cursor, or into the epoch of a training step.
    WhereFrom,
    /// Out of the numbers; back from there; out of the help.
    Return,
    /// Back to where one was before the last jump.
    JumpBack,
    /// Makes the number under the cursor larger.
    Raise,
    /// Makes it smaller.
    Lower,
    /// Opens a field for it.
    Change,
    /// Takes the last change back.
    TakeBack,
    /// Takes all changes back.
    TakeAllBack,
    /// Shows the lesson as it was written, or with the changes again.
    Compare,
    /// Opens or closes the list of choices that the network and its training are made of.
    Choices,
    /// Draws the first weights with another seed.
    AnotherSeed,
    /// Lists the changes, or closes that list.
    Changes,
    /// Asks for the name of a file to write the lesson to.
    Write,
    /// Shows one decimal more in every number.
    MoreDecimals,
    /// Shows one decimal fewer.
    FewerDecimals,
    /// Scrolls the text one line down.
    ScrollDown,
    /// Scrolls the text one line up.
    ScrollUp,
    /// Scrolls the text one page down.
    PageDown,
    /// Scrolls the text one page up.
    PageUp,
    /// Shows the next panel beside the page.
    NextPanel,
    /// Shows the previous panel.
    BackPanel,
    /// Shows the step as lines of NumPy too, or hides them.
    NumPy,
    /// Shows what the lecture says of the step, or closes that.
    Lecture,
    /// Draws with ASCII characters only, or with all of them again.
    Glyphs,
    /// Shows the help on the keys, or closes it.
    Help,
    /// Shows what the symbols of the lesson mean, or closes that.
    Symbols,
    /// Says which keys there are.
    Remind,
    /// Shows the list of lessons.
    Menu,
    /// Opens the lesson selected in the menu.
    Open,
    /// Shows only the lessons of the menu that have what is typed.
    Search,
    /// Practises the open lesson or the one selected in the menu, with new numbers.
    Practise,
    /// Asks what is due for review; at the end of a lesson, what was missed in earlier ones.
    Review,
    /// Writes a worksheet of the lesson selected in the menu.
    Worksheet,
    /// Opens the lesson after this one.
    NextLesson,
    /// Opens the lab: trains on from where the learner stands.
    Lab,
    /// Plays a run, or pauses.
    Play,
    /// Plays faster.
    Faster,
    /// Plays more slowly.
    Slower,
    /// Starts typing the number of an epoch.
    GoToEpoch,
    /// Doubles the learning rate from here on.
    RaiseRate,
    /// Halves the learning rate from here on.
    LowerRate,
    /// Keeps the run, to compare others with it.
    Keep,
    /// Begins a run again from the same start weights.
    Again,
    /// Begins a run from weights that another seed draws.
    Seed,
    /// Trains from many random starts beside the run.
    Starts,
    /// Opens the loss map, or closes it.
    LossMap,
    /// Puts the next learned number along the loss map.
    MapAcross,
    /// Puts the one before there.
    MapAcrossBack,
    /// Puts the next learned number, or none, up the loss map.
    MapUp,
    /// Puts the one before there.
    MapUpBack,
    /// Makes the axes of the loss map narrower.
    Narrower,
    /// Makes them wider.
    Wider,
    /// Lets one panel of the lab fill the screen, or shows several again.
    Enlarge,
    /// Shows a cursor that places samples.
    Data,
    /// Moves the cursor some cells to the left.
    LeapLeft,
    /// Moves it some cells to the right.
    LeapRight,
    /// Moves it some cells up.
    LeapUp,
    /// Moves it some cells down.
    LeapDown,
    /// Places a sample at the cursor.
    Place,
    /// Picks up the sample at the cursor, or puts it down.
    Carry,
    /// Turns the class of the sample at the cursor.
    Turn,
    /// Deletes the sample at the cursor.
    Delete,
    /// Goes to the next sample.
    NextSample,
    /// Goes to the sample before.
    BackSample,
    /// Draws the samples anew with more noise.
    MoreNoise,
    /// Draws them anew with less noise.
    LessNoise,
    /// Draws more samples.
    MoreSamples,
    /// Draws fewer samples.
    FewerSamples,
    /// Draws the samples anew with another seed.
    Redraw,
    /// Leaves the lab.
    Leave,
    /// Shows the class: its question or, for a teacher, all about it.
    Class,
    /// Goes where the class stands, and follows it.
    CatchUp,
    /// Raises the hand, or lowers it.
    Hand,
    /// Says that the work is done, or that it is not.
    Done,
    /// Asks the class the question of the step.
    AskClass,
    /// Begins to type a question for the class.
    MakeQuestion,
    /// Closes the question: no answer is taken any more.
    CloseQuestion,
    /// Shows its answer to the class.
    Reveal,
    /// Opens a second vote on it.
    VoteAgain,
    /// Takes it off the screens.
    PutAway,
    /// Lets everybody work on their own, or gathers them again.
    Free,
    /// Lets nobody new in, or does again.
    Lock,
    /// Shows the names, or hides them.
    Names,
    /// Lets the chosen student drive, or takes that back.
    HandOver,
    /// Removes the chosen student, or takes them in again.
    Remove,
    /// Begins to type another name for the chosen student.
    Rename,
    /// Lowers all hands.
    LowerHands,
    /// Ends the class.
    EndClass,
    /// Suspends the process, to be continued later.
    Suspend,
    /// Ends the program.
    Quit,
}

/// The effect of a command that its caller has to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Draw again.
    Draw,
    /// Compile the lesson with the learner's changes, and draw it.
    Edit,
    /// Write the lesson with the learner's changes to a file.
    Write {
        /// The name of the file.
        name: String,
        /// Whether one that is there is to be replaced.
        replaces: bool,
    },
    /// Open this lesson.
    Open(String),
    /// Open the lesson that follows this one in the list.
    NextLesson,
    /// Practise the open lesson or the selected one.
    Practise,
    /// Ask what is due for review.
    Review,
    /// Write a worksheet of the selected lesson.
    Worksheet,
    /// Show the list of lessons.
    Menu,
    /// Open the lab.
    Lab,
    /// Leave the lab.
    Leave,
    /// Suspend the process.
    Suspend,
    /// Make another exercise.
    Exercise,
    /// End the program.
    Quit,
}

/// The modes, which decide what keys do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Walking from step to step.
    Walk,
    /// Moving a cursor over the numbers.
    Numbers,
    /// Typing a new value for the number under the cursor.
    Change,
    /// Typing the number of a step.
    GoTo,
    /// Typing an answer.
    Ask,
    /// Deciding whether to go on at the step where the lesson was left.
    Offer,
    /// Looking at the questions that were missed.
    Review,
    /// Reading the help on the keys.
    Help,
    /// Reading what the symbols mean.
    Symbols,
    /// Reading the list of changes.
    Changes,
    /// Choosing what the network and its training are made of.
    Choices,
    /// Typing the name of a file.
    Write,
    /// Looking at a run in the lab.
    Lab,
    /// Moving a cursor over the numbers of a run.
    LabNumbers,
    /// Changing the samples of a run by hand.
    Data,
    /// In a class: the keys for it beside those of the lesson.
    InClass,
    /// Typing an answer to a question to the class.
    ClassQuestion,
    /// Looking at a class as its teacher.
    Console,
    /// Typing a question to the class, or a name.
    ClassField,
    /// Choosing a lesson.
    Menu,
    /// Typing what the lesson to choose has.
    Search,
}
