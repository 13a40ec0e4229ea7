"""The planner page: one HTML file that opens by double-click, without internet."""
