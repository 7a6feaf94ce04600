"""Playing a drill: its places and people, its story, who moves when, and what it came to.

Nothing here runs in reality: the program that plays a drill works in the walled copy, through the
journal, as the accounts that the drill opened for the people it plays.
"""
