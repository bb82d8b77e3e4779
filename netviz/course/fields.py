"""Kinds of fields that files of a course share: names, web addresses, texts in every language."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from netviz.course.lessons import LANGUAGES, NAME


def _is_name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError("a name is of small letters, digits and single dashes, like where-gradient")
    return text


def _is_web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/][^\s]*", text):
        raise ValueError("an address on the web is wanted, https://…")
    return text


def _is_site_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/?#]([^\s?#]*[^\s/?#])?", text):
        raise ValueError("an address on the web is wanted, https://…, that does not end in / and holds neither ? nor #")
    return text


def _in_every_language(words: Any) -> Any:
    fits = isinstance(words, dict) and set(words) == set(LANGUAGES)
    if not fits or not all(isinstance(text, str) and text.strip() for text in words.values()):
        raise ValueError(f"a text in each language is wanted, {{{', '.join(f'{one}: …' for one in LANGUAGES)}}}")
    return words


Name = Annotated[str, AfterValidator(_is_name)]
WebAddress = Annotated[str, AfterValidator(_is_web_address)]
SiteAddress = Annotated[str, AfterValidator(_is_site_address)]
InEveryLanguage = Annotated[dict[str, str], BeforeValidator(_in_every_language)]
