"""`python -m hbgeo`."""

from hbgeo.cli import program

if __name__ == "__main__":
    program()
