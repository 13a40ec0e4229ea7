"""Any point file in batches, in constant memory."""
