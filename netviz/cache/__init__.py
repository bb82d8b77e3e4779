"""One idea: the key of all that a thing depends on, and a store in which things stand under their keys.

It may know files, source code, installed packages and which weights are asked for. It must not know what it keeps:
results and figures are to it files in a folder.
"""
