"""Reading a course: everything that authors wrote, checked, before any work begins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from netviz.course.attachments import Attachment, alike_but_for_case, read_attachments, unused
from netviz.course.bibliography import Bibliography, read_bibliography
from netviz.course.claims import results_in
from netviz.course.experiments import Experiment, Vocabulary, read_experiments
from netviz.course.fields import InEveryLanguage, SiteAddress
from netviz.course.folders import entries, unread
from netviz.course.galleries import Gallery, read_galleries
from netviz.course.glossary import Glossary, read_glossary
from netviz.course.lessons import Lesson, front_matter_places, read_lesson, read_lessons
from netviz.course.measurements import Measurement, read_measurements
from netviz.course.notices import Notice
from netviz.course.own_photos import own_photo_files, read_own_photos
from netviz.course.plain_text import plain_text_warnings
from netviz.course.questions import Question, read_questions
from netviz.course.samples import CREDITS, Credit, is_picture, read_credits, read_samples
from netviz.course.translations import lacking_texts, lacking_words
from netviz.installation import COMMAND, SAMPLE_COURSE, TEMPLATES
from netviz.languages.known import DEFAULT, in_language, languages, look_in
from netviz.methods import methods
from netviz.mistakes import Mistake, Mistakes, gathered, nearest
from netviz.networks.architecture import vgg16_layers
from netviz.options import OwnPhoto
from netviz.pictures import Picture
from netviz.refusals import real, stands
from netviz.text_files import read_text_file
from netviz.yaml_places import Places, read_checked, read_yaml

HOME_FOLDER = "home"  # of content/pages: the page that opens the site


class Part(BaseModel):
    """Lessons that belong together, by their slugs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: InEveryLanguage
    lessons: tuple[str, ...] = Field(min_length=1)


def _languages_known(codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if code not in languages():
            hint = nearest(code, languages())
            raise ValueError(f"neither netviz nor the course's folder languages/ has a language {code!r}; {hint}")
    if len(set(codes)) < len(codes):
        raise ValueError("a language is named twice")
    return codes


Languages = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_languages_known)]


class SiteLanguages(BaseModel):
    """Of ``content/site.yaml`` what languages there are: the first is the one in which experiments are stated."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    languages: Languages = DEFAULT


class SiteText(SiteLanguages):
    """``content/site.yaml``: the site's name and its motto, by language, its parts, and what it is made of.

    ``address`` is where the site will stand on the web, if that is known: ``https://example.org/netviz``.
    ``your_photo`` is whether readers get the network along, and a page on which it looks at photos of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: InEveryLanguage
    tagline: InEveryLanguage
    address: SiteAddress = ""
    parts: tuple[Part, ...] = ()
    your_photo: bool = False
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course as read from its folder. The first picture is the one shown by default.

    ``side_pages`` are written like lessons and stand beside them: about the course, for teachers.
    ``mistakes`` are those of its experiments and questions, ``broken`` the ids of those that could not be read,
    ``warnings`` what is told in the report. ``templates`` are folders: what the first lacks is taken from the next.
    ``only`` are the slugs of what is to be woven, if not everything is.
    ``credits`` are what is on record of its own pictures, by their names.
    ``attachments`` are the files beside each lesson's texts, by its slug and by their paths from there; ``galleries``
    the photos of those that have some of their own.
    """

    site: SiteText
    home: Lesson
    lessons: tuple[Lesson, ...]
    side_pages: tuple[Lesson, ...]
    experiments: Mapping[str, Experiment]
    pictures: Mapping[str, Picture]
    questions: Mapping[str, Question]
    measurements: Mapping[str, Measurement]
    glossary: Glossary
    bibliography: Bibliography
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()
    broken: frozenset[str] = frozenset()
    offered: tuple[str, ...] = ()
    templates: tuple[Path, ...] = (TEMPLATES,)
    only: tuple[str, ...] = ()
    attachments: Mapping[str, Mapping[str, Attachment]] = field(default_factory=dict)
    galleries: Mapping[str, Gallery] = field(default_factory=dict)
    credits: Mapping[str, Credit] = field(default_factory=dict)

    def credit_of(self, picture: Picture, language: str) -> tuple[str, str]:
        """Whose a picture is, and its licence, in a language: those of readers' own are in all as they were given."""
        if known := self.credits.get(picture.name):
            return in_language(known.credit, language), known.licence_in(language)
        return picture.credit, picture.licence

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its pages, the first one first."""
        return self.site.languages

    @property
    def over_gallery(self) -> dict[str, str]:
        """The experiments that are run on every photo of a gallery, with the slug of the lesson that has it."""
        return {name: one.lesson for name, one in self.experiments.items() if one.over}

    @property
    def default_picture(self) -> str:
        """The picture whose pages have the plain addresses."""
        return self.offered[0]

    def questions_of(self, lesson: Lesson) -> list[Question]:
        """A lesson's questions, in order."""
        return [question for question in self.questions.values() if question.lesson == lesson.slug]

    def offering(self, names: Sequence[str]) -> Course:
        """The same with these pictures for readers to choose, and without those that nothing needs any more."""
        used = {*names, *(one.picture for one in self.experiments.values())}
        pictures = {name: picture for name, picture in self.pictures.items() if name in used}
        return replace(self, offered=tuple(names), pictures=pictures)

    @property
    def pages(self) -> tuple[Lesson, ...]:
        """All that is written like a lesson: the home page, the lessons, and the pages beside them."""
        return (self.home, *self.lessons, *self.side_pages)

    @property
    def woven(self) -> tuple[Lesson, ...]:
        """Those of them that are to be woven; the others stay as they are."""
        return tuple(one for one in self.pages if not self.only or one.slug in self.only)

    def shown_in(self, lesson: Lesson) -> list[Experiment]:
        """The experiments that a lesson's pages may show: its own, and those that its expressions name."""
        return self._shown[lesson.slug]

    @cached_property
    def _shown(self) -> dict[str, list[Experiment]]:
        """Those of each lesson, by its slug."""
        shown = {}
        for lesson in self.pages:
            spans = [span for text in lesson.texts.values() for span in text.spans if span.kind != "code"]
            names = results_in(" ".join(span.source for span in spans))
            shown[lesson.slug] = [
                one for one in self.experiments.values() if one.lesson == lesson.slug or one.id in names
            ]
        return shown


def read_course(
    content: Path,
    weights_form: str,
    own: Sequence[OwnPhoto] = (),
    offer: Sequence[str] = (),
) -> Course:
    """Read and check a content folder; ``own`` are the user's own photos, which then come first.

    ``offer`` are the sample pictures that readers may choose beside these, all of them if it is empty.

    Raises Mistakes with all that keeps the course from being read, and UnreadablePicture for ``own``.
    """
    if not content.is_dir():
        hint = (
            f"`{COMMAND} new my-course` begins one, --content names a folder elsewhere, and one comes with netviz, "
            f"{SAMPLE_COURSE}"
        )
        raise Mistakes([Mistake(content, "there is no such folder", hint=hint)])
    look_in(content / "languages")
    spoken = languages_of(content / "site.yaml")
    mistakes: list[Mistake] = []
    with gathered(mistakes):
        samples = read_samples(content / "pictures", spoken)
        credits = read_credits(content / "pictures", spoken)
        mine = read_own_photos(content, own, samples, spoken)
        pictures = {**mine, **samples}
        offer = _by_name(offer, pictures)
        mistakes += _not_offered(offer, pictures, content / "pictures")
        if not pictures:
            mistakes.append(
                Mistake(content / "pictures", "holds no picture; a course needs one to show what it explains")
            )
        elif not any(one.offered for one in pictures.values()) and not offer:
            mistakes.append(
                Mistake(content / "pictures" / CREDITS, "offers readers no picture", hint="let one be offered")
            )
    with gathered(mistakes):
        site, places = _read_site_text(content / "site.yaml", spoken)
    with gathered(mistakes):
        measurements = read_measurements(content / "measurements")
    with gathered(mistakes):
        home = read_lesson(content / "pages" / HOME_FOLDER, spoken)
    with gathered(mistakes):
        lessons = read_lessons((path for path in entries(content / "lessons") if path.is_dir()), spoken)
    with gathered(mistakes):
        others = (path for path in entries(content / "pages") if path.is_dir() and path.name != HOME_FOLDER)
        side_pages = read_lessons(others, spoken)
    with gathered(mistakes):
        bibliography = read_bibliography(content / "bibliography.yaml")
    with gathered(mistakes):
        glossary = read_glossary(content / "glossary.yaml", spoken)
    if mistakes:
        raise Mistakes(mistakes)
    texts = (home, *lessons, *side_pages)
    with gathered(mistakes):
        galleries = read_galleries(texts, content, spoken)
    if mistakes:
        raise Mistakes(mistakes)
    with gathered(mistakes):
        attachments = read_attachments(texts, spoken, galleries)
    if mistakes:
        raise Mistakes(mistakes)
    vocabulary = Vocabulary(methods(), tuple(pictures), vgg16_layers(weights_form), galleries)
    experiments, wrong, broken = read_experiments(texts, vocabulary)
    questions, wrong_questions, broken_questions = read_questions(texts, experiments)
    wrong += wrong_questions
    slugs = [lesson.slug for lesson in lessons]
    wrong += glossary.unknown_lessons(slugs)
    wrong += _part_mistakes(site, places, slugs)
    offered = tuple(
        name for name, one in pictures.items() if (name in offer if offer and name in samples else one.offered)
    )
    course = Course(
        site=site,
        home=home,
        lessons=lessons,
        side_pages=side_pages,
        experiments=experiments,
        pictures=pictures,
        questions=questions,
        measurements=measurements,
        glossary=glossary,
        bibliography=bibliography,
        mistakes=tuple(wrong),
        warnings=(
            *_but(
                [*own_photo_files(content), *(one.path for one in own)],
                (*unread(content, spoken, is_picture), *unused(texts, spoken, galleries)),
            ),
            *alike_but_for_case(attachments.values()),
            *_unasked(texts, galleries, experiments, broken),
            *_without_text(texts),
            *lacking_texts(texts),
            *lacking_words(spoken, (places, glossary.places, _places(content / "pictures" / CREDITS))),
            *_unshown(home, texts, measurements, content),
            *plain_text_warnings(texts, (content / "site.yaml", content / "pictures" / CREDITS)),
        ),
        broken=frozenset(broken | broken_questions),
        attachments=attachments,
        galleries=galleries,
        credits=credits,
        templates=(*(folder for folder in [content / "templates"] if folder.is_dir()), TEMPLATES),
    )
    return course.offering(offered)


def _but(used: Iterable[Path], unread: Iterable[Mistake]) -> Iterator[Mistake]:
    """Files and folders that nobody reads, but for those that are, or hold, photos of the user's own."""
    photos = [real(path) for path in used]
    return (one for one in unread if not any(photo.is_relative_to(real(one.path)) for photo in photos))


def _without_text(texts: Iterable[Lesson]) -> Iterator[Mistake]:
    for text in (text for lesson in texts for text in lesson.written):
        if not text.markdown.strip():
            yield text.mistake("has no text beneath its front matter", text.first_line)


def _unshown(home: Lesson, texts: Iterable[Lesson], measurements: Iterable[str], content: Path) -> Iterator[Mistake]:
    """What is read, and has no place on any page."""
    for text in home.written:
        if text.front.learn:
            yield text.mistake("the home page shows no `learn:`", 1)
    sources = "".join(text.source for lesson in texts for text in lesson.written)
    for name in measurements:
        if f"'{name}'" not in sources and f'"{name}"' not in sources:
            yield Mistake(content / "measurements" / f"{name}.json", "no lesson shows it")


def _unasked(
    texts: Iterable[Lesson],
    galleries: Mapping[str, Gallery],
    experiments: Mapping[str, Experiment],
    broken: Collection[str],
) -> Iterator[Mistake]:
    """Galleries on whose photos nothing is run, what is left out of the others, and titles that these lack."""
    asked = {one.lesson for one in experiments.values() if one.over}
    for lesson in (one for one in texts if one.slug in galleries):
        if lesson.slug not in asked and not broken:
            places = front_matter_places(lesson.first.path, lesson.first.source)
            message = "no experiment is `over: gallery`, so the photos are shown nowhere"
            yield places.mistake(("pictures",), message, at_key=True)
        yield from (*galleries[lesson.slug].refused, *galleries[lesson.slug].untitled)


def _by_name(offer: Sequence[str], pictures: Mapping[str, Picture]) -> list[str]:
    """Photos that may be meant by their files, ``IMG 0412.JPG`` or ``IMG 0412``, by the names that they have here."""
    names = {called: name for name, one in pictures.items() for called in (one.path.name, one.path.stem)}
    return [one if one in pictures else names.get(one, one) for one in offer]


def _not_offered(offer: Sequence[str], pictures: Mapping[str, Picture], folder: Path) -> Iterator[Mistake]:
    for name in offer:
        if name not in pictures:
            yield Mistake(folder, f"has no picture {name!r} to offer", hint=nearest(name, pictures))


def _part_mistakes(site: SiteText, places: Places, slugs: Sequence[str]) -> Iterator[Mistake]:
    """Parts that are not the lessons in their order, each once."""
    listed = [
        (("parts", number, "lessons", position), slug)
        for number, part in enumerate(site.parts)
        for position, slug in enumerate(part.lessons)
    ]
    for key, slug in listed:
        if slug not in slugs:
            yield places.mistake(key, f"there is no lesson {slug!r}", nearest(slug, slugs))
    for position, (key, slug) in enumerate(listed):
        if slug in [earlier for _, earlier in listed[:position]]:
            yield places.mistake(key, f"the lesson {slug!r} is in a part already")
    if listed and sorted(slug for _, slug in listed) == sorted(slugs) and [slug for _, slug in listed] != [*slugs]:
        yield places.mistake(("parts",), "the parts do not follow the order of the lessons' folders")
    elif listed and (missing := [slug for slug in slugs if slug not in {one for _, one in listed}]):
        yield places.mistake(("parts",), f"no part has the lesson {missing[0]!r}")


def languages_of(path: Path) -> tuple[str, ...]:
    """The languages of a course by its ``site.yaml``; what is wrong with it is told when all of it is read.

    Until that is mended they are those in which its home page is written: no title is wrong as well.
    """
    try:
        values, _ = read_yaml(read_text_file(path), path)
        if isinstance(values, dict) and ("languages" in values or values.keys() <= SiteText.model_fields.keys()):
            return read_checked(path, SiteLanguages, [])[0].languages
    except Mistakes:
        pass
    return _written_in(path.parent / "pages" / HOME_FOLDER) or DEFAULT


def _written_in(folder: Path) -> tuple[str, ...]:
    with suppress(Mistakes):  # of a language.yaml
        return tuple(code for code in languages() if (folder / f"{code}.md").is_file())
    return ()


def _places(path: Path) -> Places:
    return read_yaml(read_text_file(path), path)[1]


def _read_site_text(path: Path, languages: Sequence[str]) -> tuple[SiteText, Places]:
    if not stands(path):
        raise Mistakes([Mistake(path, "is missing; it holds the site's title and tagline")])
    return read_checked(path, SiteText, [*SiteText.model_fields], {"languages": languages})
