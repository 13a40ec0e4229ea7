"""What is kept between runs: fingerprints, a folder of bytes, frames; it may be deleted at any time."""
