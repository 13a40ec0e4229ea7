"""Everything hbgeo raises on purpose; the command line prints these and exits 1."""


class HbgeoError(ValueError):
    """A problem the user can mend; its text is one Chinese line: what, where, what is allowed."""


class CatalogError(HbgeoError):
    """`catalog.toml` has an unknown key, a bad value, or a path that may not be read."""


class LayerError(HbgeoError):
    """A layer is missing, unreadable, or not in the expected shape."""


class SnapshotError(LayerError):
    """A snapshot that was kept is damaged, or none."""


class PolicyError(HbgeoError):
    """A policy file has an unknown key, a bad value, a repeated id, or no source."""


class RequestError(HbgeoError):
    """What was asked for does not exist or is ambiguous."""


class OutputError(HbgeoError):
    """A result could not be written; what stood there before is untouched."""
