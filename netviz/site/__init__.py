"""The site: templates, words and numbers become pages, and pages are published whole or not at all."""
