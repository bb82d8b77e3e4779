"""The figures of a page: what was drawn and measured becomes values that a template can lay out, with words on them.

It may know figures, results and the words of `netviz.site.text`. It must not know which page it is for, and
writes no files.
"""
