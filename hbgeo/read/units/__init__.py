"""Units and places with their parents, and every other layer's rows tied to the units they name."""
