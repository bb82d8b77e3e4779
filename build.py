"""Build the site: read the lessons, run their experiments, draw the figures, weave the pages."""

from netviz.start import start

if __name__ == "__main__":
    raise SystemExit(start())
