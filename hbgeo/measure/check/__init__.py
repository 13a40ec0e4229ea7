"""Problems of layers, one module a subject."""
