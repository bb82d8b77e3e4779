"""Whatever goes wrong is one sentence: where, why, and what to do; and the old site stands as it was."""

from __future__ import annotations

import errno
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from netviz import command_line
from netviz.command_line import COMMANDS, main
from netviz.commands.arguments import EXAMPLES, parsed, parser
from netviz.commands.failures import FAULT
from netviz.options import BUILD, Options, OwnPhoto, arguments_of
from netviz.refusals import ADVICE, naming, refusal, unfit
from netviz.serving.watching import watched

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "build.py")]


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error: never a traceback."""
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


# What the system refuses


def test_a_refusal_names_the_path_the_reason_and_what_to_do() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/somewhere/file")
    assert refusal(error).startswith("/somewhere/file: no space left on device; free some space")


@pytest.mark.parametrize("number", [*ADVICE, errno.EIO, errno.ESTALE])
def test_every_refusal_says_what_to_do(number: int) -> None:
    assert re.fullmatch(r"/x: .+; \w.+", refusal(OSError(number, os.strerror(number), "/x")))


def test_a_refusal_without_a_path_names_the_folder_in_which_it_came() -> None:
    with pytest.raises(OSError) as caught, naming(Path("/the/store")):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert refusal(caught.value).startswith("/the/store: ")


def unusual(folder: Path) -> dict[str, tuple[Path, str]]:
    """Paths that are no files, with what is to be said of them."""
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "nowhere").symlink_to(folder / "missing")
    return {
        "folder": (folder, "a folder, where a file is needed"),
        "pipe": (folder / "pipe", "a named pipe"),
        "device": (Path("/dev/zero"), "a device"),
        "loop": (folder / "loop", "links lead round in a circle"),
        "broken link": (folder / "nowhere", "a link that leads nowhere"),
        "missing": (folder / "missing.jpg", "there is no such file"),
        "long": (folder / ("x" * 300), "give it a shorter name"),
        "inside a file": (Path(__file__) / "photo.jpg", "a file stands where a folder is needed"),
    }


KINDS = ("folder", "pipe", "device", "loop", "broken link", "missing", "long", "inside a file")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("option", ["--picture", "--weights"])
def test_what_is_no_file_is_one_sentence_and_never_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, kind: str
) -> None:
    path, words = unusual(tmp_path)[kind]
    assert main([option, str(path), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]) == 1
    said = told(capsys)
    assert str(path) in said and words in said and len(said.splitlines()) == 1


def test_what_may_not_be_read_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photo.jpg").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert unfit(tmp_path / "photo.jpg") == "you have no right to read it"


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "broken link"])
def test_what_is_no_file_in_a_course_is_neither_missing_nor_waited_for(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    path, words = unusual(tmp_path)[kind]
    names = ("site.yaml", "glossary.yaml", "bibliography.yaml", "pictures/credits.yaml", "lessons/01-first/en.md")
    for name in names:
        (course / name).unlink(missing_ok=True)
        (course / name).mkdir() if kind == "folder" else (course / name).symlink_to(path)
    assert main(["--content", str(course), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]) == 1
    said = told(capsys)
    assert said.count(words) == len(names) and all(f"{course / name}: " in said for name in names)


def test_a_store_that_is_a_file_is_one_sentence(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "store").touch()
    monkeypatch.setattr(
        "netviz.engine.execution.open_network", lambda form: pytest.fail("found out after the network's start")
    )
    assert main(["--content", str(course), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]) == 1
    said = told(capsys)
    assert f"{tmp_path / 'store'}" in said and "stands where a folder is needed" in said
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_whatever_the_system_refuses_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), "/some/path")

    monkeypatch.setattr(command_line, "bring_up_to_date", refuse)
    assert main(["--to", str(tmp_path / "site")]) == 1
    said = told(capsys)
    assert said.startswith("build.py: /some/path: ") and len(said.splitlines()) == 1


# Courses with little in them


def test_an_empty_folder_is_told_all_that_a_course_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "content").mkdir()
    assert main(["--content", str(tmp_path / "content"), "--to", str(tmp_path / "site")]) == 1
    said = told(capsys)
    assert all(name in said for name in ("site.yaml", "credits.yaml", "pages/home/en.md", "content/lessons"))


def test_a_course_without_lessons_or_experiments_is_built(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(course / "lessons" / "01-first")
    monkeypatch.setattr("netviz.engine.execution.open_network", lambda form: pytest.fail("there is nothing to run"))
    assert main(["--content", str(course), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]) == 0
    assert "compact" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_a_course_without_pictures_or_with_an_empty_part_is_told_so(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for picture in ("chelsea.png", "dog.jpg"):
        (course / "pictures" / picture).unlink()
    (course / "pictures" / "credits.yaml").write_text("{}")
    with (course / "site.yaml").open("a") as file:
        file.write("\nparts:\n  - title: {en: One, zh: 一}\n    lessons: []\n")
    assert main(["--content", str(course), "--to", str(tmp_path / "site")]) == 1
    said = told(capsys)
    assert "pictures: holds no picture" in said and "1 or more entries are wanted" in said


@pytest.mark.parametrize("place", ["to", "content", "store"])
def test_links_that_lead_round_in_a_circle_are_one_sentence(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    places = {"to": tmp_path / "site", "store": tmp_path / "store"} | {place: tmp_path / "circle" / "in it"}
    assert main([word for name, path in places.items() for word in (f"--{name}", str(path))]) == 1
    assert "links lead round in a circle: remove one of them" in told(capsys)


@pytest.mark.parametrize("option", ["picture", "methods", "own.yaml", "own.yaml of a server"])
def test_a_file_that_is_a_link_to_itself_is_one_sentence(
    course: Path, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    circle = tmp_path / "circle.py"
    circle.symlink_to(circle.name)
    places = ["--content", str(course), "--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]
    if option.startswith("own.yaml"):
        (course / "own.yaml").write_text(f"- picture: {circle}\n", "utf-8")
    if option.endswith("server"):
        assert watched(Options(content=course, to=tmp_path / "site", store=tmp_path / "store"))
        return
    assert main([*places, *([] if option == "own.yaml" else [f"--{option}", str(circle)])]) == 1
    assert "links lead round in a circle: remove one of them" in told(capsys)


def test_a_folder_that_was_removed_while_somebody_is_in_it_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["--store", str(tmp_path / "store")]) == 1
    assert "the folder in which you are: no such file or directory" in told(capsys)


def test_too_little_memory_is_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(command_line, "bring_up_to_date", fail)
    assert main(["--store", str(tmp_path / "store")]) == 1
    assert "there is too little memory; close other programs" in told(capsys)


# What nobody foresaw


def test_a_fault_of_ours_is_a_sentence_and_a_file_with_the_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(command_line, "bring_up_to_date", fail)
    assert main(["--to", str(tmp_path / "site"), "--store", str(tmp_path / "store")]) == FAULT
    said = told(capsys)
    (details,) = (tmp_path / "store").iterdir()
    assert str(details) in said and "ZeroDivisionError" in said
    assert "ZeroDivisionError: of ours" in details.read_text("utf-8")
    (tmp_path / "file").touch()  # no folder to keep it in
    assert main(["--to", str(tmp_path / "site"), "--store", str(tmp_path / "file")]) == FAULT
    elsewhere = Path(re.findall(r"(\S+error-\w+\.txt)", told(capsys))[0])
    assert "of ours" in elsewhere.read_text("utf-8")
    elsewhere.unlink()


# The command line itself


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--picture", "a.jpg", "--picture", "a.jpg"], "argument --picture: a.jpg is given twice"),
        (["--picture", "b/../a.jpg", "--picture", "a.jpg"], "--picture: b/../a.jpg and a.jpg are one file, which is"),
        (["--only", "home", "--epub"], "--epub makes one file of the whole course, and --only some lessons: give one"),
        (["serve", "--pdf", "--only", "home"], "--pdf makes one file of the whole course, and --only some lessons"),
        (
            ["--credit", "Ann", "--picture", "a.jpg"],
            "argument --credit: tells of the --picture before it, and there is",
        ),
        (["--picture", "a.jpg", "--title", "A", "--title", "B"], "argument --title: is given twice for a.jpg"),
        (["--picture", "a.jpg", "--source", "my camera"], "'my camera' is no address on the web, https://…"),
        (["--to", "a", "--to", "b"], "argument --to: is given twice"),
        (["--offer", "dog", "--offer", "cat"], "argument --offer: is given twice"),
        (["--picture", os.fsdecode(b"\xff.jpg")], "is not UTF-8; give the file or folder another name"),
        (["--content", os.fsdecode(b"\xff")], "is not UTF-8"),
        (["--store", ""], "argument --store: is empty"),
        (["--export", " "], "argument --export: is empty"),
        (["--export", "cam", "--clean"], "argument --clean: not allowed with argument --export"),
    ],
)
def test_arguments_that_say_two_things_or_nothing_are_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in told(capsys)


def test_an_option_is_one_field_and_whatever_is_asked_for_is_one_of_them() -> None:
    """What is not a field would be in no key of `inputs_key`, and no command could say that it is not for it."""
    ours, of_photos = arguments_of(Options), arguments_of(OwnPhoto)
    assert {one.dest for one in parser()._actions} == {"help", *ours, *of_photos}
    assert {one.name for one in fields(Options)} == {*ours}
    commands = {BUILD, *(name for name, one in ours.items() if one.instead)}
    assert {*COMMANDS} == commands == {name for one in ours.values() for name in one.only_for}
    assert not any(one.changes_site for one in ours.values() if one.instead)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "1"], "--seed chooses what --verify makes again: give both"),
        (["--port", "5", "--explain"], "--port is where --serve answers browsers: give both"),
        (["serve", "--json"], "--json is for programs, and --serve answers browsers: leave it out"),
        (["--only", "first", "--clean"], "--only is not for --clean, which is of the whole course: leave it out"),
    ],
)
def test_an_option_of_another_command_is_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert words in told(capsys)


def test_an_export_and_a_draft_have_folders_of_their_own() -> None:
    places = [parsed(words).to for words in ([], ["--draft"], ["--export", "cam"], ["--export", "cam", "--to", "out"])]
    assert places == [Path(name) for name in ("site", "draft", "export", "out")]


def test_the_examples_of_the_help_name_what_there_is() -> None:
    course = "\n".join(path.read_text("utf-8") for path in (ROOT / "content" / "lessons").glob("*/en.md"))
    for experiment in re.findall(r"--export (\S+)", EXAMPLES):
        assert f"\nid: {experiment}\n" in course
    for pictures in re.findall(r"--offer (\w+) (\w+)", EXAMPLES):
        assert all(any((ROOT / "content" / "pictures").glob(f"{name}.*")) for name in pictures)


# Streams that nobody reads, and signals


@pytest.mark.slow
@pytest.mark.parametrize("streams", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full", "2> >(exit)"])
def test_a_build_does_not_mind_whether_anybody_reads_its_report(tmp_path: Path, streams: str) -> None:
    """It ends with the code that it would have ended with: here that of a missing course."""
    script = f'"$@" {streams}'
    arguments = [*PROGRAM, "--content", str(tmp_path / "none"), "--store", str(tmp_path / "store")]
    done = subprocess.run(["bash", "-c", script, "bash", *arguments], cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_printed_never_lands_in_a_file_that_took_a_closed_streams_place(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, sys
        from netviz.start import _keep_streams_open
        os.close(1), os.close(2)
        sys.stdout = sys.stderr = None
        _keep_streams_open()
        with open("store", "w") as file:
            print("said", file=sys.stderr, flush=True)
            os.write(2, b"said by a library")
            file.write("kept")
        """
    )
    subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True
    )
    assert (tmp_path / "store").read_text() == "kept"


STUCK = """
import signal, sys, time, threading
import netviz.command_line
from netviz.start import start

def main():
    print("ready", flush=True)
    {work}

netviz.command_line.main = main
sys.exit(start())
"""


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    "work",
    [
        "time.sleep(600)",
        "threading.Thread(target=time.sleep, args=(600,)).start(); time.sleep(600)",  # as drawing does beside it
        "import ctypes; [ctypes.CDLL(None).sleep(600) for _ in range(9)]",  # as TensorFlow does: Python hears nothing
    ],
)
def test_a_signal_ends_a_build_wherever_it_is(number: signal.Signals, code: int, work: str) -> None:
    script = STUCK.format(work=work)
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as running:
        assert running.stdout and running.stdout.readline() == "ready\n"
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    assert running.returncode == code
    assert said.strip() == "stopped; what was computed is kept, and the next build goes on from there."


@pytest.mark.slow
@pytest.mark.parametrize(
    "becomes",
    [
        "raise BaseExceptionGroup('of a group of tasks', [error])",
        "raise RuntimeError('of a library written in C')",
        "sys.exit(3)",
        "return 1",  # with a sentence of the command line
    ],
)
def test_whatever_becomes_of_the_interrupt_on_its_way_out_the_exit_code_tells_of_the_signal(becomes: str) -> None:
    work = f"""
    try:
        signal.raise_signal(signal.SIGTERM)
    except BaseException as error:
        signal.raise_signal(signal.SIGINT)  # once more, while all is tidied up: it is not interrupted
        print("not told again", file=sys.stderr)
        {becomes}
"""
    run = subprocess.run([sys.executable, "-c", STUCK.format(work=work)], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 143
    assert run.stderr.strip() == "stopped; what was computed is kept, and the next build goes on from there."


def test_a_signal_before_the_program_can_hear_it_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> object:
        raise KeyboardInterrupt

    early = ModuleType("netviz.start")
    early.__getattr__ = interrupted  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "netviz.start", early)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(PROGRAM[1], run_name="__main__")
    assert ended.value.code == 130


def test_a_signal_while_the_program_is_still_being_imported_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("print('ready', flush=True)\nimport time\ntime.sleep(600)\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        PROGRAM, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as running:
        assert running.stdout and running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said and said.strip().startswith("stopped")
