"""The kinds of layers: their columns, the headings these go by, and tidy rows under them."""
