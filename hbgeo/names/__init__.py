"""Place names of a workspace: signs held against them, lists of them, and finding one by name or by point."""
