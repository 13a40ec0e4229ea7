"""Results as tables, in every format a planner opens."""
