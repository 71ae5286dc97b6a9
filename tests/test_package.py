"""Zips of code: the same bytes wherever they are made, and nothing that a function does not need."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archkit.synth import package
from archkit.synth.package import PackageError, digest, zip_file, zip_folder


def code(folder: Path) -> Path:
    """Write a small function with everything around it that does not belong into its zip."""
    for name in (
        "app.py", "lib/util.py", "lib/data.json", "node_modules/x/index.js", "bootstrap", "Ünicode ✓.txt",
        "__pycache__/app.cpython-311.pyc", "lib/__pycache__/util.pyc", "old.pyc", ".git/HEAD", ".DS_Store",
        ".venv/bin/python", "node_modules/.cache/big", "lib/node_modules/.cache/big", ".pytest_cache/v", ".app.py.swp",
    ):  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}\n", encoding="utf-8")
    (folder / "empty").mkdir()
    return folder


def names(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_a_zip_holds_the_code_sorted_and_nothing_else(tmp_path: Path) -> None:
    expected = ["app.py", "bootstrap", "lib/data.json", "lib/util.py", "node_modules/x/index.js", "Ünicode ✓.txt"]
    assert names(zip_folder(code(tmp_path / "src"))) == expected


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first = code(tmp_path / "first")
    second = tmp_path / "elsewhere" / "second"
    second.mkdir(parents=True)
    for path in sorted(first.rglob("*"), reverse=True):  # made in another order, at another time, under another umask
        if path.is_file():
            target = second / path.relative_to(first)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            os.utime(target, (1, 1))
            target.chmod(0o600)
    assert zip_folder(first) == zip_folder(second)


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_hash_seed_locale_and_folder_do_not_matter(tmp_path: Path, seed: str) -> None:
    folder = code(tmp_path / "src")
    script = "import sys,hashlib,pathlib;from archkit.synth.package import zip_folder;" \
             "print(hashlib.sha256(zip_folder(pathlib.Path(sys.argv[1]))).hexdigest())"  # fmt: skip
    environment = {
        "PYTHONHASHSEED": seed,
        "LC_ALL": "C",
        "PATH": "",
        "PYTHONPATH": str(Path(package.__file__).parents[2]),
    }
    made = subprocess.run(
        [sys.executable, "-c", script, os.path.relpath(folder, tmp_path)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout.strip() == hashlib.sha256(zip_folder(folder)).hexdigest()


def test_modes_are_fixed_and_executables_stay_so(tmp_path: Path) -> None:
    folder = code(tmp_path / "src")
    (folder / "app.py").chmod(0o775)
    (folder / "lib/util.py").chmod(0o600)
    archive = zipfile.ZipFile(io.BytesIO(zip_folder(folder)))
    modes = {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()}
    assert (modes["app.py"], modes["lib/util.py"], modes["bootstrap"]) == ("0o100755", "0o100644", "0o100755")
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    folder = code(tmp_path / "src")
    (folder / "alias.py").symlink_to("app.py")
    (folder / "shared").symlink_to("lib")
    archive = zipfile.ZipFile(io.BytesIO(zip_folder(folder)))
    assert archive.read("alias.py") == archive.read("app.py")
    assert archive.read("shared/util.py") == archive.read("lib/util.py")


@pytest.mark.parametrize(
    ("target", "message"),
    [("../secret", "leads out of the folder"), ("/etc/hostname", "leads out"), ("gone", "leads nowhere"),
     (".", "a folder that it stands in"), ("link", "leads nowhere")],
)  # fmt: skip
def test_other_links_are_refused(tmp_path: Path, target: str, message: str) -> None:
    folder = code(tmp_path / "src")
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(target)
    with pytest.raises(PackageError, match=message):
        zip_folder(folder)


def test_a_link_beside_a_folder_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    folder = code(tmp_path / "src")
    (tmp_path / "src-old").mkdir()
    (tmp_path / "src-old" / "x.py").write_text("")
    (folder / "link.py").symlink_to("../src-old/x.py")
    with pytest.raises(PackageError, match="leads out"):
        zip_folder(folder)


def test_what_cannot_be_zipped_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PackageError, match="is not a folder"):
        zip_folder(tmp_path / "gone")
    with pytest.raises(PackageError, match="is not a file"):
        zip_file(tmp_path)
    (tmp_path / "empty" / "__pycache__").mkdir(parents=True)
    with pytest.raises(PackageError, match="holds no file"):
        zip_folder(tmp_path / "empty")
    os.mkfifo(tmp_path / "empty" / "pipe")
    with pytest.raises(PackageError, match="neither a file nor a folder"):
        zip_folder(tmp_path / "empty")
    monkeypatch.setattr(package, "LIMIT", 10)
    with pytest.raises(PackageError, match="the most that Lambda takes"):
        zip_folder(code(tmp_path / "src"))


def test_a_name_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    try:
        os.close(os.open(os.fsencode(tmp_path / "src") + b"/\xff.py", os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    with pytest.raises(PackageError, match="not valid UTF-8"):
        zip_folder(tmp_path / "src")


def test_one_file_stands_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "resize.py").write_text("def handler(event, context): ...")
    assert names(zip_file(tmp_path / "resize.py")) == ["resize.py"]


def test_the_digest_names_the_content_and_not_the_compression(tmp_path: Path) -> None:
    data = zip_folder(code(tmp_path / "src"))
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(again, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry), zipfile.ZIP_STORED)
    assert again.getvalue() != data
    assert digest(again.getvalue()) == digest(data)
    (tmp_path / "src" / "app.py").write_text("changed")
    assert digest(zip_folder(tmp_path / "src")) != digest(data)
