"""The store: an entry is whole or absent, whatever happens while it is written."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netviz.cache.manifest import Damaged, SealedTable, sealed, unsealed, write_sealed
from netviz.cache.store import DRAFTS, MANIFEST, SITES, Store, key_of

KEYS = [key_of(number) for number in range(4)]


def test_equal_values_have_equal_keys_and_others_do_not() -> None:
    assert key_of({"a": 1, "b": [2, "三"]}) == key_of({"b": [2, "三"], "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 1.5})
    assert key_of(["ab", "c"]) != key_of(["a", "bc"])


def test_a_key_is_the_same_in_every_process() -> None:
    script = "from netviz.cache.store import key_of; print(key_of({'x': [1, 2.5, 'ü'], 'y': {'b': None, 'a': True}}))"
    seeds = ("1", "2")
    keys = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in seeds
    }
    assert len(keys) == 1


def test_a_name_of_a_folder_that_is_no_text_has_a_key_too() -> None:
    assert key_of(os.fsdecode(b"\xff")) != key_of(os.fsdecode(b"\xfe"))


def test_a_key_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError):
        key_of(float("nan"))


def test_an_entry_appears_when_it_is_complete(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("results", KEYS[0]) as folder:
        (folder / "a.txt").write_text("one")
        assert not store.has("results", KEYS[0])
    assert (store.path("results", KEYS[0]) / "a.txt").read_text() == "one"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(RuntimeError), store.writing("results", KEYS[0]) as folder:
        (folder / "a.txt").write_text("half")
        raise RuntimeError
    assert not store.has("results", KEYS[0])
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_two_writers_of_one_key_do_not_disturb_each_other(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("results", KEYS[0]) as slow:
        (slow / "a.txt").write_text("slow")
        with store.writing("results", KEYS[0]) as fast:
            (fast / "a.txt").write_text("fast")
    assert (store.path("results", KEYS[0]) / "a.txt").read_text() == "fast"


def test_kinds_are_kept_apart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("results", KEYS[0]) as folder:
        (folder / "a.txt").touch()
    assert store.has("results", KEYS[0])
    assert not store.has("figures", KEYS[0])


# Damage


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    for key in KEYS:
        keep(store, key)
    return store


def keep(store: Store, key: str) -> None:
    with store.writing("results", key) as folder:
        (folder / "a.json").write_text(f"what {key} gave")
        (folder / "b.npz").write_bytes(bytes(range(256)))


def test_a_change_of_any_byte_is_noticed_when_it_is_read_and_not_before(store: Store) -> None:
    place = store.path("results", KEYS[0])
    for file in sorted(place.iterdir()):
        content = file.read_bytes()
        for at in range(len(content)):
            file.write_bytes(content[:at] + bytes([content[at] ^ (1 + at % 255)]) + content[at + 1 :])
            with pytest.raises(Damaged):
                store.read("results", KEYS[0], "b.npz" if file.name == MANIFEST else file.name)
        file.write_bytes(content)
    assert store.has("results", KEYS[0])


@pytest.mark.parametrize(
    "damage", ["missing", "foreign", "folder", "link", "entry is a link", "entry is a file", "other key"]
)
def test_an_entry_that_lacks_a_file_or_has_another_is_none_and_can_be_made_again(store: Store, damage: str) -> None:
    place = store.path("results", KEYS[0])
    match damage:
        case "missing":
            (place / "a.json").unlink()
        case "foreign":
            (place / "c.webp").touch()
        case "folder":
            (place / "c.webp").mkdir()
        case "link":
            (place / "a.json").rename(store.folder / "a.json")
            (place / "a.json").symlink_to(store.folder / "a.json")
        case "entry is a link":
            place.rename(store.folder / "elsewhere")
            place.symlink_to(store.folder / "elsewhere")
        case "entry is a file":
            place.rename(store.folder / "elsewhere")
            place.touch()
        case "other key":
            shutil.rmtree(place)
            shutil.copytree(store.path("results", KEYS[1]), place)
    assert not store.has("results", KEYS[0])
    assert store.remove_damaged() == 1 and store.remove_damaged() == 0
    keep(store, KEYS[0])
    assert store.read("results", KEYS[0], "a.json").decode() == f"what {KEYS[0]} gave"
    assert (store.folder / "elsewhere").exists() == ("entry is" in damage), "where a link leads nothing is removed"


def test_a_damaged_entry_is_replaced_by_whoever_makes_it_anew(store: Store) -> None:
    (store.path("results", KEYS[0]) / "a.json").unlink()
    keep(store, KEYS[0])
    assert store.has("results", KEYS[0])


NOTED: list[dict[str, Any]] = [{}, {"b": "猫", "a": [["results", "0"], ["figures", None]]}, {"x": [], "y": {"z": 1}}]


@pytest.mark.parametrize("value", NOTED)
def test_what_is_sealed_piece_by_piece_can_be_unsealed(tmp_path: Path, value: dict[str, Any]) -> None:
    as_given = {name: iter(one) if isinstance(one, list) else one for name, one in value.items()}
    write_sealed(tmp_path / "note", as_given.items())
    assert unsealed((tmp_path / "note").read_bytes()) == value
    assert unsealed((tmp_path / "note").read_bytes() + b" ") is None


def write_by_an_older_version(path: Path, table: dict[str, str]) -> None:
    path.write_bytes(sealed(table))


NAMES = [
    "",
    "a",
    "a-2.webp",
    "a.webp",
    "a/b",
    "a\nb",
    'a"',
    "a\\",
    "z",
    "é",
    "中",
    "\udc80",
    *map(str, range(100, 200)),
]


@pytest.mark.parametrize("names", [[], ["only"], NAMES])
@pytest.mark.parametrize("write", [lambda path, table: write_sealed(path, table.items()), write_by_an_older_version])
def test_a_table_is_looked_up_where_it_is_written(
    tmp_path: Path, names: list[str], write: Callable[[Path, dict[str, str]], None]
) -> None:
    table = {name: f'{{"{name}\n' for name in sorted(names)}
    write(tmp_path / "table", table)
    content = (tmp_path / "table").read_bytes()
    found = SealedTable(content)
    assert [*found.items()] == [*table.items()] and len(found) == len(table) and [*found] == [*table]
    shuffled = random.Random(0).sample(names, len(names))
    assert {name: found[name] for name in shuffled} == table
    assert [found[name] for name in table] == [*table.values()]
    assert not [name for name in ("0", "a.", "b", "zz", "龙", "150.", "199a") if name in found]
    damaged = SealedTable(content[:-3] + content[-2:])
    assert not damaged and not [name for name in ("only", "a") if name in damaged]


# Cleaning


def test_cleaning_keeps_what_is_needed_and_what_sites_that_stand_are_made_of(store: Store, tmp_path: Path) -> None:
    for name in ("course", "site", "elsewhere"):
        (tmp_path / name).mkdir()
    for key, site in ((KEYS[1], "site"), (KEYS[2], "site that is gone"), (KEYS[3], "elsewhere")):
        store.asked = {}
        store.has("results", key)
        store.remember(tmp_path / ("course" if site != "elsewhere" else "course that is gone"), tmp_path / site)
    size = sum(file.stat().st_size for file in store.path("results", KEYS[2]).iterdir())
    cleaned = store.clean({("results", KEYS[0])})
    assert (cleaned.entries, cleaned.size, cleaned.left) == (2, 2 * size, 2 * size)
    assert [store.has("results", key) for key in KEYS] == [True, True, False, False]


def test_cleaning_does_not_guess_what_a_site_is_made_of(store: Store, tmp_path: Path) -> None:
    store.remember(tmp_path, tmp_path)
    note = next((store.folder / SITES).iterdir())
    note.write_bytes(note.read_bytes()[:-2])
    with pytest.raises(Damaged):
        store.clean(())
    assert all(store.has("results", key) for key in KEYS)


@pytest.mark.parametrize("unreadable", ["", "results", f"results/{KEYS[0][:2]}"])
def test_what_cannot_be_looked_at_is_not_taken_for_empty(
    store: Store, unreadable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refuse(place: Path) -> object:
        if Path(place) == store.folder / unreadable:
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError):
        store.clean([])


def test_cleaning_removes_nothing_but_entries(tmp_path: Path) -> None:
    thesis = tmp_path / "documents" / "ab" / "abstract.txt"
    thesis.parent.mkdir(parents=True)
    thesis.touch()
    Store(tmp_path).clean(())
    assert thesis.exists()


def test_drafts_of_builds_that_were_killed_go_and_those_of_others_stay(store: Store) -> None:
    script = (
        "import os, sys; from pathlib import Path; from netviz.cache.store import Store\n"
        "with Store(Path(sys.argv[1])).writing('results', 'k') as draft: (draft / 'half').touch(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(store.folder)], check=False)
    assert list((store.folder / DRAFTS).glob("*/half"))
    with store.writing("results", KEYS[0]) as draft:
        store.clear_drafts()
        (draft / "a.txt").touch()
    assert list((store.folder / DRAFTS).iterdir()) == []
    assert store.has("results", KEYS[0])
