"""``python -m netviz``: the same as the command ``netviz``."""

from netviz.start import start

if __name__ == "__main__":
    raise SystemExit(start())
