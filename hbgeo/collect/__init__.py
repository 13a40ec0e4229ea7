"""The workspaces and ledgers of many counties → the province's: merged, balanced, and who is missing."""
