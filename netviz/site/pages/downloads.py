"""Every lesson as a notebook and as a script, filled with the results of the picture that is shown by default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from markupsafe import Markup

from netviz.course.lessons import LessonText
from netviz.mistakes import Mistakes
from netviz.sandbox import Function
from netviz.site.attached_files import links_beside
from netviz.site.edition import Edition
from netviz.site.expression_values import caption_values, page_values
from netviz.site.files.notebook import is_python, markdown_text, notebook, script
from netviz.site.files.takeover import Made
from netviz.site.method_words import method_title
from netviz.site.page_figures.reproducing_code import repeating_code
from netviz.site.text.expressions import failure


def lesson_downloads(edition: Edition) -> Iterator[tuple[str, Made]]:
    """Notebooks by path, to be made, and scripts of the lessons that have code."""
    for lesson in (one for one in edition.course.lessons if one in edition.course.woven):
        text = lesson.texts[edition.language]
        page = next(edition.pages_of(lesson))
        key = edition.key_of_page(lesson, page)
        path = page.path.removesuffix("html")
        linked = replace(text, markdown=links_beside(text.markdown, edition.course, lesson, page))
        yield f"{path}ipynb", Made(key, partial(_notebook, edition, linked))
        if any(map(is_python, text.spans)):
            yield f"{path}py", Made(key, partial(script, text, edition.words.script_intro))


def _notebook(edition: Edition, text: LessonText) -> str:
    values = page_values(edition, edition.course.default_picture)
    try:
        return notebook(text, edition.sandbox, values, partial(_cell, edition), partial(_question, edition))
    except ValueError as error:
        raise Mistakes([failure(text, edition.sandbox, values | {"experiment": Function(str)}, error)]) from None


def _cell(edition: Edition, name: str) -> tuple[str, str]:
    """An experiment's caption in Markdown, and the code that repeats it."""
    experiment, picture = edition.course.experiments[name], edition.course.default_picture
    source, values = experiment.words(edition.language).caption.source, caption_values(edition, picture, experiment)
    caption = markdown_text(source, edition.sandbox, values)
    plan = edition.results.gallery_plan
    task = plan[name][0] if experiment.over else edition.plan[name, experiment.pictures(picture)]
    code = repeating_code(task, edition.options)
    return f"**{method_title(experiment.method, edition.language)}.** {caption}", code


def _question(edition: Edition, name: str) -> Markup:
    """A question in Markdown, its answer folded away."""
    question = edition.course.questions[name]
    words = question.wording.get(edition.language) or question.wording[question.first]
    values = page_values(edition, edition.course.default_picture)
    ask, because, *choices = (
        markdown_text(passage.source, edition.sandbox, values) for passage in (words.ask, words.because, *words.choices)
    )
    lines = [f"**{ask}**", "", *(f"- {choice}" for choice in choices), ""]
    answer = ["<details><summary>", edition.words.answer, "</summary>", "", because, "", "</details>"]
    return Markup("\n".join([*lines, *answer]))
