"""Who may: users, posts, rights, and who read what."""
