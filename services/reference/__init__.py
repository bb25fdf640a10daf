"""Facts that every service shares and none owns: the register's numbers, communes, activity codes, countries, the grid.

Tables are read from `data/` on first use and kept; importing a module of this package reads nothing.
"""
