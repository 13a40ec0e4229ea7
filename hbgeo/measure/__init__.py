"""What is computed: frames in, results out; no disk, no printing."""
