"""Where the next facilities should stand: what is asked, whom it would serve, and a layer `run` reads back."""
