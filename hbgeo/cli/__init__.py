"""The command line: each command is one call of the library, and what it gives is shown."""

from hbgeo.cli.app import main as main
from hbgeo.cli.ending import program as program
