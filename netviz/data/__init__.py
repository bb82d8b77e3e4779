"""Data that the lessons' small networks learn from: real, with a licence, each carried by a package.

`CARD.md` beside this file says where each comes from and what it is good for. It may know the packages that carry them;
it must not know what is learned from it.
"""
