"""The network that goes along with a site: packed into scripts, made once, and left out where it can't be had."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from stored_results import known
from tiny import make_tiny

from netviz.cache.store import Store
from netviz.engine import browser_network
from netviz.engine.browser_network import (
    description,
    has_network,
    missing,
    network_files,
    network_megabytes,
    packed,
    write_network,
)
from netviz.mistakes import Mistakes
from netviz.networks import browser_runtime
from netviz.networks.browser_runtime import RuntimeUnavailable, runtime_files
from netviz.networks.weights import Weights
from netviz.options import Options
from netviz.pipeline import build, read
from netviz.progress import Reporter
from netviz.site.pages.your_photo import your_photo_paths

COMPACT = Weights("compact", "0" * 64, "random numbers")


def unpacked(scripts: dict[str, str]) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files that a page gets from the scripts, and what it is told of them, as a browser does it."""
    told = json.loads(scripts["manifest.js"].removeprefix("netvizManifest(").removesuffix(");\n"))
    parts: dict[str, dict[int, bytes]] = {}
    for script in scripts.values():
        if called := re.fullmatch(r'netvizFile\("(.+)", (\d+), "(.*)"\);\n', script):
            parts.setdefault(called[1], {})[int(called[2])] = base64.b64decode(called[3])
    return {
        name: gzip.decompress(b"".join(part for _, part in sorted(found.items()))) for name, found in parts.items()
    }, told


def test_a_page_finds_in_the_scripts_what_was_packed_and_knows_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_network, "PART", 10)
    files = {"model.onnx": bytes(range(100)), "runtime.mjs": b"export default 1;"}
    scripts = dict(packed(files, {"classes": 4}))
    found, told = unpacked(scripts)
    assert found == files and told["classes"] == 4
    assert len(told["files"]["model.onnx"]["parts"]) > 1
    for name, content in files.items():
        one = told["files"][name]
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert one["parts"] == [f"network/{script}" for script in scripts if script.startswith(name.replace(".", "-"))]


def test_pages_are_told_of_layers_classes_and_weights() -> None:
    told = description(make_tiny().to_keras())
    assert told["classes"] == 4 and told["mean_colour"] == [124, 116, 104]
    assert told["layers"][1] == {"name": "conv1", "kind": "convolution", "shape": (8, 8, 4), "feeds_output": True}
    assert told["weights"] == {"label": f"tiny {'0' * 12}", "digest": "0" * 64}


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds a runtime of a few bytes, which passes for the real one."""
    folder = tmp_path / "dist"
    folder.mkdir()
    known = {}
    for name, (file, _) in browser_runtime.FILES.items():
        (folder / file).write_text(name)
        known[name] = file, hashlib.sha256(name.encode()).hexdigest()
    monkeypatch.setattr(browser_runtime, "FOLDER", folder)
    monkeypatch.setattr(browser_runtime, "FILES", known)
    return folder


def test_the_network_is_made_once_and_kept(tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_network, "open_network", lambda form: make_tiny().to_keras())
    store = Store(tmp_path / "store")
    assert not has_network(COMPACT, store)
    write_network("compact", COMPACT, store)
    assert has_network(COMPACT, store)
    files = network_files(COMPACT, store)
    found, told = unpacked({path.removeprefix("network/"): one.read().decode() for path, one in files.items()})
    assert found.keys() == {"model.onnx", *browser_runtime.FILES} == told["files"].keys()
    everyone, some = network_megabytes(files)
    assert everyone > 0 and 0 < some < everyone
    assert files.keys() == {"network/manifest.js", *(part for one in told["files"].values() for part in one["parts"])}


def test_another_runtime_than_the_known_one_is_not_used(runtime: Path) -> None:
    assert runtime_files() == {name: name.encode() for name in browser_runtime.FILES}
    (runtime / "ort.wasm.min.js").write_text("something else")
    with pytest.raises(
        RuntimeUnavailable, match=r"ort\.wasm\.min\.js is not what onnxruntime-web .* holds: `npm install"
    ):
        runtime_files()
    (runtime / "ort.wasm.min.js").unlink()
    with pytest.raises(RuntimeUnavailable, match="can't be read"):
        runtime_files()


def test_where_it_cannot_be_had_one_sentence_says_why(runtime: Path) -> None:
    assert missing(COMPACT) == ""
    assert missing(Weights("imagenet", "0" * 64, "")).startswith("the network has 138,357,544 weights")
    (runtime / "ort.wasm.min.js").unlink()
    assert missing(COMPACT).startswith("onnxruntime-web is not installed, which runs the network there: `npm install ")


@pytest.mark.slow
def test_without_it_the_site_is_whole_and_the_report_says_so(
    course: Path, tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = course / "site.yaml"
    site.write_text(f"{site.read_text('utf-8')}\nyour_photo: true\n", "utf-8")
    monkeypatch.setattr(browser_network, "open_network", lambda form: make_tiny().to_keras())
    options = {"content": course, "to": tmp_path / "site", "store": tmp_path / "store"}
    known(course, Store(tmp_path / "store"))
    report = build(Options(**options), Reporter())
    photo, manifest = (tmp_path / "site" / name for name in ("your-photo.html", "network/manifest.js"))
    assert (
        photo.is_file() and manifest.is_file() and not [one for one in report.warnings if "your_photo" in one.message]
    )
    paths = your_photo_paths(read(Options(**options)))
    assert all((tmp_path / "site" / path).is_file() for path in paths)
    model = next(path.name for path in manifest.parent.glob("model-*.js"))
    for place in ("assets/your-photo/page.js", f"network/{model}"):
        own = course / "static" / place
        own.parent.mkdir(parents=True)
        own.touch()
        with monkeypatch.context() as context, pytest.raises(Mistakes, match="the build puts something there itself"):
            context.setattr("netviz.pipeline._made", None)  # it is told before anything is made
            build(Options(**options), Reporter())
        shutil.rmtree(course / "static")
    report = build(Options(**options, without=("your-photo",)), Reporter())
    assert not photo.exists() and not manifest.exists()
    assert not [one for one in report.warnings if "your_photo" in one.message]
    (runtime / "ort.wasm.min.js").unlink()
    report = build(Options(**options), Reporter())
    assert not photo.exists() and not manifest.exists()
    assert [
        one.path.name for one in report.warnings if "your_photo: onnxruntime-web is not installed" in one.message
    ] == ["site.yaml"]
