"""Fetch what the book carries of others' work, and record its checksums.

`make vendor` needs npm. vendor.toml names each package, its version, licence and
the checksum of its tarball; the checksums of the files go to vendor.sha256.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parent / "book" / "_assets" / "vendor"
CHECKSUMS = HERE / "vendor.sha256"


def checksums() -> str:
    """Return one line for each vendored file: its SHA-256 and its path."""
    # By their parts: Windows sorts paths without regard to case.
    files = sorted(
        (path.relative_to(TARGET).parts, path)
        for path in TARGET.rglob("*")
        if path.is_file()
    )
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {'/'.join(parts)}\n"
        for parts, path in files
    )


def fetch(name: str, entry: dict) -> None:
    """Replace the vendored copy of one npm package."""
    with tempfile.TemporaryDirectory() as scratch:
        pack = [
            "npm",
            "pack",
            "--silent",
            f"{entry['package']}@{entry['version']}",
        ]
        subprocess.run(pack, cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        (tarball,) = Path(scratch).glob("*.tgz")
        digest = hashlib.sha512(tarball.read_bytes()).digest()
        got = "sha512-" + base64.b64encode(digest).decode()
        if got != entry["integrity"]:
            raise SystemExit(
                f"{name}: expected {entry['integrity']}, got {got}"
            )
        with tarfile.open(tarball) as archive:
            archive.extractall(scratch, filter="data")
        target = TARGET / name
        shutil.rmtree(target, ignore_errors=True)
        for file in entry["files"]:
            source = Path(scratch, "package", file)
            place = target / file.removeprefix("es5/").removeprefix("files/")
            place.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, place)


def main() -> None:
    """Fetch every package of vendor.toml."""
    for name, entry in tomllib.loads(
        (HERE / "vendor.toml").read_text("utf-8")
    ).items():
        fetch(name, entry)
        print(f"{name} {entry['version']} ({entry['licence']})")
    CHECKSUMS.write_text(checksums(), "utf-8")


if __name__ == "__main__":
    main()
