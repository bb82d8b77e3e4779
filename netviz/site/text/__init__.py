"""The text of a page: Markdown, formulas, code and expressions become markup in which nothing of an author's can run.

It may know lessons and how numbers and places are said in words. It must not know results, pages or files: it takes
text and gives the source of a template.
"""
