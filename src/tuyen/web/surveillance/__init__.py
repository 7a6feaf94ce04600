"""The human door of surveillance: the board, signals, the line list, case reports and imports."""
