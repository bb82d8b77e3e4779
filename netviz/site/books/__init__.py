"""The whole course as one file that readers take along: an EPUB, and a PDF.

It may know what a page's HTML holds, and which browsers print. It must not know how pages are made: those are handed to
it as text.
"""
