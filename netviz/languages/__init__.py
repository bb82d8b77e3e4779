"""Languages: a folder each, with its name and its messages; adding one touches no module.

A message is read by Project Fluent, and told in English where a language lacks it; numbers in it are written by
`netviz.numerals`. What a language lacks is told by `netviz.languages.lacking`.

It may know the classes of networks. It must not know lessons, figures or pages: they bring the
names of their messages, and the values to put in.
"""
