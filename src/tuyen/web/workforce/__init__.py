"""People at work on screen: posts and gaps, files, transfers, one's own file."""
