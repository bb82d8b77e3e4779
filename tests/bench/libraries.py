"""What five libraries offer, and what they choose where nothing is asked for: read from their code, without running it.

    pip install --no-deps -r tests/bench/requirements.txt    # into a copy of the project's environment
    python tests/bench/libraries.py content/measurements/libraries.json

One search goes over all of them, so that what a library lacks is found in the same way as what it has.
"""

from __future__ import annotations

import ast
import datetime
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = {"LIME": "lime", "SHAP": "shap", "Captum": "captum", "tf-keras-vis": "tf_keras_vis", "Xplique": "xplique"}

NAMES = {
    "gradient": "Saliency",
    "gradient x input": "InputXGradient|GradientInput",
    "SmoothGrad": r"SmoothGrad|NoiseTunnel|Saliency\(smooth_samples\)",
    "integrated gradients": "IntegratedGradients",
    "guided backprop": "GuidedBackprop(agation)?",
    "DeepLIFT": "DeepLift|DeepExplainer",
    "LRP": "LRP",
    "Grad-CAM": "(Layer)?GradCam",
    "Grad-CAM++": "GradCam(PP|PlusPlus)",
    "Score-CAM": "ScoreCam",
    "LayerCAM": "LayerCam",
    "occlusion": "Occlusion",
    "RISE": "Rise",
    "LIME": "Lime|LimeTabular|LimeImageExplainer",
    "Kernel SHAP": "KernelShap|KernelExplainer",
    "activation maximisation": "ActivationMaximization|Objective",
    "deletion": "Deletion",
    "infidelity": "infidelity",
    "attacks": "FGSM|PGD",
    "concepts": "TCAV|Craft",
    "examples": "SimilarExamples|SimilarityInfluence",
    "choice of examples": "SubmodularPick",
}
"""Of each thing the classes and functions that do it, in any library, whatever their letters' case."""

DEFAULTS = {
    "Captum": {
        "Saliency.attribute": ("abs",),
        "NoiseTunnel.attribute": ("nt_samples", "stdevs"),
        "IntegratedGradients.attribute": ("n_steps", "method"),
        "LayerGradCam.attribute": ("relu_attributions",),
        "Lime.attribute": ("n_samples",),
        "Occlusion.attribute": ("baselines",),
    },
    "Xplique": {
        "Saliency.__init__": ("reducer",),
        "GradientStatistic.__init__": ("nb_samples", "noise"),
        "IntegratedGradients.__init__": ("steps",),
        "Lime.__init__": ("nb_samples", "interpretable_model"),
        "Occlusion.__init__": ("occlusion_value",),
    },
    "tf-keras-vis": {
        "Saliency.__call__": ("smooth_samples", "smooth_noise", "normalize_map"),
        "Gradcam.__call__": ("expand_cam", "normalize_cam"),
    },
    "LIME": {"LimeImageExplainer.explain_instance": ("num_samples", "hide_color")},
}
"""By library and function the arguments whose defaults lesson 13 tells."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def code(package: str) -> Iterator[ast.Module]:
    """The parsed modules of an installed package, but for its tests."""
    spec = find_spec(package)
    assert spec and spec.submodule_search_locations, f"{package} is not installed"
    for path in sorted(Path(spec.submodule_search_locations[0]).rglob("*.py")):
        if "tests" not in path.parts:
            yield ast.parse(path.read_text("utf-8"))


def functions(modules: list[ast.Module]) -> Iterator[tuple[str, Function]]:
    """Every function with its name, a method's as ``Class.method``."""
    for module in modules:
        for node in module.body:
            if isinstance(node, Function):
                yield node.name, node
            elif isinstance(node, ast.ClassDef):
                yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, Function))


def defaults(function: Function) -> dict[str, str]:
    """What a function's arguments are if nobody says."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *((one, value) for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value),
    ]
    return {one.arg: ast.unparse(value) for one, value in pairs}


def public_names(modules: list[ast.Module]) -> set[str]:
    """Classes and functions without a leading underscore, and ``Class(argument)`` of what a class's methods take."""
    classes = {node.name for module in modules for node in module.body if isinstance(node, ast.ClassDef)}
    found = dict(functions(modules))
    alone = {name for name in found if "." not in name}
    taken = {
        f"{name.partition('.')[0]}({one})" for name, each in found.items() if "." in name for one in defaults(each)
    }
    return {name for name in classes | alone | taken if not name.startswith("_")}


def read(library: str) -> dict[str, str]:
    """Of one library the name for each thing, the shortest if there are several, or nothing; and its defaults."""
    modules = list(code(LIBRARIES[library]))
    names = sorted(public_names(modules), key=lambda name: (len(name), name))
    found = {
        what: next((name for name in names if re.fullmatch(pattern, name, re.IGNORECASE)), "")
        for what, pattern in NAMES.items()
    }
    known = dict(functions(modules))
    for function, arguments in DEFAULTS.get(library, {}).items():
        given = defaults(known[function])
        found |= {f"{function.partition('.')[0]}({argument})": given[argument] for argument in arguments}
    return found


report = {
    "date": datetime.date.today().isoformat(),
    "command": "python tests/bench/libraries.py content/measurements/libraries.json",
    "how": "The names of classes and functions, and the defaults of arguments, in the installed code.",
    "versions": {library: importlib.metadata.version(package) for library, package in LIBRARIES.items()},
    "texts": {library: read(library) for library in LIBRARIES},
}
Path(sys.argv[1]).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
