"""`python -m hbgeo`."""

from hbgeo.cli import main

if __name__ == "__main__":
    main()
