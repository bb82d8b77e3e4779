"""How much authors may write in one piece: more is refused at its place, so that no text makes a build hang or fall.

Every limit is far above what a lesson needs, and low enough that the worst text below it is read within seconds.
"""

from __future__ import annotations

FILE_BYTES = 2_000_000  # one text file; the longest lesson of the course has 40,000
YAML_CHARACTERS = 500_000  # the front matter, a fence or a YAML file; the longest has 25,000
YAML_NESTING = 20  # lists and mappings inside one another; the glossary needs 5
NAME_CHARACTERS = 80  # of a lesson, an experiment, a picture: two of them may stand in one file's name, of 255 at most
NUMBER_CHARACTERS = 40  # of a number as it is written: a float has 17 digits, and Python itself stops at 4,300
LARGEST_WHOLE = 2**63  # what NumPy and every settings' file can hold lies below
GALLERY_PHOTOS = 100_000  # of one lesson
LESSON_CHARACTERS = 200_000  # one lesson, or a caption; the longest of the course has 40,000
LESSON_LINES = 5_000
NESTING = 12  # lists, boxes and quotations inside one another
INDENTATION = 4  # blanks of one such level, for Python-Markdown
HEADINGS = 300  # of one lesson
FOOTNOTES = 300  # references to them in one lesson
PARAGRAPH_CHARACTERS = 10_000  # a paragraph, list or table, from one blank line to the next; the longest has 1,800
PARAGRAPH_LINES = 200  # … of which a table has one for each row
PARAGRAPH_SIGNS = 1_000  # … and what may have to find a partner: * _ [ ] ( ) ` < & ! \ { $
OPEN_BRACKETS = 20  # … and square or round brackets that are open at one place
TABLE_COLUMNS = 40
FORMULA_CHARACTERS = 2_000  # the longest of the course has 142
