"""Where a language has fallen behind the first one: warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from netviz.course.experiments import Experiment
from netviz.course.fences import Worded
from netviz.course.lessons import LANGUAGES, Lesson, LessonText, SpanKind
from netviz.mistakes import Mistake


def untranslated(lessons: Sequence[Lesson], kind: SpanKind, fences: Iterable[Worded]) -> list[Mistake]:
    """A warning for each fence of a kind that a text leaves out."""
    return [
        Mistake(lesson.texts[language].path, f"has no fence for the {kind} {fence.id!r}")
        for lesson in lessons
        for language in LANGUAGES
        for fence in fences
        if fence.lesson == lesson.slug and language not in fence.wording
    ]


def unworded(lessons: Sequence[Lesson], experiments: Iterable[Experiment]) -> Iterator[Mistake]:
    """A warning for each caption or alternative text of the first language that another one's fence leaves out."""
    texts = {lesson.slug: lesson.texts for lesson in lessons}
    for experiment in experiments:
        first = experiment.wording[LANGUAGES[0]]
        for language, words in experiment.wording.items():
            text = texts[experiment.lesson][language]
            if first.caption and not words.caption:
                yield text.mistake(f"the experiment {experiment.id!r} has no caption here", words.line)
            if first.alt and not words.alt:
                yield text.mistake(f"the experiment {experiment.id!r} has no alt here", words.line)


def shorter(lessons: Iterable[Lesson]) -> Iterator[Mistake]:
    """A warning for each text that has not as many sections, lines of ``learn:`` or blocks of code as the first one."""
    for lesson in lessons:
        first = _counts(lesson.texts[LANGUAGES[0]])
        for language in LANGUAGES[1:]:
            text = lesson.texts[language]
            for what, count in _counts(text).items():
                if count != first[what]:
                    yield Mistake(text.path, f"has {count} {what}, {LANGUAGES[0]}.md {first[what]}")


def _counts(text: LessonText) -> dict[str, int]:
    return {
        "headings": sum(bool(re.match("#{2,} ", line)) for line in text.prose.values()),
        "lines of `learn:`": len(text.front.learn),
        "blocks of code": sum(span.kind == "code" for span in text.spans),
    }
