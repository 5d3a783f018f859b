#!/usr/bin/env python3
"""{title}: one update, for you to fill in.

Each function below is one operation. Fill them in from the top, and run this file as often as you like:
what is there so far is saved, and nn-tutor says what agrees and where it goes wrong first.
"""
import copy
import os
import subprocess
import sys
import traceback

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


{compare}


def numbers(returned):
    """What a function has returned, as an array of its own; None if it is nothing of numbers."""
    try:
        array = np.array(returned)
    except ValueError:
        return None
    return array if array.dtype.kind in "biufc" else None


def stopped(error):
    """An error and where it is in the functions, without what is called here and inside of NumPy."""
    inside = os.path.dirname(np.__file__)
    frames = traceback.extract_tb(error.__traceback__)[1:]
    frames = [frame for frame in frames if not frame.filename.startswith(inside)]
    told = traceback.format_exception_only(type(error), error)[-1]
    return told + "".join(traceback.format_list(frames))


def main():
    values, settings = {{given}}, {{settings}}
    for name, operation, *operands in OPERATIONS:
        # Copies: a function that works in place changes nothing of what is saved.
        known = copy.deepcopy({**settings, **values})
        try:
            returned = operation(*(known[operand] for operand in operands))
        except NotImplementedError:
            why = f"{name} is still to be filled in. "
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also sys.exit()
            shapes = " and ".join(f"{operand} {np.shape(known[operand])}" for operand in operands)
            why = f"{name} stops with {stopped(error)}  It was given {shapes}.\n"
        else:
            array = numbers(returned)
            if array is not None:
                values[name] = array
                continue
            if returned is None:
                why = f"{name} returns nothing: is there a return? "
            else:
                why = f"{name} returns no array of numbers, but something else ({type(returned).__name__}). "
        print(f"{why}Up to there:\n", flush=True)
        break
    # Nobody has to guess what these names mean.
    code = compare(values, *(f"--map={name}={name}" for name in values))
    missing = [name for name, *_ in OPERATIONS if name not in values]
    if missing and code == 0:
        print("\nStill missing: " + ", ".join(missing))
        code = 3
    sys.exit(code)


if __name__ == "__main__":
    main()
