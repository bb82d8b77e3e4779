"""The report of the last build as a page in the store's folder, in English as all that authors are told.

No module that makes pages of the site knows of it, so that none is made anew when it changes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from secrets import token_hex

from netviz.installation import TEMPLATES
from netviz.languages.known import FIRST
from netviz.progress import Report, Reporter
from netviz.site.pages.report_view import report_view
from netviz.site.rendering import environment
from netviz.site.results import Results

REPORT = "report.html"
RUNNING = ("run", "train")  # stages whose items are experiments


def with_page(report: Report, results: Results, reporter: Reporter) -> Report:
    """The report, once it is written as a page, whole or not at all; where it can't be, the site is no worse for it."""
    stages = [reporter.stages[name] for name in RUNNING if name in reporter.stages]
    view = report_view(report, results, {name for stage in stages for name in stage.seconds})
    page = results.store.folder / REPORT
    draft = page.with_name(f"{REPORT}.{token_hex(8)}")
    try:
        html = environment((TEMPLATES,), FIRST).get_template("report.html").render(it=view)
        draft.write_text(html, "utf-8", "replace")
        draft.replace(page)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        return report
    return replace(report, page=page)
