"""What is printed: the notice, the poster, the picture."""
