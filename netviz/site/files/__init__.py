"""The files of a site beside its pages, and how all of them take the place of the old ones.

It may know results, the store and the site that stands. It must not know pages: those are handed to it as text.
"""
