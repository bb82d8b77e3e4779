"""Where a language has fallen behind the first one: warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from netviz.course.experiments import Experiment
from netviz.course.fences import Worded
from netviz.course.lessons import Lesson, LessonText, SpanKind
from netviz.languages.known import languages as known_languages
from netviz.mistakes import Mistake
from netviz.yaml_places import Key, Places


def lacking_texts(lessons: Iterable[Lesson]) -> Iterator[Mistake]:
    """A warning for each text that is not there in one of the course's languages."""
    for lesson in lessons:
        for language, text in lesson.texts.items():
            if text.language != language:
                path = lesson.folder / f"{language}.md"
                yield Mistake(path, f"the lesson has no text in {language!r}; there stands that of {text.path.name}")


def lacking_words(languages: Sequence[str], files: Iterable[Places]) -> Iterator[Mistake]:
    """A warning for each title, term or meaning of some YAML files that is not there in one of the languages."""
    for places in files:
        texts: dict[Key, set[str]] = {}
        for key in places.values:
            if key:
                texts.setdefault(key[:-1], set()).add(str(key[-1]))
        for key, given in texts.items():
            is_text = not any((*key, code) in texts for code in given)
            if is_text and languages[0] in given and given <= known_languages().keys():
                for language in languages:
                    if language not in given:
                        yield places.mistake(key, f"has no text in {language!r}; there stands that in {languages[0]!r}")


def untranslated(lessons: Sequence[Lesson], kind: SpanKind, fences: Iterable[Worded]) -> list[Mistake]:
    """A warning for each fence of a kind that a text leaves out."""
    return [
        Mistake(text.path, f"has no fence for the {kind} {fence.id!r}")
        for lesson in lessons
        for text in lesson.written
        for fence in fences
        if fence.lesson == lesson.slug and text.language not in fence.wording
    ]


def unworded(lessons: Sequence[Lesson], experiments: Iterable[Experiment]) -> Iterator[Mistake]:
    """A warning for each caption, alternative text or labels of the first language that another fence leaves out."""
    texts = {lesson.slug: lesson.texts for lesson in lessons}
    for experiment in experiments:
        first = next(iter(experiment.wording.values()))
        for language, words in experiment.wording.items():
            text = texts[experiment.lesson][language]
            if first.caption.source and not words.caption.source:
                yield text.mistake(f"the experiment {experiment.id!r} has no caption here", words.caption.line)
            if first.alt and not words.alt:
                yield text.mistake(f"the experiment {experiment.id!r} has no alt here", words.caption.line)
            if first.labels and not words.labels:
                yield text.mistake(f"the experiment {experiment.id!r} has no labels here", words.caption.line)


def shorter(lessons: Iterable[Lesson]) -> Iterator[Mistake]:
    """A warning for each text that has not as many sections, lines of ``learn:`` or blocks of code as the first one."""
    for lesson in lessons:
        first = _counts(lesson.first)
        for text in lesson.written[1:]:
            for what, count in _counts(text).items():
                if count != first[what]:
                    yield Mistake(text.path, f"has {count} {what}, {text.first}.md {first[what]}")


def _counts(text: LessonText) -> dict[str, int]:
    return {
        "headings": sum(bool(re.match("#{2,} ", line)) for line in text.prose.values()),
        "lines of `learn:`": len(text.front.learn),
        "blocks of code": sum(span.kind == "code" for span in text.spans),
    }
