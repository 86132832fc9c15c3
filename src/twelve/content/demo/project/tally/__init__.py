"""Split bills fairly, in whole cents."""
