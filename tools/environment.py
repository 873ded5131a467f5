"""Make a virtual environment that holds exactly what a requirements file says.

`python3 tools/environment.py .venv requirements.txt` does nothing when the
environment is already right, so that no network is needed after the first time.
Written for old Pythons too: they get one clear line instead of a SyntaxError.
"""

import contextlib
import errno
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile

OLDEST, NEWEST = (3, 11), (3, 13)
TORCH_CPU = "https://download.pytorch.org/whl/cpu"
FULL = "the disk is full; free some space and run it again"
FULL_CODES = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
# As pip, SQLite and Python's tempfile say it.
FULL_WORDS = re.compile("No space left|disk is full|No usable temporary dir")


def stop(line):
    """End with one clear line."""
    sys.exit("make: " + line)


def is_full(error):
    """Tell whether an error, or one that led to it, says that the disk is full."""
    while error is not None:
        if getattr(error, "errno", None) in FULL_CODES:
            return True
        if FULL_WORDS.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextlib.contextmanager
def alone():
    """Be the only one that builds or installs in this checkout, or stop.

    The lock goes with its process, however that ends.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with open("pyproject.toml", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stop("another build is at work in this checkout; let it end first")
        except OSError:  # a file system without locks
            pass
        yield


def python_of(folder):
    """Return the interpreter of the environment in `folder`."""
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(folder, *parts)


def fingerprint(requirements):
    """Return what the environment depends on, as one short word."""
    parts = [sys.version, os.getcwd()]
    with open(requirements, encoding="utf-8") as file:
        held = re.findall(r"^--constraint (\S+)", file.read(), re.MULTILINE)
    for name in [requirements] + held + ["pyproject.toml"]:
        with open(name, encoding="utf-8") as file:
            # What stands below is for the linter and the tests.
            parts.append(file.read().split("[tool.ruff]")[0])
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_reachable(address):
    """Ask for a page, briefly."""
    from urllib.request import urlopen

    try:
        with urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def install(python, arguments):
    """Run pip quietly; stop with its last words if it fails."""
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        # Most of it is never imported; what is, Python compiles then.
        "--no-compile",
    ]
    done = subprocess.run(
        command + arguments, stderr=subprocess.PIPE, universal_newlines=True
    )
    if done.returncode:
        if FULL_WORDS.search(done.stderr):
            stop(FULL)
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
        last = errors[-1] if errors else "pip failed"
        stop(
            "could not install the requirements (%s). Is there a network?"
            % last
        )


def pinned_torch(requirements):
    """Return "torch==…" as the requirements pin it, or an empty string."""
    with open(requirements, encoding="utf-8") as file:
        found = re.search(r"^torch==\S+", file.read(), re.MULTILINE)
    return found.group() if found else ""


def make(folder):
    """Make an empty environment; stop with venv's last words if it fails."""
    if os.path.islink(
        folder
    ):  # venv would empty what it points to, and then fail
        stop(
            "%s is a link; remove it, and an environment is made here" % folder
        )
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    if made.returncode:
        if FULL_WORDS.search(made.stdout):
            stop(FULL)
        said = made.stdout.strip() or "nothing"
        stop(
            "python3 -m venv failed (%s); on Debian and Ubuntu, install "
            "python3-venv" % said.splitlines()[-1]
        )


def main(folder, requirements):
    """Create or complete the environment in `folder`."""
    # What is pinned has been tried with these; for a newer one there may be no release.
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        stop(
            "Python %d.%d to %d.%d is needed, but %s is %d.%d; say e.g. "
            "`make PYTHON=python3.11 book`"
            % (OLDEST + NEWEST + (sys.executable,) + sys.version_info[:2])
        )
    try:
        with tempfile.TemporaryFile(dir=os.getcwd()) as file:
            file.write(b" ")
    except OSError as error:
        if is_full(error):
            stop(FULL)
        stop(
            "this checkout cannot be written to, and the environment and the book "
            "are kept in it; copy it to a place of your own first"
        )
    stamp = os.path.join(folder, "installed")
    wanted = fingerprint(requirements)
    if os.path.exists(python_of(folder)) and os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == wanted:
                return
    with alone():
        fill(folder, requirements)
        with open(stamp, "w") as file:
            file.write(wanted)


def fill(folder, requirements):
    """Make the environment and install into it."""
    print("Installing into %s (once; a few minutes) ..." % folder, flush=True)
    make(folder)
    python = python_of(folder)
    torch = pinned_torch(requirements)
    # Elsewhere the ordinary build has no CUDA in it anyway.
    if (
        torch
        and sys.platform == "linux"
        and is_reachable(TORCH_CPU + "/torch/")
    ):
        install(python, ["--no-deps", "--index-url", TORCH_CPU, torch])
    install(python, ["--requirement", requirements])
    # --no-build-isolation: setuptools is among the requirements.
    install(python, ["--no-deps", "--no-build-isolation", "--editable", "."])


def end(number, frame):
    """Stop when a signal comes; what pip has started ends with it."""
    print("make: stopped", file=sys.stderr)
    sys.exit(128 + number)


if __name__ == "__main__":
    for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):
        signal.signal(getattr(signal, name), end)
    main(*sys.argv[1:])
