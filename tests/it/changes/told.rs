//! What is said of changes where they are made, and how numbers are named.

use nn_tutor::lesson::Library;
use nn_tutor::session::{Command, Session};

use super::session_of;

/// Every number that can be changed has a name by which it is found again, in every lesson.
#[test]
fn what_can_be_changed_is_called_by_a_name_that_leads_to_it() {
    let mut named = 0;
    for lesson in Library::embedded().names() {
        let mut session = session_of(lesson);
        let count = session.trace().len();
        for index in (0..count).step_by(1 + count / 12) {
            session.go_to(index);
            let step = session.step();
            for operand in step.operands() {
                for row in 0..operand.rows().min(4) {
                    for column in 0..operand.columns().min(3) {
                        let cell = operand.cell(row, column);
                        let Some(name) = session.name_to_set(cell) else {
                            continue;
                        };
                        named += 1;
                        let found = session
                            .cell_named(&name)
                            .expect("a name that leads nowhere");
                        let at =
                            |cell: nn_tutor::algebra::Cell| (cell.symbol, cell.row, cell.column);
                        assert_eq!(at(found), at(cell), "{lesson} {index} {name}");
                    }
                }
            }
        }
    }
    assert!(named > 200, "{named}");
}

/// A goal is told to be reached at the step that sets the number, too.
#[test]
fn a_goal_is_told_to_be_reached_where_the_number_is_set() {
    let mut session: Session = session_of("gates");
    let has_goal = |index: &usize| session.trace().goal(*index).is_some();
    let task = (0..session.trace().len()).find(has_goal).unwrap();
    session.go_to(task);
    session.change_named("W(0)[0,1]", "1");
    session.edit_now();
    let task = session.index();
    assert!(!session.meets_goal());
    session.go_to(task - 1);
    assert!(session.trace().is_inserted(session.index()));
    session.change_named("W(0)[0,1]", "2");
    session.edit_now();
    assert!(!session.message().unwrap().contains("reached"));
    session.change_named("W(0)[0,1]", "-0.5");
    session.edit_now();
    let said = session.message().unwrap().to_owned();
    assert!(
        said.contains("The goal is reached. → shows the task."),
        "{said}"
    );
    assert!(session.trace().is_inserted(session.index()));
    session.apply(Command::Next);
    assert_eq!(session.index(), task);
    assert!(session.asked().unwrap().revealed);
}
