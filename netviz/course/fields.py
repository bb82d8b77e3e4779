"""Kinds of fields that files of a course share: names, web addresses, texts in every language, shares."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from netviz.course.lessons import NAME
from netviz.languages.known import DEFAULT
from netviz.limits import NAME_CHARACTERS
from netviz.option_words import WEB_ADDRESS


def _is_name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError("a name is of small letters, digits and single dashes, like where-gradient")
    if len(text) > NAME_CHARACTERS:
        raise ValueError(f"a name of at most {NAME_CHARACTERS} characters is wanted, here are {len(text)}")
    return text


def _is_web_address(text: str) -> str:
    if not WEB_ADDRESS.fullmatch(text):
        raise ValueError("an address on the web is wanted, https://…")
    return text


def _is_site_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/?#]([^\s?#]*[^\s/?#])?", text):
        raise ValueError("an address on the web is wanted, https://…, that does not end in / and holds neither ? nor #")
    return text


def _in_every_language(words: Any, info: ValidationInfo) -> Any:
    """The texts, the first language's first, which must be there; what another lacks is told of with the rest of it.

    Where there is one language, a plain text is its.
    """
    languages = (info.context or {}).get("languages", DEFAULT)
    if len(languages) == 1 and isinstance(words, str):
        words = {languages[0]: words}
    fits = isinstance(words, dict) and languages[0] in words and set(words) <= set(languages)
    if not fits or not all(isinstance(text, str) and text.strip() for text in words.values()):
        each = f"a text in each language is wanted, {{{', '.join(f'{one}: …' for one in languages)}}}"
        plain = f", or in site.yaml `languages: [{languages[0]}]`" if isinstance(words, str) else ""
        raise ValueError(each + plain)
    return {language: words[language] for language in languages if language in words}


def _for_all_or_each(words: Any, info: ValidationInfo) -> Any:
    """One text for all languages, under ``""``; or the texts in each, as `InEveryLanguage` has them."""
    if isinstance(words, str):
        return {"": words}
    if not isinstance(words, dict):
        raise ValueError("a text is wanted, in quotes, or one in each language")
    return _in_every_language(words, info)


def _not_empty(texts: dict[str, str]) -> dict[str, str]:
    if not all(text.strip() for text in texts.values()):
        raise ValueError("a text is wanted, not an empty one")
    return texts


IN_EVERY_LANGUAGE = "in-every-language"  # the format of such a text in a JSON Schema: which they are, a course knows
ADDRESS = {"type": "string", "pattern": "^https?://"}
Name = Annotated[
    str,
    AfterValidator(_is_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME.pattern}$", "maxLength": NAME_CHARACTERS}),
]
WebAddress = Annotated[str, AfterValidator(_is_web_address), WithJsonSchema(ADDRESS)]
SiteAddress = Annotated[str, AfterValidator(_is_site_address), WithJsonSchema(ADDRESS)]
InEveryLanguage = Annotated[
    dict[str, str],
    BeforeValidator(_in_every_language),
    WithJsonSchema({"type": "object", "format": IN_EVERY_LANGUAGE}),
]
ForAllOrEach = Annotated[
    dict[str, str],
    BeforeValidator(_for_all_or_each),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "format": IN_EVERY_LANGUAGE}]}),
]
SomeForAllOrEach = Annotated[ForAllOrEach, AfterValidator(_not_empty)]
Share = Annotated[float, Field(ge=0, le=1)]
