"""Files as they come: every kind of ledger and map file becomes raw text columns."""
