"""What authors write, read and checked: lessons with their experiments and questions, glossary, bibliography, samples.

It may know the methods' declarations, the networks' layers and classes, and how picture files are opened. It must not
know how an experiment is run, drawn or shown: nothing in here imports TensorFlow, or runs anything.
"""
