"""Text files: what any editor saves is read, and what can't be is told with its place."""

import os
from pathlib import Path

import pytest

from netviz.limits import FILE_BYTES
from netviz.mistakes import Mistakes
from netviz.text_files import read_text_file


def told(path: Path) -> str:
    with pytest.raises(Mistakes) as caught:
        read_text_file(path)
    return str(caught.value)


@pytest.mark.parametrize(
    "content", [b"a\nb\n", b"\xef\xbb\xbfa\nb\n", b"a\r\nb\r\n", b"a\rb\r"], ids=["plain", "BOM", "CRLF", "CR"]
)
def test_what_editors_save_is_the_same_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "en.md").write_bytes(content)
    assert read_text_file(tmp_path / "en.md") == "a\nb\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("ab\nc é".encode("latin-1"), "en.md:2:3: is not UTF-8 text: the byte 0xE9 can't stand here"),
        ("中文\n中文".encode("gb18030"), "en.md:1:1: is not UTF-8 text"),
        ("a 图\r\nb".encode() + b"\xff", "en.md:2:2: is not UTF-8 text"),
        ("text".encode("utf-16"), "en.md:1:1: is UTF-16 text"),
        ("text".encode("utf-16-be"), "en.md:1:1: is UTF-16 text"),
        ("text".encode("utf-32"), "en.md:1:1: is UTF-32 text"),
    ],
    ids=["Latin-1", "GB 18030", "CRLF before", "UTF-16", "UTF-16 without a mark", "UTF-32"],
)
def test_another_encoding_is_told_at_its_first_byte(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "en.md").write_bytes(content)
    assert message in told(tmp_path / "en.md") and "save the file as UTF-8" in told(tmp_path / "en.md")


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\ue000", "\ufeff", "\uffff"])
def test_a_character_that_no_reader_could_see_is_told_at_its_place(tmp_path: Path, character: str) -> None:
    (tmp_path / "en.md").write_text(f"first\nab{character}", "utf-8")
    assert f"en.md:2:3: the invisible character U+{ord(character):04X}" in told(tmp_path / "en.md")


def test_a_file_that_is_too_large_or_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "en.md").write_bytes(b"a" * (FILE_BYTES + 1))
    os.mkfifo(tmp_path / "pipe.md")
    assert "is too large: texts may have 2 MB" in told(tmp_path / "en.md")
    assert "a named pipe, where a file is needed" in told(tmp_path / "pipe.md")
    assert "a folder, where a file is needed" in told(tmp_path)
    assert "there is no such file" in told(tmp_path / "nothing.md")
