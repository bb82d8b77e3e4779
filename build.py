"""Build the site: read the lessons, run their experiments, draw the figures, weave the pages."""

if __name__ == "__main__":
    try:
        from netviz.start import start

        raise SystemExit(start())
    except KeyboardInterrupt:  # before `start` could hear it
        raise SystemExit(130) from None
