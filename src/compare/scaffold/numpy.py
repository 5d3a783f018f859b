#!/usr/bin/env python3
"""{title}: one update, for you to fill in.

Each function below is one operation. Fill them in from the top, and run this file as often as you like:
what is there so far is saved, and nn-tutor says what agrees and where it goes wrong first.
"""
import os
import subprocess
import sys

import numpy as np

# {samples}
# The samples are columns, with the bias 1 on top, and W0 has a row of weights for it: as in the lecture.{without_bias}
# Another layout is as good: nn-tutor recognises it.
{given}

{functions}
# From here on there is nothing to fill in.
OPERATIONS = [
{operations}
]


def main():
    values, settings = {{given}}, {{settings}}
    for name, operation, *operands in OPERATIONS:
        known = {**settings, **values}
        try:
            values[name] = operation(*(known[operand] for operand in operands))
        except NotImplementedError:
            print(f"{name} is still to be filled in. Up to there:\n", flush=True)
            break
        if values[name] is None:
            print(f"{name} returns nothing: is there a return? Up to there:\n", flush=True)
            del values[name]
            break
    path = os.path.splitext(os.path.abspath(globals().get("__file__", "update.py")))[0] + ".npz"
    np.savez(path, **values)
    command = [os.environ.get("NN_TUTOR", "nn-tutor"), "compare", {lesson}, path{chosen}]
    try:
        sys.exit(subprocess.run(command).returncode)
    except FileNotFoundError:
        print("Saved. Now compare:", *command)


if __name__ == "__main__":
    main()
