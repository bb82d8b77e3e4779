"""The site: templates, words and results become pages, and pages are published whole or not at all.

It may know everything but how an experiment is run. It must not compute: what a page says was measured by the engine,
and what it looks like stands in the templates.
"""
