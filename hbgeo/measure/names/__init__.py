"""Signs against the gazetteer: their text against the standard name, their letters against its reading."""
