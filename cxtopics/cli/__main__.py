"""`python -m cxtopics.cli`, the same as the command `cxtopics`."""

from cxtopics.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
