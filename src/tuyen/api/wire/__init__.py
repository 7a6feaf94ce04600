"""What travels between a tablet and the server: shapes, seals and places."""
