"""What comes in: files, ledgers and policy become tidy frames and records."""
