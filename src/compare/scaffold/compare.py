def compare(values, *options):
    """Saves the values beside this file, lets nn-tutor compare them, and returns with what it ends."""
    here = os.path.abspath(globals().get("__file__", "update.py"))
    path = os.path.splitext(here)[0] + ".npz"
    np.savez(path, **values)
{lesson}
    command = [os.environ.get("NN_TUTOR", "nn-tutor"), "compare", lesson, path{chosen}, *options]
    try:
        return subprocess.run(command).returncode
    except FileNotFoundError:
        print("Saved. Now compare:", *command)
        return 0
