"""What authors are told of their course: mistakes before anything runs, then what the results never show or break.

It may know texts, results and what pages are made of. It must not change a page: no page knows of it.
"""
