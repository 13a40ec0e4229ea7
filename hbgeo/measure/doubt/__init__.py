"""What the data leave open, how far that can move each figure, and which rows decide it."""
