"""What may be asked in a terminal: how arguments are read, one module for each thing to ask, and how it is answered.

Building itself is not here, for a server asks for it, too. The room may know all others and `netviz.pipeline`, which
reads a course and builds its site. It must not be known by any room: only the command line and the start open it.
"""
