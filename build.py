"""Build the site: read the lessons, run their experiments, draw the figures, weave the pages."""

from netviz.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
