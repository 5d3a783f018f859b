//! Scripts that complete commands, options and names of lessons in a shell.

use std::io::Write;

use clap::{Command, CommandFactory as _, ValueHint};
use clap_complete::Shell;

use super::Failure;
use super::args::Args;

const NAME: &str = "nn-tutor";

/// The functions that ask the program for its lessons, in each shell that can be taught to.
const BASH: &str = r#"_nn_tutor_lessons() {
    local i folder=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == --lessons ]]; then
            folder=(--lessons "${COMP_WORDS[i + 1]/#\~/$HOME}")
        fi
    done
    "${COMP_WORDS[0]/#\~/$HOME}" "${folder[@]}" list --names 2>/dev/null
}

"#;
const ZSH: &str = r#"
_nn-tutor_lessons() {
    local -a folder names
    local at=${words[(I)--lessons]}
    (( at )) && folder=(--lessons ${~words[at + 1]})
    names=(${(f)"$(nn-tutor $folder list --names 2>/dev/null)"})
    _alternative 'lessons:lesson:compadd -a names' 'files:file:_files'
}
"#;
const FISH: &str = r"
function __fish_nn_tutor_lessons
    set -l words (commandline -opc)
    set -l folder
    if set -l at (contains -i -- --lessons $words)
        set folder --lessons $words[(math $at + 1)]
    end
    nn-tutor $folder list --names 2>/dev/null
end
";

/// Prints the script of a shell.
pub(super) fn run(shell: Shell, out: &mut impl Write) -> Result<(), Failure> {
    // The generator panics where writing fails, and memory does not.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), NAME, &mut script);
    let script = String::from_utf8_lossy(&script);
    Ok(out.write_all(completed(shell, &script).as_bytes())?)
}

/// The script of the generator, with what it does not do.
fn completed(shell: Shell, script: &str) -> String {
    let program = Args::command();
    let opening = program.get_subcommands().filter(|command| opens(command));
    let opening = opening.map(Command::get_name);
    match shell {
        Shell::Bash => {
            // A name with a hyphen is written in two ways, and no case is ever met (clap #6421).
            let mut script = script.replace("nn__subcmd__tutor", "nn__tutor");
            for command in opening {
                let case = format!("        nn__tutor__subcmd__{command})\n            opts=\"");
                script = script.replace(&case, &format!("{case}$(_nn_tutor_lessons) "));
            }
            format!("{BASH}{script}")
        }
        Shell::Zsh => {
            let lines = script.split_inclusive('\n').map(|line| {
                let is_positional = ["':", "'*:"].iter().any(|start| line.starts_with(start));
                if is_positional {
                    line.replace(":_files'", ":_nn-tutor_lessons'")
                } else {
                    line.to_owned()
                }
            });
            // The first line tells zsh what the file is for.
            let script: String = lines.collect();
            let (first, rest) = script.split_once('\n').unwrap_or((&script, ""));
            format!("{first}\n{ZSH}{rest}")
        }
        Shell::Fish => {
            let commands: Vec<&str> = opening.collect();
            format!(
                "{script}{FISH}\ncomplete -c {NAME} -n \"__fish_nn_tutor_using_subcommand {}\" -a \
                 \"(__fish_nn_tutor_lessons)\" -d lesson\n",
                commands.join(" ")
            )
        }
        _ => script.to_owned(),
    }
}

/// Returns whether a command takes a lesson, by its name or as a file.
fn opens(command: &Command) -> bool {
    command
        .get_positionals()
        .any(|argument| argument.get_value_hint() == ValueHint::FilePath)
}
