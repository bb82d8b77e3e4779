"""The digest of what a build reads: another byte, another name, another place in the list, another digest."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

import pytest

from netviz.cache import inputs
from netviz.cache.inputs import digest_of, inputs_key
from netviz.cache.packages import installed
from netviz.networks.weights import Weights
from netviz.options import Argument, Options, OwnPhoto


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    course = tmp_path / "course"
    (course / "lessons").mkdir(parents=True)
    (course / "lessons" / "en.md").write_text("Hello.", "utf-8")
    (course / "site.yaml").write_text("title: Hello", "utf-8")
    return course


def test_the_same_bytes_give_the_same_digest_wherever_they_lie(folder: Path) -> None:
    before = digest_of([folder])
    assert digest_of([folder.rename(folder.with_name("moved"))]) == before


def test_a_changed_a_new_a_renamed_and_a_missing_file_are_noticed(folder: Path) -> None:
    lesson = folder / "lessons" / "en.md"
    digests = [digest_of([folder])]
    lesson.write_text("Hello!", "utf-8")
    digests.append(digest_of([folder]))
    (folder / "empty.md").touch()
    digests.append(digest_of([folder]))
    lesson.rename(lesson.with_name("zh.md"))
    digests.append(digest_of([folder]))
    (folder / "site.yaml").unlink()
    digests.append(digest_of([folder]))
    assert len(set(digests)) == 5


def test_what_is_no_file_counts_by_its_name(folder: Path) -> None:
    """An empty folder of a lesson, a link that leads nowhere or back: a build tells of each."""
    digests = [digest_of([folder])]
    (folder / "lessons" / "02-empty").mkdir()
    digests.append(digest_of([folder]))
    for name, target in (("dead", "nowhere"), ("back", "..")):
        (folder / "lessons" / name).symlink_to(target)
        digests.append(digest_of([folder]))
    assert len(set(digests)) == len(digests)


def test_folders_that_links_lead_to_are_read_and_none_that_they_lead_back_to(folder: Path, tmp_path: Path) -> None:
    linked = tmp_path / "elsewhere"
    linked.mkdir()
    (folder / "lessons" / "02-linked").symlink_to(linked)
    (linked / "back").symlink_to(folder)
    (linked / "itself").symlink_to(linked)
    digests = [digest_of([folder])]
    for text in ("Hello.", "Hello!"):
        (linked / "en.md").write_text(text, "utf-8")
        digests.append(digest_of([folder]))
    assert len({*digests}) == 3


def test_what_stands_in_one_place_is_not_taken_for_another(folder: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"pixels")
    assert len({digest_of(places) for places in ([folder, photo], [photo, folder], [folder], [photo], [])}) == 5


def test_a_place_where_nothing_is_is_not_none(folder: Path, tmp_path: Path) -> None:
    assert digest_of([folder, tmp_path / "missing.jpg"]) != digest_of([folder])


def test_what_python_keeps_beside_its_sources_does_not_count(folder: Path) -> None:
    before = digest_of([folder])
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "module.pyc").write_bytes(b"bytecode")
    assert digest_of([folder]) == before


def test_every_option_counts_but_those_that_change_nothing_in_a_site(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option that somebody adds counts too, without being named anywhere."""

    @dataclass(frozen=True)
    class MoreOptions(Options):
        tone: Annotated[str, Argument(help="how the site speaks")] = "plain"

    monkeypatch.setattr(inputs, "describe", lambda form: Weights(str(form), str(form), ""))
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"pixels")
    asked = MoreOptions(content=folder, to=tmp_path / "site", store=tmp_path / "store")
    others: dict[str, Any] = {
        "content": tmp_path,
        "weights": "imagenet",
        "picture": (OwnPhoto(path=photo),),
        "offer": ("dog",),
        "precision": "float64",
        "methods": (photo,),
        "without": ("your-photo",),
        "draft": True,
        "only": ("first",),
        "pdf": True,
        "epub": True,
        "tone": "warm",
    }
    without_effect: dict[str, Any] = {
        "to": tmp_path / "elsewhere",
        "store": tmp_path,
        "cluster": "local:2",
        "strict": True,
        "json": True,
        "export": "cam",
        "proof": tmp_path,
        "clean": True,
        "serve": True,
        "list": ("methods",),
        "schema": tmp_path,
        "explain": True,
        "verify": 20,
        "seed": 1,
        "port": 1,
    }
    assert others.keys() | without_effect.keys() == {field.name for field in fields(MoreOptions)}
    keys = [inputs_key(replace(asked, **{name: value})) for name, value in others.items()]
    told: dict[str, Any] = {"title": "a", "credit": "a", "licence": "a", "source": "a", "focus": (0.2, 0.5)}
    assert told.keys() | {"path"} == {field.name for field in fields(OwnPhoto)}
    for name, value in told.items():
        keys.append(inputs_key(replace(asked, picture=(OwnPhoto(path=photo, **{name: value}),))))
    keys.append(inputs_key(asked, [photo]))
    assert len({inputs_key(asked), *keys}) == len(keys) + 1
    assert inputs_key(replace(asked, **without_effect)) == inputs_key(asked)


def test_another_version_of_anything_installed_is_something_to_do(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "digest_of", lambda places, without: "the same files")
    asked = Options(content=folder, to=tmp_path / "site", store=tmp_path / "store")
    before = inputs_key(asked)
    for name in installed():
        monkeypatch.setattr(inputs, "installed", lambda name=name: {**installed(), name: "0"})
        assert inputs_key(asked) != before, name
