"""Programs for those who maintain the registry; none of them is part of the distribution."""
