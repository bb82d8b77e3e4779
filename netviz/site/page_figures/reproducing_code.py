"""Python that repeats an experiment without this site: what stands beneath a figure and in a notebook."""

from __future__ import annotations

from netviz.course.experiments import RANKS, Experiment
from netviz.engine.plan import Task
from netviz.options import Options
from netviz.pictures import MIDDLE


def repeating_command(experiment: Experiment, options: Options) -> str:
    """The command that writes all arrays of an experiment, of a course that was built with these options."""
    return f"{options.command} --export {experiment.id}"


def repeating_code(task: Task, options: Options) -> str:
    """A Python script that repeats an experiment of such a course with the project's own functions."""
    experiment = task.experiment
    if task.picture is None:
        run = f"result = run_on_data({_method_text(experiment)}{_settings_text(experiment)})"
        importing, own = _own_methods(options)
        path = ["from pathlib import Path", ""] if own else []
        lines = [*path, "from netviz.methods import methods, run_on_data", *importing, "", *own, run]
        return "\n".join(lines) + "\n"
    picture = options.shown_file(task.picture.path).as_posix()
    framing = "frame" if experiment.framing == "crop" else "squash"
    is_moved = framing == "frame" and task.picture.focus not in (None, MIDDLE)  # the middle is where `frame` cuts, too
    focus = f", focus={task.picture.focus}" if is_moved else ""
    imports = {
        "frame": ["from netviz.pictures import frame, open_upright"],
        "squash": ["from netviz.pictures import open_upright, squash"],
    }[framing]
    importing, own = _own_methods(options)
    lines = [
        "from pathlib import Path",
        "",
        "from netviz.methods import methods, run",
        *importing,
        "from netviz.networks import open_network",
        *imports,
        "",
        *own,
        f"network = open_network({_literal(options.shown_weights)})",
        f"picture = {framing}(open_upright(Path({_literal(picture)})){focus})",
        'pictures = picture[None].astype("float32")  # (1, 224, 224, 3), RGB, 0 to 255',
    ]
    if any(isinstance(one.experiment.target, str) for one in (task, *task.of)):
        lines.append("logits = network.logits(pictures)")
    for place, other in enumerate(task.of, start=1):
        lines.append(f'map_{place} = {_run_text(other)})["attribution"]')
    maps = f", maps=[{', '.join(f'map_{place}' for place, _ in enumerate(task.of, start=1))}]" if task.of else ""
    lines.append(f"result = {_run_text(task)}{maps})")
    return "\n".join(lines) + "\n"


def _own_methods(options: Options) -> tuple[list[str], list[str]]:
    """What is to be imported, and done, so that methods of one's own are known; nothing where there are none."""
    files = [f"import_file(Path({_literal(options.shown_file(file).as_posix())}))" for file in options.methods]
    return (["from netviz.modules import import_file"] if files else []), files


def _run_text(task: Task) -> str:
    """The call that runs an experiment, but for its end."""
    experiment, target = task.experiment, task.experiment.target
    network = "network" if task.precision == "float32" else f'network.at("{task.precision}")'
    chosen = f"logits[0].argsort()[::-1][{RANKS.index(target)}]" if isinstance(target, str) else target
    return f"run({_method_text(experiment)}, {network}, pictures, [{chosen}]{_settings_text(experiment)}"


def _method_text(experiment: Experiment) -> str:
    return f'methods()["{experiment.method.name}"]'


def _settings_text(experiment: Experiment) -> str:
    """The settings that an author has chosen, as another argument of a call."""
    fields = experiment.method.settings.model_fields
    given = {name: value for name, value in experiment.settings.items() if value != fields[name].default}
    return f", {given!r}" if given else ""


def _literal(text: str) -> str:
    """A string as Python's source, whatever is in it, in double quotes where these need no escape."""
    return f'"{text}"' if text.isprintable() and not set(text) & set('"\\') else repr(text)
