"""The workflows: pinned, without rights that they do not need, and made of make."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(
    re.findall(
        r"^([\w -]+):(?!=)",
        (ROOT / "Makefile").read_text("utf-8"),
        re.MULTILINE,
    )
)
# What may be written, by which job.
MAY_WRITE = {
    ("publish", "deploy"): {"contents", "pages", "id-token"},
    ("canary", "say"): {"issues"},
}
each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)


def jobs(path):
    return yaml.safe_load(path.read_text("utf-8"))["jobs"].items()


def steps(path):
    return [step for _, job in jobs(path) for step in job["steps"]]


def pins(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def test_zizmor_finds_nothing():
    tool = shutil.which("zizmor", path=Path(sys.executable).parent)
    command = [tool, "--offline", "--no-progress", ".github/workflows"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@each
def test_an_action_is_pinned_by_its_whole_sha(path):
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action


@each
def test_rights_are_given_to_a_job_and_only_what_it_needs(path):
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}
    for name, job in jobs(path):
        writes = {k for k, v in job["permissions"].items() if v == "write"}
        assert writes == MAY_WRITE.get((path.stem, name), set())
        assert "timeout-minutes" in job


@each
def test_what_is_run_is_a_target_of_make(path):
    run = [step["run"] for step in steps(path) if "run" in step]
    assert run
    targets = {word for line in TARGETS for word in line.split()}
    for command in run:
        words = command.split()
        assert words[0] == "make"
        assert words[1] in targets
        assert all("=" in word for word in words[2:])


@each
def test_what_makes_a_pdf_has_a_chinese_font(path):
    for _, job in jobs(path):
        run = [step.get("run") for step in job["steps"]]
        for target in ("make book", "make test"):
            if target in run:
                assert "make fonts" in run[: run.index(target)]


@pytest.mark.parametrize("url", ["", "  ", "http://a.b", "here"])
def test_no_branch_is_stamped_where_no_address_is_to_be_replaced(tmp_path, url):
    config = tmp_path / "_config.yml"
    config.write_text(f"repository:\n  url: {url}\n", "utf-8")
    done = subprocess.run(
        # Not Windows' own, which lies elsewhere than on the path.
        [shutil.which("bash"), ROOT / "tools" / "colab_branch.sh"],
        cwd=tmp_path,
        env=os.environ | {"ADDRESS": "https://a.b/c", "TOKEN": "none"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "url in _config.yml must be an https address" in done.stderr
    assert config.read_text("utf-8").endswith(f"url: {url}\n")


def test_binder_has_what_the_book_was_built_with():
    ours, theirs = pins("requirements.txt"), pins(".binder/requirements.txt")
    assert theirs.items() <= ours.items()
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for name in re.findall(r'"([\w-]+)>=[\d.]+(?:,<\d+)?"', project):
        assert name in theirs or name == "setuptools", name


def test_the_containers_python_is_the_oldest_that_is_asked_for():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    oldest = re.search(r'requires-python = ">=([\d.]+)"', project)[1]
    runtime = (ROOT / ".binder" / "runtime.txt").read_text("utf-8").strip()
    assert runtime == f"python-{oldest}"
    file = ROOT / ".devcontainer" / "devcontainer.json"
    container = json.loads(file.read_text("utf-8"))
    assert container["image"].endswith(f":{oldest}")
    assert container["postCreateCommand"].startswith("make env")
